import type { Connection, Side } from '../model.ts';

/**
 * What takes the bytes of a connection: one object for each. Bytes come in order, each once, with the frame that they came in. `bytes` is
 * only valid during the call (it points into the read buffer): copy what is kept.
 */
export interface StreamSink {
  /**
   * The part of one segment that is new and in order: `bytes[start, end)`. A segment that fills a hole is followed by those after the hole, each with its own frame.
   * `cut`: how many bytes of the segment the snap length cut off; `gap` is called for them next.
   */
  data(side: Side, bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, cut: number): void;
  /** `count` bytes of this side were acknowledged (or skipped over) and are not in the capture (or were cut off by the snap length). */
  gap(side: Side, count: number, frame: number, timeNs: number): void;
  /** This side will send nothing more (its FIN, in order). */
  fin(side: Side, frame: number, timeNs: number): void;
  /** The connection was reset; no more calls but `end`. */
  reset(side: Side, frame: number, timeNs: number): void;
  /** No more frames belong to this connection. Fills `exchanges` and `exchangeCount`. */
  end(connection: Connection): void;
}
