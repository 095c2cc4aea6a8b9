/** How a message is handed over that another reader (the fast path) has read so far. */
import type { ChunkPlace } from './chunked.ts';

/** What another reader has seen of a body, none of which is missing, and of the segments that its message came in. */
export interface BodySeen {
  /** Payload lengths and frames, as many as a message keeps; then how many there are, the largest, and the last one. */
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
  /** It is there to its end. */
  whole: boolean;
}

/** What another reader has seen of a message: a head with which nothing is wrong, whole in its first segment, and what came of the body. */
export interface MessageSeen {
  /** The head is `bytes[start, start + headBytes)`. */
  bytes: Uint8Array;
  start: number;
  headBytes: number;
  /** Of the head's first byte, in the stream of its side. */
  offset: number;
  frame: number;
  timeNs: number;
  body: BodySeen;
}
