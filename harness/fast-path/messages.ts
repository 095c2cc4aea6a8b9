/** The messages of a connection's last exchange in the shared memory, and back. */
import type { BodySnapshot, ChunkPlace, MessageSnapshot } from '../http/snapshots.ts';
import * as at from './layout.ts';
import type { SharedMemory } from './shared-memory.ts';

const CHUNK_STATES: readonly ChunkPlace['state'][] = ['size', 'data', 'data-end'];

/** Writes the response body under way into the connection at `place`. */
export function writeBody(memory: SharedMemory, place: number, body: BodySnapshot): void {
  const { chunk } = body;
  memory.set(place + at.FRAMING, chunk === null ? at.FRAMING_CONTENT_LENGTH : at.FRAMING_CHUNKED);
  memory.setTime(place + at.REMAINING, chunk === null ? body.remaining : chunk.remaining);
  memory.set(place + at.CHUNK_STATE, chunk === null ? at.CHUNK_SIZE : CHUNK_STATES.indexOf(chunk.state));
  memory.setTime(place + at.BODY_BYTES, body.bodyBytes);
  memory.setTime(place + at.BODY_WIRE_BYTES, body.bodyWireBytes);
  memory.set(place + at.RESPONSE_SEGMENTS, body.segments);
  memory.set(place + at.RESPONSE_LARGEST, body.largest);
  memory.set(place + at.RESPONSE_LAST_FRAME, body.lastFrame);
  memory.setTime(place + at.RESPONSE_END_NS, body.endNs);
  for (let index = 0; index < body.sizes.length; index++) {
    memory.set(place + at.SEGMENT_SIZES + index * 4, body.sizes[index]!);
    memory.set(place + at.SEGMENT_FRAMES + index * 4, body.frames[index]!);
  }
}

/** The body of the last response of the connection at `place`. */
export function bodyAt(memory: SharedMemory, place: number): BodySnapshot {
  const segments = memory.get(place + at.RESPONSE_SEGMENTS);
  const kept = Math.min(segments, at.SEGMENTS_KEPT);
  const remaining = memory.getTime(place + at.REMAINING);
  const isChunked = memory.get(place + at.FRAMING) === at.FRAMING_CHUNKED;
  return {
    sizes: memory.getAll(place + at.SEGMENT_SIZES, kept),
    frames: memory.getAll(place + at.SEGMENT_FRAMES, kept),
    segments,
    largest: memory.get(place + at.RESPONSE_LARGEST),
    lastFrame: memory.get(place + at.RESPONSE_LAST_FRAME),
    endNs: memory.getTime(place + at.RESPONSE_END_NS),
    bodyBytes: memory.getTime(place + at.BODY_BYTES),
    bodyWireBytes: memory.getTime(place + at.BODY_WIRE_BYTES),
    remaining,
    chunk: isChunked ? { state: CHUNK_STATES[memory.get(place + at.CHUNK_STATE)]!, remaining } : null,
    whole: memory.get(place + at.STATE) === at.ANSWERED,
  };
}

/** The last request of the connection at `place`, which has no body. */
export function requestAt(memory: SharedMemory, place: number): MessageSnapshot {
  const side = place + at.CLIENT;
  const headBytes = memory.get(side + at.HEAD_BYTES);
  const frame = memory.get(side + at.HEAD_FRAME);
  const timeNs = memory.getTime(side + at.HEAD_NS);
  return {
    bytes: memory.bytes,
    start: place + at.REQUEST_HEAD,
    headBytes,
    offset: memory.getTime(side + at.MESSAGE_OFFSET),
    frame,
    timeNs,
    body: {
      sizes: [headBytes],
      frames: [frame],
      segments: 1,
      largest: headBytes,
      lastFrame: frame,
      endNs: timeNs,
      bodyBytes: 0,
      bodyWireBytes: 0,
      remaining: 0,
      chunk: null,
      whole: true,
    },
  };
}

/** The last response of the connection at `place`, its body as far as it has come. */
export function responseAt(memory: SharedMemory, place: number): MessageSnapshot {
  const side = place + at.SERVER;
  return {
    bytes: memory.bytes,
    start: place + at.RESPONSE_HEAD,
    headBytes: memory.get(side + at.HEAD_BYTES),
    offset: memory.getTime(side + at.MESSAGE_OFFSET),
    frame: memory.get(side + at.HEAD_FRAME),
    timeNs: memory.getTime(side + at.HEAD_NS),
    body: bodyAt(memory, place),
  };
}
