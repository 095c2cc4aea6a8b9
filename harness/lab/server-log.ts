/** What a server writes to stdout and stderr: read at once, so that it never blocks, and only the last part kept, so that it fills neither disk nor memory. */
import { chmodSync, closeSync, constants, openSync, readSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../system/programs.ts';

/** Bytes that are kept. */
const KEPT_BYTES = 64 * 1024;
const TAIL_LINES = 8;
const LINE_LENGTH = 500;
/** Longest wait for the end of the output after the server has ended: a worker that it left may keep the pipe open. Milliseconds. */
const END_TIMEOUT_MS = 250;

/** The output of a server, of which the last lines are kept for error messages. */
export interface ServerLog {
  /** Descriptor to give to the server as stdout and stderr. */
  fd: number;
  /** Closes this process's copy of `fd`; to be called once the server has been started. */
  started(): void;
  /** Resolves when all that the server wrote has been read, soon after its end. */
  drained(): Promise<void>;
  /** The last lines; empty where it wrote none. */
  tail(): string;
}

/**
 * Makes a named pipe at `file`. A named one, because Apache opens /dev/stderr anew: a pipe without a name belongs to this process's user, and
 * a socket, as Node makes, can't be opened.
 * @throws where it can't be made
 */
export async function openServerLog(file: string): Promise<ServerLog> {
  const made = await runCommand('mkfifo', [file]);
  if (made.code !== 0)
    throw new Error(`no pipe can be made for the server's output: ${made.stderr.trim()}; set TMPDIR to a folder on a local disk`);
  // Its server may run as another user.
  chmodSync(file, 0o622);
  // Without O_NONBLOCK this waits for a writer.
  const source = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const input = new net.Socket({ fd: source, readable: true, writable: false });
  let chunks: Buffer[] = [];
  let length = 0;
  const join = (): Buffer => {
    chunks = [Buffer.concat(chunks).subarray(-KEPT_BYTES)];
    length = chunks[0]?.length ?? 0;
    return chunks[0] as Buffer;
  };
  const keep = (chunk: Buffer): void => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > 4 * KEPT_BYTES) join();
  };
  input.on('data', keep);
  input.on('error', () => {});
  const ended = new Promise<void>((resolve) => {
    input.once('close', () => resolve());
  });
  /** What is in the pipe now, which a busy machine may not have handed over yet; no more than a pipe holds, as a worker may write on. */
  const takeRest = (): void => {
    const block = Buffer.alloc(KEPT_BYTES);
    try {
      keep(block.subarray(0, readSync(source, block)));
    } catch {
      // The pipe is empty.
    }
  };
  // The server's output must not keep this process alive.
  input.unref();
  const fd = openSync(file, constants.O_WRONLY);
  return {
    fd,
    started: () => closeSync(fd),
    async drained() {
      await Promise.race([ended, delay(END_TIMEOUT_MS)]);
      if (!input.destroyed) takeRest();
    },
    tail: () =>
      join()
        .toString('utf8')
        .trimEnd()
        .split('\n')
        .slice(-TAIL_LINES)
        .map((line) => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)} …` : line))
        .join('\n'),
  };
}
