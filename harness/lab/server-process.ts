import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ServerContext, ServerDefinition } from '../../servers/server.ts';

/** How long a server may take to obey its stop signal before it is killed. Milliseconds. */
const STOP_GRACE_MS = 3_000;
/** How much of a server's output an error shows. */
const LOG_TAIL_LINES = 8;

/** How a process ended: its exit code (`null` where it has none), and the same in words. */
export interface ProcessEnd {
  code: number | null;
  how: string;
}

/** A server that was started; it may have ended since. */
export interface ServerProcess {
  pid: number;
  /** Resolves when the process has ended. */
  exited: Promise<ProcessEnd>;
  /** How it ended; `null` while it runs. */
  ended(): ProcessEnd | null;
  /** The last lines it wrote to stdout and stderr; empty where it wrote none. */
  logTail(): string;
  /** Sends the server's own stop signal, without waiting. */
  requestStop(): void;
  /** Sends the stop signal, waits for the end, kills the whole process group after a grace period. */
  stop(): Promise<void>;
  /** Kills the whole process group and waits for the end. */
  kill(): Promise<void>;
}

export interface StartOptions {
  /** The stop signal goes to the whole process group, as Ctrl-C does: for a command line, whose first process may be its shell. */
  stopGroup?: boolean;
}

/**
 * Starts a server in a process group of its own, its output going to `log` (a file, so that a full pipe can't block it).
 * @throws where the command can't be made or is not there
 */
export async function startServer(
  server: ServerDefinition,
  context: ServerContext,
  log: string,
  { stopGroup = false }: StartOptions = {},
): Promise<ServerProcess> {
  const command = await server.start(context);
  const fd = openSync(log, 'w');
  let child: ChildProcess;
  try {
    child = spawn(command.file, command.args, {
      cwd: command.cwd ?? context.work,
      env: {
        ...process.env,
        HOST: context.host,
        PORT: String(context.port),
        SITE: context.site,
        WORK: context.work,
        ...command.env,
      },
      stdio: ['ignore', fd, fd],
      detached: true,
    });
  } finally {
    closeSync(fd);
  }
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({
        code: null,
        how: error.code === 'ENOENT' ? `the program ${command.file} is not there` : `it can't be started: ${error.message}`,
      }),
    );
    child.once('exit', (code, signal) => resolve({ code, how: signal ? `it was ended by ${signal}` : `it exited with code ${code}` }));
  });
  let ended: ProcessEnd | null = null;
  void exited.then((end) => {
    ended = end;
  });
  const pid = child.pid ?? 0;
  const signalGroup = (signal: NodeJS.Signals) => {
    if (pid === 0) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The whole group has ended already.
    }
  };
  const requestStop = () => {
    if (ended !== null) return;
    const signal = server.stopSignal ?? 'SIGTERM';
    if (stopGroup) signalGroup(signal);
    else child.kill(signal);
  };
  // Where no PID namespace takes it along, it must not outlive this process.
  const killGroup = () => signalGroup('SIGKILL');
  process.once('exit', killGroup);
  return {
    pid,
    exited,
    ended: () => ended,
    requestStop,
    logTail: () => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n'),
    async stop() {
      requestStop();
      const timer = setTimeout(killGroup, STOP_GRACE_MS);
      await exited;
      clearTimeout(timer);
      // Workers that outlived their master (a crashed nginx, say).
      killGroup();
      process.off('exit', killGroup);
    },
    async kill() {
      killGroup();
      await exited;
      process.off('exit', killGroup);
    },
  };
}

/** The file in a lane's folder that holds the server's output. */
export const serverLog = (work: string): string => path.join(work, 'server.log');
