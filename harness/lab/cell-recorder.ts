import type { CapturedPacket } from '../capture-file/captured-packet.ts';
import { type ServerEvent, serverComment, stepComment } from '../capture-file/cell-comments.ts';
import type { PcapngWriter } from '../capture-file/pcapng-writer.ts';
import type { CaptureTotals, RunningCapture } from './capture/backend.ts';
import { type Clocks, watchClock } from './clock.ts';
import type { CapturedSoFar } from './listening.ts';

/** A step begins only after the wire was quiet for this long, so that its mark can't fall among the packets of the step before. */
const QUIET_MS = 20;
/** A wire that never falls quiet (a slow download) delays a step by this at most. */
const QUIET_LIMIT_MS = 400;

/** What was recorded of a cell. */
export interface RecordedTotals extends CaptureTotals {
  packets: number;
  /** By how much the machine's clock was set meanwhile, in milliseconds; 0 where it was not. */
  clockStepMs: number;
}

/** Writes a running capture to a file and marks in it where each step of the scenario begins. */
export interface CellRecorder extends CapturedSoFar {
  /** Waits for a quiet wire, then marks the first packet after now as the beginning of `step`. */
  mark(step: string): Promise<void>;
  /** Records what happened to the server now, on the first packet after it. */
  note(event: ServerEvent): void;
  /** Resolves when no packet has come for `ms` milliseconds, or after `limitMs`. */
  quiet(ms: number, limitMs: number): Promise<void>;
  /** Milliseconds since the last packet, or since the beginning. */
  silentMs(): number;
  /** Ends the capture and the file. @throws the error that broke the capture or the file */
  finish(): Promise<RecordedTotals>;
}

/** How large a capture may grow. */
export interface RecordLimit {
  bytes: number;
  /** Called once, at the first packet that would be too many; none is recorded from there on. */
  reached(): void;
}

/** Records `capture`, all of whose packets go to `writer`; errors of either are thrown by `finish`. */
export function recordCell(capture: RunningCapture, writer: PcapngWriter, clocks?: Clocks, limit?: RecordLimit): CellRecorder {
  /** Comments that wait for their packet, each with how it reads where none comes. */
  const pending: { comment: string; withoutPacket: string; epochNs: bigint }[] = [];
  const clock = watchClock(clocks);
  let packets = 0;
  let bytes = 0;
  let isFull = false;
  let lastPacketAt = performance.now();
  let onNextPacket: (() => void)[] = [];

  const write = async (packet: CapturedPacket) => {
    if (isFull) return;
    bytes += packet.bytes.length;
    if (limit && bytes > limit.bytes) {
      isFull = true;
      limit.reached();
      return;
    }
    const due = pending.filter((mark) => mark.epochNs <= packet.epochNs);
    pending.splice(0, due.length);
    packets++;
    await writer.write(
      packet,
      due.map(({ comment }) => comment),
    );
  };
  const pump = (async () => {
    for await (const batch of capture.packets) {
      lastPacketAt = performance.now();
      for (const packet of batch) await write(packet);
      const waiting = onNextPacket;
      onNextPacket = [];
      for (const wake of waiting) wake();
    }
  })();
  // `finish` throws the error; without this a rejection before that would end the process.
  pump.catch(() => {});

  const quiet = async (ms: number, limitMs: number) => {
    const began = performance.now();
    for (;;) {
      const now = performance.now();
      const left = Math.min(lastPacketAt + ms - now, began + limitMs - now);
      if (left <= 0) return;
      await new Promise((resolve) => setTimeout(resolve, left));
    }
  };

  return {
    quiet,
    silentMs: () => performance.now() - lastPacketAt,
    packets: () => packets,
    untilMore: (seen, ms, signal) =>
      new Promise((resolve) => {
        if (packets > seen || signal?.aborted) return resolve();
        const wake = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        signal?.addEventListener('abort', wake);
        onNextPacket.push(wake);
      }),
    async mark(step) {
      // Packets of the step before may still be on their way here, and the capture's clock may count whole milliseconds.
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      await quiet(QUIET_MS, QUIET_LIMIT_MS);
      clock.look();
      const epochNs = capture.now();
      pending.push({ comment: stepComment(step), withoutPacket: stepComment(step, epochNs), epochNs });
    },
    note(event) {
      const epochNs = capture.now();
      const comment = serverComment(event, epochNs);
      pending.push({ comment, withoutPacket: comment, epochNs });
    },
    async finish() {
      const totals = await capture.stop();
      const endEpochNs = capture.now();
      clock.look();
      await pump;
      // A step without packets has none to carry its mark: the end of the section records it instead.
      await writer.end({
        endEpochNs,
        received: totals.received,
        dropped: totals.dropped,
        comments: pending.map(({ withoutPacket }) => withoutPacket),
      });
      return { ...totals, packets, clockStepMs: clock.stepMs };
    },
  };
}
