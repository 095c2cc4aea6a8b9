/**
 * A reader that goes away (`| head`) or a terminal that is closed does not end a command: later output is lost, and the command goes on.
 * `cli.ts` sets this up once, for every command.
 */
import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { leaveClosedTerminals } from './closed-terminals.mjs';

/** A pipe without a reader; a terminal that was closed. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO']);
const DESCRIPTORS = [0, 1, 2];
/** Signal 1, SIGHUP, in the masks of `/proc/PID/status`. */
const HANG_UP_BIT = 1n;
/** From a command up to the shell that `npm run` was typed in: `start.mjs`, npm, the shell. */
const NPM_DEPTH = 3;

/**
 * Handles every error of the two streams. It is no error that the reader is gone.
 * @param onFailure called once where standard output fails for any other reason, such as a full disk
 */
export function guardStandardStreams(onFailure: (error: Error) => void): void {
  let failed = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (failed || READER_GONE.has(error.code)) return;
    failed = true;
    onFailure(error);
  });
  // There is nowhere left to report it.
  process.stderr.on('error', () => {});
  leaveClosedTerminals();
}

/** For a command whose only result is its output: ends the process, with its exit code so far, once standard output can't be written. */
export function endWithOutput(): void {
  process.stdout.once('error', () => process.exit());
}

/**
 * Whether a SIGHUP is not meant for this process, as after `nohup` or `trap '' HUP`. Node undoes an inherited "ignore" before any script runs, so
 * this looks for other signs of it: the shell that started this process ignores it too, or no standard stream is a terminal that could be closed
 * (`nohup` sees to that).
 */
export const isHangUpIgnored = (): boolean =>
  !DESCRIPTORS.some((descriptor) => isatty(descriptor)) ||
  ignoresHangUp('self', process.env.npm_lifecycle_event === undefined ? 1 : NPM_DEPTH);

/** Whether the process or one of its next `above` ancestors ignores SIGHUP. */
function ignoresHangUp(pid: string, above: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): string => new RegExp(`^${name}:\\s*(\\w+)$`, 'm').exec(status)?.[1] ?? '0';
    if ((BigInt(`0x${field('SigIgn')}`) & HANG_UP_BIT) !== 0n) return true;
    return above > 0 && ignoresHangUp(field('PPid'), above - 1);
  } catch {
    // Not Linux, or the process is hidden.
    return false;
  }
}
