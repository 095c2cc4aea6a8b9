/** A capture by a process of its own that writes a pcap stream to a pipe: what `tcpdump` and `cap` have in common. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { createPcapStream } from '../../capture-file/pcap-stream.ts';
import { CaptureBroken, type CaptureTotals, type RunningCapture } from './backend.ts';
import type { LoopbackMarker } from './marker.ts';
import { createPacketQueue } from './packet-queue.ts';
import { untilNoPackets } from './until-no-packets.ts';

/** A started program that writes a pcap stream, and how its messages are read: what differs between the backends. */
export interface CaptureProcess {
  /** As error messages call it. */
  name: string;
  child: ChildProcess;
  /** The pcap stream. */
  output: Readable;
  /** `null` where no mark can be sent, because the interface is not the loopback. */
  marker: LoopbackMarker | null;
  /** Whether it captures, by its messages (stderr) until now. */
  hasBegun(messages: string): boolean;
  /** The time on the clock of its stamps, given its messages until now. */
  now(messages: string): bigint;
  /** Asks it to end. */
  requestEnd(): void;
  /** Reads its counters from its messages, marks included. */
  totals(messages: string): CaptureTotals;
  /** The part of its messages that says what went wrong. */
  complaint(messages: string): string;
}

const START_TIMEOUT_MS = 10_000;
const ARRIVAL_TIMEOUT_MS = 5_000;
const END_TIMEOUT_MS = 5_000;
/** Characters of its messages that are held. */
const MESSAGES_MOST = 64 * 1024;

/** The memory of a capture's ring can't be swapped, and a hundred captures may run at one time. */
const CAPTURES_AT_ONCE = 100;
const RING_MIB_LEAST = 8;
const RING_MIB_MOST = 32;
/** For a cell whose first capture lost packets. */
const LARGE_RING_MIB = 128;

/** Size of a capture's ring in bytes: the kernel clears all of it at the start, which at 64 MiB took a quarter of a short cell's time; a hundred rings take at most half of the free memory. */
export function ringBytes(large = false): number {
  if (large) return LARGE_RING_MIB * (1 << 20);
  const share = process.availableMemory() / 2 / CAPTURES_AT_ONCE / (1 << 20);
  return Math.min(RING_MIB_MOST, Math.max(RING_MIB_LEAST, 2 ** Math.floor(Math.log2(share)))) * (1 << 20);
}

/**
 * Resolves when the process captures, proven on the loopback by a packet that went through. The process is killed where it
 * does not.
 * @throws where it can't, with what it complained of, or the signal's reason
 */
export async function followCapture(source: CaptureProcess, signal: AbortSignal | undefined): Promise<RunningCapture> {
  try {
    return await follow(source, signal);
  } catch (error) {
    source.child.kill('SIGKILL');
    source.marker?.close();
    throw error;
  }
}

async function follow(
  { name, child, output, marker, ...source }: CaptureProcess,
  signal: AbortSignal | undefined,
): Promise<RunningCapture> {
  const stream = createPcapStream();
  const queue = createPacketQueue();
  const begun = deferred();
  let stopping = false;
  let lastPacketAt = performance.now();
  let messages = '';
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const fail = (error: Error): void => {
    begun.reject(error);
    queue.end(error);
  };

  child.once('error', (error) => fail(new Error(`${name} can't be started: ${error.message}`, { cause: error })));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    messages += text;
    // Its first words say that it captures, its last ones why it ended.
    if (messages.length > MESSAGES_MOST) messages = messages.slice(0, MESSAGES_MOST / 4) + messages.slice(-MESSAGES_MOST / 4);
    if (source.hasBegun(messages)) begun.resolve();
  });
  output.on('data', (chunk: Buffer) => {
    try {
      const packets = stream.push(chunk);
      lastPacketAt = performance.now();
      queue.push(marker ? marker.take(packets) : packets);
    } catch (error) {
      fail(error as Error);
      child.kill('SIGKILL');
    }
  });
  // The pipe of a killed process breaks; `close` follows, and is handled.
  output.on('error', () => {});
  void closed.then(() => {
    marker?.close();
    if (stopping) queue.end();
    else fail(new CaptureBroken(`${name} ended before it was asked to${how(child)}: ${source.complaint(messages) || 'it said nothing'}`));
  });

  await withDeadline(begun.promise, `${name} did not begin to capture`, signal);
  // libpcap filters the first packet after it has set its filter itself, and drops it, since it can't tell `inbound` there (pcap_setfilter_linux).
  marker?.send();
  if (marker && !(await marker.roundTrip(ARRIVAL_TIMEOUT_MS))) {
    throw new Error(
      `${name} captures nothing on the loopback interface: a packet sent did not arrive within ${ARRIVAL_TIMEOUT_MS / 1000} s`,
    );
  }
  await headerOf(stream, output, closed);
  const { linkType } = stream;
  if (linkType === null) throw new Error(`${name} ended before it wrote a file header${how(child)}: ${source.complaint(messages)}`);

  const end = async (): Promise<CaptureTotals> => {
    if (isRunning(child)) {
      // By the time the first trip is over, a packet that was under way on another core has been captured before the second mark.
      const arrived = marker === null || ((await marker.roundTrip(ARRIVAL_TIMEOUT_MS)) && (await marker.roundTrip(ARRIVAL_TIMEOUT_MS)));
      if (!marker?.canArrive()) await untilNoPackets(() => lastPacketAt);
      else if (!arrived && isRunning(child)) {
        child.kill('SIGKILL');
        throw new CaptureBroken(
          `${name} stopped passing on packets: one sent at the end did not arrive within ${ARRIVAL_TIMEOUT_MS / 1000} s`,
        );
      }
      stopping = true;
      source.requestEnd();
      const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
      await closed;
      clearTimeout(timer);
    }
    const { received, dropped } = source.totals(messages);
    return { received: received === null ? null : Math.max(0, received - (marker?.sent ?? 0)), dropped };
  };
  let totals: Promise<CaptureTotals> | undefined;
  return {
    linkType,
    now: () => source.now(messages),
    packets: queue,
    stop: () => {
      totals ??= end();
      return totals;
    },
  };
}

interface Deferred {
  promise: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

function deferred(): Deferred {
  let settle: Omit<Deferred, 'promise'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // It may be rejected when nothing waits for it any more.
  promise.catch(() => {});
  return { promise, ...settle! };
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

const how = ({ exitCode, signalCode }: ChildProcess): string =>
  signalCode ? ` (by ${signalCode})` : exitCode === null ? '' : ` (exit code ${exitCode})`;

/** Waits until the file header has come: it is the first thing in the pipe, with or without packets. */
async function headerOf(stream: { linkType: number | null }, output: Readable, closed: Promise<void>): Promise<void> {
  while (stream.linkType === null) {
    const ended = await Promise.race([once(output, 'data').then(() => false), closed.then(() => true)]);
    if (ended) return;
  }
}

async function withDeadline(work: Promise<void>, what: string, signal: AbortSignal | undefined): Promise<void> {
  const late = deferred();
  const abort = (): void => late.reject(signal?.reason);
  const timer = setTimeout(() => late.reject(new Error(`${what} within ${START_TIMEOUT_MS / 1000} s`)), START_TIMEOUT_MS);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
