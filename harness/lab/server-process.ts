import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { ServerContext, ServerDefinition } from '../../servers/server.ts';
import { findProgram } from '../system/programs.ts';
import { type Confinement, confined, confinementFor, giveTo } from './privileges.ts';
import { openServerLog } from './server-log.ts';

/** How long a server may take to obey its stop signal before it is killed. Milliseconds. */
const STOP_GRACE_MS = 3_000;

/** How a process ended: its exit code or the signal that ended it (`null` where it has none), and the same in words. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  how: string;
}

/** A server that was started; it may have ended since. */
export interface ServerProcess {
  pid: number;
  /** Resolves when the process has ended and its output has been read. */
  exited: Promise<ProcessEnd>;
  /** Resolves as soon as the process has ended. */
  gone: Promise<ProcessEnd>;
  /** How it ended; `null` while it runs. */
  ended(): ProcessEnd | null;
  /** The last lines it wrote to stdout and stderr; empty where it wrote none. */
  logTail(): string;
  /** The signal that asks it to stop. */
  stopSignal: NodeJS.Signals;
  /** Sends the server's own stop signal, without waiting. */
  requestStop(): void;
  /** Sends the stop signal, waits for the end, kills the whole process group after a grace period. */
  stop(): Promise<void>;
  /** Kills the whole process group and waits for the end. */
  kill(): Promise<void>;
}

/** How a server's process is started and stopped. */
export interface StartOptions {
  /** The stop signal goes to the whole process group, as Ctrl-C does: for a command line, whose first process may be its shell. */
  stopGroup?: boolean;
  /** Default: this process's own. */
  environment?: NodeJS.ProcessEnv;
  /** How the server is started; default: as it is. */
  confinement?: Confinement;
}

/**
 * Starts a server in a process group of its own.
 * @param log where the pipe for its output is made
 * @throws where the command can't be made
 */
export async function startServer(
  server: ServerDefinition,
  context: ServerContext,
  log: string,
  { stopGroup = false, environment = process.env, confinement = { kind: 'unchanged', why: null } }: StartOptions = {},
): Promise<ServerProcess> {
  const command = await server.start(context);
  const program = findProgram(command.file);
  const how = confinementFor(confinement, program ?? command.file);
  giveTo(how, context.work);
  // setpriv would report a missing program in words of its own.
  const { file, args } = program ? confined(how, program, command.args) : command;
  const output = await openServerLog(log);
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      cwd: command.cwd ?? context.work,
      env: {
        ...environment,
        ...command.env,
        HOST: context.host,
        PORT: String(context.port),
        SITE: context.site,
        WORK: context.work,
      },
      stdio: ['ignore', output.fd, output.fd],
      detached: true,
    });
  } finally {
    output.started();
  }
  let ended: ProcessEnd | null = null;
  const gone = new Promise<ProcessEnd>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null, how: string) => {
      ended = { code, signal, how };
      resolve(ended);
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      end(null, null, error.code === 'ENOENT' ? `the program ${command.file} is not there` : `it can't be started: ${error.message}`),
    );
    child.once('exit', (code, signal) => end(code, signal, signal ? `it was ended by ${signal}` : `it exited with code ${code}`));
  });
  const exited = gone.then(async (outcome) => {
    await output.drained();
    return outcome;
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
  const stopSignal = server.stopSignal ?? 'SIGTERM';
  const requestStop = () => {
    if (ended !== null) return;
    if (stopGroup) signalGroup(stopSignal);
    else child.kill(stopSignal);
  };
  // Without a PID namespace it could outlive this process.
  const killGroup = () => signalGroup('SIGKILL');
  process.once('exit', killGroup);
  return {
    pid,
    exited,
    gone,
    ended: () => ended,
    stopSignal,
    requestStop,
    logTail: output.tail,
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

/** Where in a lane's folder the pipe for the server's output is. */
export const serverLog = (work: string): string => path.join(work, 'server.log');
