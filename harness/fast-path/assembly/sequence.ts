/**
 * What `tcp/sequence-analysis.ts` and `tcp/reassembly.ts` do with a plain segment: the next one of its side, after bytes all of which were captured, and
 * acknowledging bytes that were captured.
 */
import {
  ACK_MOVED_FRAME,
  ACK_MOVED_NS,
  DUPLICATE_ACKS,
  END_NS,
  FRAMES,
  LARGEST_SEGMENT,
  LAST_ACK,
  LAST_ACK_NS,
  LAST_FRAME,
  LAST_IDENTITY,
  LAST_PAYLOAD_FRAME,
  LAST_PAYLOAD_LENGTH,
  LAST_PAYLOAD_NS,
  LAST_SEQ,
  MAX_SEQ_TO_BE_ACKED,
  NEXT_SEQ,
  NEXT_SEQ_NS,
  PAYLOAD_BYTES,
  SEGMENTS,
  WINDOW,
  WINDOW_SCALE,
  WINDOW_SHIFT,
} from '../layout';
import * as connections from './connections';
import * as segment from './segment';

/** As in `tcp/sequence-analysis.ts`. */
const SCALE_UNKNOWN: i32 = -1;

/** As in `tcp/waits.ts`. */
const DELAYED_ACK_MIN_NS: f64 = 30_000_000;

/** Whether the segment at hand is plain: `tcp/sequence-analysis.ts` and `tcp/waits.ts` would find nothing in it but, at most, a window update. Nothing changes yet. */
export function isPlain(timeNs: f64): bool {
  const own = connections.own;
  const other = connections.other;
  const seq = segment.seq;
  const ack = segment.ack;
  // A clock that went back.
  if (timeNs < load<f64>(connections.found, END_NS)) return false;
  if (seq !== load<i32>(own, NEXT_SEQ) || segment.window === 0 || load<u32>(other, WINDOW) === 0) return false;
  // An acknowledgment of bytes that were not captured, or one that is older than the last.
  if (ack - load<i32>(other, NEXT_SEQ) > 0 || ack - load<i32>(own, LAST_ACK) < 0) return false;
  const otherMax = load<i32>(other, MAX_SEQ_TO_BE_ACKED);
  if (otherMax !== 0 && ack - otherMax > 0) return false;
  const length = <i32>(segment.payloadEnd - segment.payload);
  if (length === 0) return ack !== load<i32>(own, LAST_ACK) || segment.window !== load<u32>(own, WINDOW);
  const next = seq + length;
  const otherAck = load<i32>(other, LAST_ACK);
  if (next === 0 || next - otherAck <= 0 || mayHaveBeenHeld(timeNs)) return false;
  const windowEdge = otherAck + <i32>(load<u32>(other, WINDOW) << load<u32>(other, WINDOW_SHIFT));
  return next !== windowEdge || load<i32>(other, WINDOW_SCALE) === SCALE_UNKNOWN;
}

/** As in `tcp/waits.ts`: whether the segment may have waited for a delayed ACK. */
function mayHaveBeenHeld(timeNs: f64): bool {
  const own = connections.own;
  const sentNs = load<f64>(own, LAST_PAYLOAD_NS);
  if (timeNs - sentNs < DELAYED_ACK_MIN_NS) return false;
  const other = connections.other;
  const sentFrame = load<u32>(own, LAST_PAYLOAD_FRAME);
  return (
    sentFrame > 0 &&
    load<u32>(other, ACK_MOVED_FRAME) > sentFrame &&
    load<f64>(other, ACK_MOVED_NS) - sentNs >= DELAYED_ACK_MIN_NS &&
    load<u32>(other, LAST_PAYLOAD_FRAME) < sentFrame
  );
}

/** Takes the segment into account. */
export function commit(frame: u32, timeNs: f64): void {
  const connection = connections.found;
  const own = connections.own;
  const seq = segment.seq;
  const ack = segment.ack;
  const length = <u32>(segment.payloadEnd - segment.payload);
  store<u32>(connection, frame, LAST_FRAME);
  store<f64>(connection, timeNs, END_NS);
  store<u32>(own, load<u32>(own, FRAMES) + 1, FRAMES);

  if (ack !== load<i32>(own, LAST_ACK)) {
    store<i32>(own, 0, DUPLICATE_ACKS);
    store<u32>(own, frame, ACK_MOVED_FRAME);
    store<f64>(own, timeNs, ACK_MOVED_NS);
  }
  const next = seq + length;
  if (next !== seq) {
    store<i32>(own, next, NEXT_SEQ);
    store<f64>(own, timeNs, NEXT_SEQ_NS);
  }
  if (length > 0) {
    store<u32>(own, load<u32>(own, SEGMENTS) + 1, SEGMENTS);
    store<f64>(own, load<f64>(own, PAYLOAD_BYTES) + <f64>length, PAYLOAD_BYTES);
    if (length > load<u32>(own, LARGEST_SEGMENT)) store<u32>(own, length, LARGEST_SEGMENT);
    store<u32>(own, frame, LAST_PAYLOAD_FRAME);
    store<f64>(own, timeNs, LAST_PAYLOAD_NS);
    store<u32>(own, length, LAST_PAYLOAD_LENGTH);
  }
  const max = load<i32>(own, MAX_SEQ_TO_BE_ACKED);
  if (max === 0 || max === seq) store<i32>(own, next, MAX_SEQ_TO_BE_ACKED);
  const scale = load<i32>(own, WINDOW_SCALE);
  store<u32>(own, scale > 0 ? scale : 0, WINDOW_SHIFT);
  store<u32>(own, segment.window, WINDOW);
  store<u32>(own, segment.identity, LAST_IDENTITY);
  store<i32>(own, seq, LAST_SEQ);
  store<i32>(own, ack, LAST_ACK);
  store<f64>(own, timeNs, LAST_ACK_NS);
}
