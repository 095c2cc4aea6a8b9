import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CaptureBackend, CaptureOptions, CaptureTotals, RunningCapture } from './backend.ts';
import { captureFilter, isLoopback } from './filter.ts';
import { createLoopbackMarker, type LoopbackMarker } from './marker.ts';
import { createPacketQueue } from './packet-queue.ts';
import { createPcapStream } from './pcap-stream.ts';
import { endWithParent, findProgram, runCommand, systemEnvironment } from './system-command.ts';
import { untilQuiet } from './until-quiet.ts';

const REMEDY = 'apt-get install -y --no-install-recommends tcpdump';

/** Ring of 8 MiB: up to a hundred captures run at once, and the kernel takes the memory whole. */
const RING_KIB = 8_192;
/**
 * In immediate mode each packet takes a slot of the ring as large as the snap length rounded up to a power of two. A whole
 * frame of an unshaped `lo` (65,549 bytes) and the slot's header fit into 128 KiB; the default snap length costs 512 KiB.
 */
const SNAP_LENGTH = 68_000;
const START_TIMEOUT_MS = 10_000;
const ARRIVAL_TIMEOUT_MS = 5_000;
const END_TIMEOUT_MS = 5_000;

/** Captures by tcpdump on a pipe: kernel timestamps in nanoseconds, and drop counters. */
export const tcpdump: CaptureBackend = {
  id: 'tcpdump',
  clock: 'kernel',

  async available() {
    const program = findProgram('tcpdump');
    if (!program) return { skipped: { reason: 'tcpdump is not installed', remedy: REMEDY } };
    const version = await runCommand(program, ['--version']);
    // -L opens the interface as a capture does, lists its link types and ends.
    const opened = await runCommand(program, ['-i', loopbackName(), '-L', '-Z', 'root']);
    if (opened.code !== 0) {
      return {
        skipped: {
          reason: `tcpdump can't capture here: ${firstLine(opened.stderr)}`,
          remedy: 'run as root (sudo), or where unshare --user works',
        },
      };
    }
    return { version: /version (\S+)/.exec(version.stdout + version.stderr)?.[1] ?? 'unknown' };
  },

  start: startTcpdump,
};

const loopbackName = (): string => (process.platform === 'darwin' ? 'lo0' : 'lo');
const firstLine = (output: string): string =>
  output
    .trim()
    .split('\n')[0]
    ?.replace(/^tcpdump: /, '') || 'it said nothing';

async function startTcpdump(options: CaptureOptions): Promise<RunningCapture> {
  const program = findProgram('tcpdump');
  if (!program) throw new Error(`tcpdump is not installed: ${REMEDY}`);
  options.signal?.throwIfAborted();
  const marker = isLoopback(options.interface) ? await createLoopbackMarker() : null;
  const filter = captureFilter({ ...options, ...(marker ? { markerPort: marker.port } : {}) });
  const command = endWithParent(program, [
    ...['-i', options.interface, '-p', '--immediate-mode', '-U', '-B', String(RING_KIB), '-s', String(SNAP_LENGTH)],
    // As root it would become the user tcpdump, which a user namespace does not have.
    ...['--time-stamp-precision=nano', '-Z', 'root', '-w', '-'],
    ...(filter ? [filter] : []),
  ]);
  // A session of its own, so that Ctrl-C in the terminal does not end the capture before its time.
  const child = spawn(command.file, command.args, { stdio: ['ignore', 'pipe', 'pipe'], env: systemEnvironment(), detached: true });
  try {
    return await follow(child, marker, options.signal);
  } catch (error) {
    child.kill('SIGKILL');
    marker?.close();
    throw error;
  }
}

async function follow(child: ChildProcess, marker: LoopbackMarker | null, signal: AbortSignal | undefined): Promise<RunningCapture> {
  const stream = createPcapStream();
  const queue = createPacketQueue();
  let stopping = false;
  let lastPacketAt = performance.now();
  let stderr = '';
  let begun = (): void => {};
  let failed = (_: Error): void => {};
  const beginning = new Promise<void>((resolve, reject) => {
    begun = resolve;
    failed = reject;
  });
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const fail = (error: Error): void => {
    failed(error);
    queue.end(error);
  };

  child.once('error', (error) => fail(new Error(`tcpdump can't be started: ${error.message}`, { cause: error })));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (stderr.includes('listening on')) begun();
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    try {
      const packets = stream.push(chunk);
      lastPacketAt = performance.now();
      queue.push(marker ? marker.take(packets) : packets);
    } catch (error) {
      fail(error as Error);
      child.kill('SIGKILL');
    }
  });
  void closed.then(() => {
    marker?.close();
    if (stopping) queue.end();
    else fail(new Error(`tcpdump ended before it was asked to: ${firstLine(complaint(stderr))}`));
  });

  await withDeadline(beginning, START_TIMEOUT_MS, 'tcpdump did not begin to capture', signal);
  if (marker && !(await marker.roundTrip(ARRIVAL_TIMEOUT_MS))) {
    throw new Error(
      `tcpdump captures nothing on the loopback interface: a packet sent did not arrive within ${ARRIVAL_TIMEOUT_MS / 1000} s`,
    );
  }
  const { linkType } = stream;
  if (linkType === null && marker) throw new Error('tcpdump sent no file header');

  let totals: Promise<CaptureTotals> | undefined;
  const end = async (): Promise<CaptureTotals> => {
    if (child.exitCode === null && child.signalCode === null) {
      // The second trip begins when the first is over: by then a packet that was under way on another core has arrived.
      const arrived = marker ? (await marker.roundTrip(ARRIVAL_TIMEOUT_MS)) && (await marker.roundTrip(ARRIVAL_TIMEOUT_MS)) : false;
      if (!arrived) await untilQuiet(() => lastPacketAt);
      stopping = true;
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
      await closed;
      clearTimeout(timer);
    }
    const { received, dropped } = parseCounters(stderr);
    return { received: received === null ? null : Math.max(0, received - (marker?.sent ?? 0)), dropped };
  };
  return {
    linkType: linkType ?? 1,
    packets: queue,
    stop: () => {
      totals ??= end();
      return totals;
    },
  };
}

/** The counters that tcpdump writes when it ends; `null` where it wrote none. */
export function parseCounters(stderr: string): CaptureTotals {
  const number = (pattern: RegExp): number | null => {
    const found = pattern.exec(stderr)?.[1];
    return found === undefined ? null : Number(found);
  };
  return { received: number(/^(\d+) packets? received by filter$/m), dropped: number(/^(\d+) packets? dropped by kernel$/m) };
}

/** What tcpdump wrote beside its progress. */
const complaint = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => line !== '' && !line.includes('listening on') && !/^\d+ packets?/.test(line))
    .join('\n');

async function withDeadline<T>(work: Promise<T>, ms: number, what: string, signal: AbortSignal | undefined): Promise<T> {
  const over = new AbortController();
  const late = once(over.signal, 'abort').then(() => {
    throw signal?.aborted ? signal.reason : new Error(`${what} within ${ms / 1000} s`);
  });
  const abort = (): void => over.abort();
  const timer = setTimeout(abort, ms);
  signal?.addEventListener('abort', abort, { once: true });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
