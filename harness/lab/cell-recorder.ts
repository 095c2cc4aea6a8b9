import type { CapturedPacket } from '../capture-file/captured-packet.ts';
import { stepComment } from '../capture-file/cell-comments.ts';
import type { PcapngWriter } from '../capture-file/pcapng-writer.ts';
import type { CaptureTotals, RunningCapture } from './capture/backend.ts';

/** A step begins only after the wire was quiet for this long, so that a mark can't fall among the packets of the step before. */
const QUIET_MS = 20;
/** ... but a wire that never falls quiet (a slow download) does not hold a step up for longer than this. */
const QUIET_LIMIT_MS = 400;

/** Writes a running capture to a file and marks in it where each step of the scenario begins. */
export interface CellRecorder {
  /** Waits for a quiet wire, then marks the first packet after now as the beginning of `step`. */
  mark(step: string): Promise<void>;
  /** Resolves when no packet has come for `ms` milliseconds, or after `limitMs`. */
  quiet(ms: number, limitMs: number): Promise<void>;
  /** Ends the capture and the file. */
  finish(): Promise<CaptureTotals & { packets: number }>;
}

/** Takes over `capture.packets`; errors of the capture or of the file come out of `finish`. */
export function recordCell(capture: RunningCapture, writer: PcapngWriter): CellRecorder {
  const pending: { step: string; epochNs: bigint }[] = [];
  let packets = 0;
  let lastPacketAt = performance.now();

  const write = async (packet: CapturedPacket) => {
    const due = pending.filter((mark) => mark.epochNs <= packet.epochNs);
    pending.splice(0, due.length);
    packets++;
    await writer.write(
      packet,
      due.map((mark) => stepComment(mark.step)),
    );
  };
  const pump = (async () => {
    for await (const batch of capture.packets) {
      lastPacketAt = performance.now();
      for (const packet of batch) await write(packet);
    }
  })();
  // The error is reported by `finish`; without this a rejection before that would end the process.
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
    async mark(step) {
      // Packets of the step before may still be on their way here, and the clock below counts whole milliseconds.
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      await quiet(QUIET_MS, QUIET_LIMIT_MS);
      pending.push({ step, epochNs: BigInt(Date.now()) * 1_000_000n });
    },
    async finish() {
      const totals = await capture.stop();
      const endEpochNs = BigInt(Date.now()) * 1_000_000n;
      await pump;
      // A step that sent nothing has no packet to bear its mark: the end of the section says that it was there.
      await writer.end({
        endEpochNs,
        received: totals.received,
        dropped: totals.dropped,
        comments: pending.map((mark) => stepComment(mark.step, mark.epochNs)),
      });
      return { ...totals, packets };
    },
  };
}
