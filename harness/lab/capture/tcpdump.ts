import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { endWithParent, findProgram, runCommand, systemEnvironment } from '../../system/programs.ts';
import { canBecome, NOBODY } from '../privileges.ts';
import type { CaptureBackend, CaptureOptions, CaptureTotals, RunningCapture } from './backend.ts';
import { captureFilter, isLoopback, LOOPBACK } from './filter.ts';
import { createLoopbackMarker } from './marker.ts';
import { followCapture, ringBytes } from './process-capture.ts';

const REMEDY = `${process.getuid?.() === 0 ? '' : 'sudo '}apt-get install -y --no-install-recommends tcpdump`;

/**
 * In immediate mode each packet takes a slot of the ring as large as the snap length and a header, rounded up to a power of
 * two. A whole frame of `lo` (65,549 bytes at its default MTU) needs 128 KiB; tcpdump's own snap length costs 512 KiB.
 */
const SNAP_LENGTH = 130_000;

/** Captures by tcpdump on a pipe: kernel timestamps in nanoseconds, and drop counters. */
export const tcpdump: CaptureBackend = {
  id: 'tcpdump',
  clock: 'kernel',

  async available() {
    const program = findProgram('tcpdump');
    if (!program) return { skipped: { reason: 'tcpdump is not installed', remedy: REMEDY } };
    const version = await runCommand(program, ['--version']);
    if (process.getuid?.() === 0 && (await mayNotSetGroups())) {
      return {
        skipped: {
          reason: "tcpdump can't capture as the root of a user namespace in which no groups can be set (unshare --map-root-user)",
          remedy: 'run it as an ordinary user, or as root outside of that namespace',
        },
      };
    }
    // -L opens the interface as a capture does, lists its link types and ends.
    const opened = await runCommand(program, ['-i', LOOPBACK, '-L', '-Z', 'root']);
    if (opened.code !== 0) {
      return {
        skipped: {
          reason: `tcpdump can't capture here: ${complaint(opened.stderr)}`,
          remedy: 'run it as root (sudo), or where unshare --user works',
        },
      };
    }
    return { version: /version (\S+)/.exec(version.stdout + version.stderr)?.[1] ?? 'unknown' };
  },

  async start(options: CaptureOptions): Promise<RunningCapture> {
    const program = findProgram('tcpdump');
    if (!program) throw new Error(`tcpdump is not installed: ${REMEDY}`);
    options.signal?.throwIfAborted();
    const marker = isLoopback(options.interface) ? await createLoopbackMarker() : null;
    const filter = captureFilter({ ...options, ...(marker ? { markerPort: marker.port } : {}) });
    const command = endWithParent(program, [
      ...[
        '-i',
        options.interface,
        '-p',
        '--immediate-mode',
        '-U',
        '-B',
        String(ringBytes(options.largeBuffer) / 1024),
        '-s',
        String(SNAP_LENGTH),
      ],
      ...['--time-stamp-precision=nano', '-Z', userOfCapture(), '-w', '-'],
      ...(filter ? [filter] : []),
    ]);
    // A session of its own, so that Ctrl-C in the terminal does not end the capture before its time.
    const child = spawn(command.file, command.args, { stdio: ['ignore', 'pipe', 'pipe'], env: systemEnvironment(), detached: true });
    return followCapture(
      {
        name: 'tcpdump',
        child,
        output: child.stdout,
        marker,
        hasBegun: (messages) => messages.includes('listening on'),
        // The kernel's stamps are of CLOCK_REALTIME; rounded down to milliseconds.
        now: () => BigInt(Date.now()) * 1_000_000n,
        requestEnd: () => child.kill('SIGINT'),
        totals: parseCounters,
        complaint,
      },
      options.signal,
    );
  },
};

/**
 * The user that tcpdump becomes when it has opened the interface, where it is started by root. A process that becomes another user loses its
 * order to end with its parent (prctl(2), PR_SET_PDEATHSIG), so that this needs a PID namespace, which the lane is the first process of; and
 * a user namespace may have no other user.
 */
const userOfCapture = (): string => (process.pid === 1 && canBecome(NOBODY) ? 'nobody' : 'root');

/** As root, tcpdump sets its groups anew, whichever user it is to become; user_namespaces(7) says where that is not allowed. */
const mayNotSetGroups = async (): Promise<boolean> => (await readFile('/proc/self/setgroups', 'utf8').catch(() => '')).startsWith('deny');

/** The counters that tcpdump writes when it ends; `null` where it wrote none. */
export function parseCounters(messages: string): CaptureTotals {
  const number = (pattern: RegExp): number | null => {
    const found = pattern.exec(messages)?.[1];
    return found === undefined ? null : Number(found);
  };
  return { received: number(/^(\d+) packets? received by filter$/m), dropped: number(/^(\d+) packets? dropped by kernel$/m) };
}

/** What tcpdump wrote beside its progress, on one line. */
const complaint = (messages: string): string =>
  messages
    .split('\n')
    .filter((line) => line !== '' && !line.includes('listening on') && !/^\d+ packets?/.test(line))
    .map((line) => line.replace(/^\S*tcpdump: /, ''))
    .join(' ');
