/**
 * Standard output and error outlive whoever reads them. A reader that goes away (`| head`) or a terminal that is closed never ends a command
 * early: what is written from then on is lost, and everything else goes on. `cli.ts` sets this up once, for every command.
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { isatty } from 'node:tty';

/** A pipe without a reader; a terminal that was closed. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO']);
const DESCRIPTORS = [0, 1, 2];
/** Signal 1, SIGHUP, in the masks of `/proc/PID/status`. */
const HANG_UP_BIT = 1n;
/** From a command up to the shell that `npm run` was typed in: `start.mjs`, npm, the shell. */
const NPM_DEPTH = 3;

/**
 * Takes every error of the two streams. A reader that is gone is no error.
 * @param onFailure called once where standard output fails for any other reason, such as a full disk
 */
export function guardStandardStreams(onFailure: (error: Error) => void): void {
  let failed = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (failed || READER_GONE.has(error.code)) return;
    failed = true;
    onFailure(error);
  });
  // Nobody is left to be told.
  process.stderr.on('error', () => {});
  process.once('exit', leaveClosed);
}

/** For a command whose only result is its output: the process ends, with its exit code so far, once nothing can be written any more. */
export function endWithOutput(): void {
  process.stdout.once('error', () => process.exit());
}

/**
 * Node restores the mode of each terminal when it exits, and aborts where the terminal is gone. It leaves other files alone. A terminal may have
 * been closed before any script ran, so every device that is no terminal now may have been one when Node started.
 */
function leaveClosed(): void {
  for (const descriptor of DESCRIPTORS) {
    if (isatty(descriptor) || !isDevice(descriptor)) continue;
    closeSync(descriptor);
    // The lowest free number: the one that was just closed.
    openSync('/dev/null', 'r+');
  }
}

function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}

/**
 * Whether a SIGHUP is not meant for this process, as after `nohup` or `trap '' HUP`. Node undoes an inherited "ignore" before any script runs, so
 * this goes by what is left of it: the shell that started this process ignores it too, or no standard stream is a terminal that could be closed
 * (`nohup` sees to that).
 */
export const isHangUpIgnored = (): boolean =>
  !DESCRIPTORS.some((descriptor) => isatty(descriptor)) ||
  ignoresHangUp('self', process.env.npm_lifecycle_event === undefined ? 1 : NPM_DEPTH);

/** Whether the process, or one of so many above it, ignores SIGHUP. */
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
