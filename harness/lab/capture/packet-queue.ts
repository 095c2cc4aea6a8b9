import type { CapturedPacket } from '../../capture-file/captured-packet.ts';

/** Passes batches from a producer that can't wait (a pipe that must be read) to one consumer, at the consumer's pace. */
export interface PacketQueue extends AsyncIterable<CapturedPacket[]> {
  push(batch: CapturedPacket[]): void;
  /** No more batches; with an error, the consumer gets it after the batches that came before. */
  end(error?: Error): void;
}

/** An empty queue between a backend that pushes packets and the one reader that takes them. */
export function createPacketQueue(): PacketQueue {
  let waiting: CapturedPacket[][] = [];
  let ended: { error: Error | undefined } | null = null;
  let wake: (() => void) | null = null;

  return {
    push(batch) {
      if (batch.length === 0 || ended) return;
      waiting.push(batch);
      wake?.();
    },
    end(error) {
      ended ??= { error };
      wake?.();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const batches = waiting;
        waiting = [];
        yield* batches;
        if (waiting.length > 0) continue;
        if (ended) {
          if (ended.error) throw ended.error;
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
      }
    },
  };
}
