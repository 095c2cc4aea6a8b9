/** Messages under way as plain data: what `HttpStream.snapshot` gives, and what `resume` and `resumeBody` go on from. */

/** Where in the chunked coding a segment may end without a line of it being cut: `remaining` bytes of a chunk's data are to come. */
export interface ChunkPlace {
  state: 'size' | 'data' | 'data-end';
  remaining: number;
}

/** How far a message's body has been read, none of which is missing, and the segments that the message came in. */
export interface BodySnapshot {
  /** Payload lengths and frames of the first `FRAMES_KEPT` segments; then how many segments there are, the largest, and the last one. */
  sizes: number[];
  frames: number[];
  segments: number;
  largest: number;
  lastFrame: number;
  endNs: number;
  bodyBytes: number;
  bodyWireBytes: number;
  /** By Content-Length: bytes still to come. */
  remaining: number;
  /** `null`: it is not chunked. */
  chunk: ChunkPlace | null;
  /** Whether the body has been read to its end. */
  whole: boolean;
}

/** A message whose head has no faults and is whole in its first segment. */
export interface MessageSnapshot {
  /** The head is `bytes[start, start + headBytes)`. */
  bytes: Uint8Array;
  start: number;
  headBytes: number;
  /** Offset of the head's first byte in the stream of its side. */
  offset: number;
  frame: number;
  timeNs: number;
  body: BodySnapshot;
}

/** Where a connection's two streams stand. */
export interface StreamSnapshot {
  /** Bytes so far, of the client and of the server. */
  offsets: readonly [client: number, server: number];
  /** Exchanges that have ended. */
  exchanges: number;
  /** The body of the only response under way; `null` between two exchanges. */
  body: BodySnapshot | null;
}
