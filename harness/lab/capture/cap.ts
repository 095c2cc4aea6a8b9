import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { compiledProgram } from '../../system/compiled-program.ts';
import { isClone } from '../../system/packages.ts';
import { runCommand } from '../../system/programs.ts';
import type { CaptureBackend, CaptureOptions, RunningCapture } from './backend.ts';
import { captureFilter, isLoopback, LOOPBACK } from './filter.ts';
import { createLoopbackMarker } from './marker.ts';
import { followCapture, ringBytes } from './process-capture.ts';

const CHILD = 'harness/lab/capture/cap-child.ts';

/** The line that `cap-child` writes to stderr when it captures; its number is what the stamps are ahead of CLOCK_MONOTONIC, in nanoseconds. */
export const capturingLine = (aheadNs: bigint): string => `capturing, clock at +${aheadNs} ns`;
const CAPTURING = /^capturing, clock at \+(\d+) ns$/m;
/** Exit code of `cap-child` where the addon can't be loaded. */
export const NOT_LOADED = 4;

/**
 * Captures by the npm package `cap` 0.2.1 in a disposable process: the addon stamps no packet, counts none that it loses,
 * and ends its process on a second `open`, a `close` after a failed one, or an interface that goes down.
 */
export const cap: CaptureBackend = {
  id: 'cap',
  clock: 'user',

  async available() {
    const { code, stdout, stderr } = await runCommand(process.execPath, [compiledProgram(CHILD), 'check', LOOPBACK]);
    if (code === 0) return { version: stdout.trim() };
    const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
    const remedy = isClone()
      ? `${sudo}npm run setup`
      : `${sudo}apt-get install -y --no-install-recommends libpcap-dev g++ make && npm rebuild cap`;
    if (code === NOT_LOADED) {
      return { skipped: { reason: "the npm package cap is not built (it needs libpcap's headers and a C++ compiler)", remedy } };
    }
    return {
      skipped: { reason: `cap can't capture here: ${lastLine(stderr)}`, remedy: 'run it as root (sudo), or where unshare --user works' },
    };
  },

  async start(options: CaptureOptions): Promise<RunningCapture> {
    options.signal?.throwIfAborted();
    const program = compiledProgram(CHILD);
    const marker = isLoopback(options.interface) ? await createLoopbackMarker() : null;
    const filter = captureFilter({ ...options, ...(marker ? { markerPort: marker.port } : {}) });
    const child = spawn(process.execPath, [program, 'capture', options.interface, filter, String(ringBytes(options.largeBuffer))], {
      // Its standard input is its lifeline: it ends when that does, be it that this process asked for it or is gone.
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdin?.on('error', () => {});
    return followCapture(
      {
        name: 'cap',
        child,
        output: child.stdio[3] as Readable,
        marker,
        hasBegun: (messages) => CAPTURING.test(messages),
        // CLOCK_MONOTONIC is the same in all processes.
        now: (messages) => BigInt(CAPTURING.exec(messages)?.[1] ?? 0) + process.hrtime.bigint(),
        requestEnd: () => child.stdin?.end(),
        totals: () => ({ received: null, dropped: null }),
        complaint: lastLine,
      },
      options.signal,
    );
  },
};

const lastLine = (messages: string): string =>
  messages
    .split('\n')
    .filter((line) => line !== '' && !CAPTURING.test(line))
    .at(-1) ?? 'it said nothing';
