/**
 * Times in which a side of a connection could not send, as far as its packets show why: a small segment that Nagle's algorithm held until a
 * delayed ACK came, a window of zero, a retransmission time-out. What HTTP was under way meanwhile, `observe/stalls.ts` tells.
 */
import { FRAMES_KEPT, type TcpWait } from '../model.ts';
import type { TcpSegment } from '../wire/segment.ts';
import { ACK, FIN, RST, SYN } from '../wire/tcp.ts';
import type { DirectionIndex } from './reassembly.ts';
import { RETRANSMISSION, windowOf } from './sequence-analysis.ts';
import type { End, TrackedConnection } from './tracked-connection.ts';

/**
 * An ACK that comes this long after the data, round trip taken off, was delayed. Linux delays one for 40 ms or more (`TCP_DELACK_MIN`), give or take a tick
 * of its clock (10 ms where HZ is 100); macOS for 100 ms, Windows for 40 or 200 ms.
 */
export const DELAYED_ACK_MIN_NS = 30e6;
/** RFC 1122 §4.2.3.2: an ACK must not be delayed for longer. */
export const DELAYED_ACK_MAX_NS = 500e6;
/** What was held is sent this soon after the packet that lets it go, and one round trip where the capture was made at the other end: measured, 0.02 ms. */
export const SENT_AT_ONCE_NS = 1e6;
/** The shortest retransmission time-out of Linux (`TCP_RTO_MIN`) and Windows; RFC 6298 §2.4 has 1 s. */
export const RETRANSMISSION_TIMEOUT_MIN_NS = 200e6;
/** A sender probes a window of zero after one retransmission time-out (RFC 9293 §3.8.6.1): one that opens earlier is flow control at work. */
export const ZERO_WINDOW_MIN_NS = RETRANSMISSION_TIMEOUT_MIN_NS;
/** Segments of this size that the receiver's window has room for, where it is Nagle's algorithm that holds one. */
const ROOM_SEGMENTS = 4;
/** RFC 9293 §3.7.1: the largest segment where the SYN names none, less than what Ethernet carries. */
const SEGMENT_MAX_DEFAULT = 1460;

/** Call with each segment before it counts in the sequence numbers. */
export function noteDelayedAck(connection: TrackedConnection, direction: DirectionIndex, segment: TcpSegment): void {
  const { flags, seq, ack, payloadLength, frame, timeNs } = segment;
  const own = connection.ends[direction];
  const other = connection.ends[direction === 0 ? 1 : 0];
  if (flags & ACK && ack !== own.sequence.lastAck) {
    own.sequence.ackMovedNs = timeNs;
    own.sequence.ackMovedFrame = frame;
  }
  if (payloadLength === 0 || flags & (SYN | RST) || !mayHaveBeenHeld(own, other, timeNs)) return;
  const { ackMovedFrame, ackMovedNs, lastAck } = other.sequence;
  const roundTripNs = connection.firstRoundTripNs;
  const delayNs = ackMovedNs - own.lastPayloadNs - roundTripNs;
  if (seq !== own.sequence.nextSeq || lastAck !== seq || roundTripNs <= 0) return;
  // A path whose delay varies by half of its round trip looks no other.
  if (delayNs < Math.max(DELAYED_ACK_MIN_NS, roundTripNs / 2) || delayNs > DELAYED_ACK_MAX_NS) return;
  if (timeNs < ackMovedNs || timeNs - ackMovedNs > SENT_AT_ONCE_NS + roundTripNs) return;
  // Full segments Nagle's algorithm lets go (RFC 9293 §3.7.4). Options take their room; where a path takes less than both ends offered, full ones are alike.
  const optionBytes = segment.payload - segment.optionsStart;
  if (payloadLength + optionBytes >= (other.mss < 0 ? SEGMENT_MAX_DEFAULT : other.mss) || payloadLength === own.lastPayloadLength) {
    own.ackClocked = true;
    return;
  }
  // Where full ones wait for an ACK too, it is the congestion window that holds them.
  if (own.ackClocked) return;
  // A receiver that has room for little more than that holds the sender back itself.
  if (windowOf(other.sequence) < ROOM_SEGMENTS * Math.max(payloadLength, own.lastPayloadLength)) return;
  keepWait(connection, {
    kind: 'delayed-ack',
    side: connection.side(direction),
    fromNs: own.lastPayloadNs,
    untilNs: timeNs,
    frames: [own.lastPayloadFrame, ackMovedFrame, frame],
  });
}

/**
 * Whether the next segment of `own` may be one that waited for a delayed ACK: the last packet that mattered to it was an ACK without payload, long after its last
 * segment. `assembly/sequence.ts` asks the same.
 */
function mayHaveBeenHeld(own: End, other: End, timeNs: number): boolean {
  const { ackMovedFrame, ackMovedNs } = other.sequence;
  return (
    own.lastPayloadFrame > 0 &&
    timeNs - own.lastPayloadNs >= DELAYED_ACK_MIN_NS &&
    ackMovedFrame > own.lastPayloadFrame &&
    ackMovedNs - own.lastPayloadNs >= DELAYED_ACK_MIN_NS &&
    other.lastPayloadFrame < own.lastPayloadFrame
  );
}

/** Call with each segment when it has counted there, and before it counts as its side's last one. `analysis` says what it is. */
export function noteWaits(connection: TrackedConnection, direction: DirectionIndex, segment: TcpSegment, analysis: number): void {
  const own = connection.ends[direction];
  const other = connection.ends[direction === 0 ? 1 : 0];
  if (own.shut !== null || (segment.window === 0 && !(segment.flags & (SYN | FIN | RST)))) noteWindow(connection, direction, segment);
  if (other.shut !== null) noteSender(connection, direction, segment);
  else if (analysis & RETRANSMISSION) noteTimeout(connection, direction, segment);
}

/** What the end says of its own window. */
function noteWindow(connection: TrackedConnection, direction: DirectionIndex, { flags, window, frame, timeNs }: TcpSegment): void {
  const own = connection.ends[direction];
  if (flags & (SYN | RST)) return;
  if (window === 0) {
    // What opened and shut again, and brought nothing, has not opened.
    if (own.shut === null) own.shut = { frame, ns: timeNs, openFrame: 0, openNs: 0, probed: false };
    else own.shut.openFrame = 0;
  } else if (own.shut !== null && own.shut.openFrame === 0) {
    own.shut.openFrame = frame;
    own.shut.openNs = timeNs;
    if (own.shut.probed) endOfShut(connection, direction === 0 ? 1 : 0, own.shut.openNs);
  }
}

/** What the end sends to one whose window is or was shut. */
function noteSender(connection: TrackedConnection, direction: DirectionIndex, segment: TcpSegment): void {
  const receiver = connection.ends[direction === 0 ? 1 : 0];
  const shut = receiver.shut!;
  const { payloadLength, timeNs, seq, flags } = segment;
  const { sequence } = connection.ends[direction];
  if (shut.openFrame === 0) {
    // With a byte beyond the window, or with the last byte again, or none in its place (RFC 9293 §3.8.6.1).
    if (payloadLength > 0 || (seq === ((sequence.nextSeq - 1) | 0) && !(flags & (SYN | FIN | RST)))) shut.probed = true;
  } else if (payloadLength > 0) {
    if (timeNs - shut.openNs <= SENT_AT_ONCE_NS + connection.firstRoundTripNs) endOfShut(connection, direction, shut.openNs);
    else receiver.shut = null;
  }
}

/** The connection is over: a window that is still shut has kept `direction` from sending up to here. */
export function noteStillShut(connection: TrackedConnection): void {
  for (const direction of [0, 1] as const) {
    const { shut } = connection.ends[direction === 0 ? 1 : 0];
    if (shut?.probed && shut.openFrame === 0) endOfShut(connection, direction, connection.endNs);
  }
}

function endOfShut(connection: TrackedConnection, direction: DirectionIndex, untilNs: number): void {
  const receiver = connection.ends[direction === 0 ? 1 : 0];
  const { frame, ns, openFrame } = receiver.shut!;
  receiver.shut = null;
  if (untilNs - ns < ZERO_WINDOW_MIN_NS) return;
  const frames = openFrame === 0 ? [frame] : [frame, openFrame];
  keepWait(connection, { kind: 'zero-window', side: connection.side(direction), fromNs: ns, untilNs, frames });
}

/** Duplicate ACKs that ask for a segment (RFC 5681 §3.2 waits for one more, Linux counts what was acknowledged selectively too). */
const DUPLICATE_ACKS_LEAST = 2;

/** Whether duplicate ACKs have asked for the segment, no longer ago than it takes to come: captured at the receiver, it comes a round trip after them. */
function isAskedFor({ firstRoundTripNs }: TrackedConnection, { sequence }: End, { seq, timeNs }: TcpSegment): boolean {
  const { lastAck, lastAckNs, duplicateAcks } = sequence;
  const isSoon = firstRoundTripNs <= 0 || timeNs - lastAckNs < firstRoundTripNs * 1.5;
  return lastAck === seq && duplicateAcks >= DUPLICATE_ACKS_LEAST && isSoon;
}

/** Of a payload, or of the client's SYN: a SYN-ACK is sent again too where the server defers accept (TCP_DEFER_ACCEPT of tcp(7)). */
function noteTimeout(connection: TrackedConnection, direction: DirectionIndex, segment: TcpSegment): void {
  const { flags, payloadLength, frame, timeNs } = segment;
  const own = connection.ends[direction];
  const other = connection.ends[direction === 0 ? 1 : 0];
  const isSyn = (flags & (SYN | ACK)) === SYN;
  // A client that was refused asks once more, and a SYN may come late by another way: no timer has run out.
  const isAskedAgain = isSyn && (other.rstFrame > 0 || connection.ackFrame > 0);
  if (isAskedAgain || (isSyn ? own.lastPayloadFrame > 0 : payloadLength === 0 || isAskedFor(connection, other, segment))) return;
  const sentFrame = isSyn ? connection.synFrame : own.lastPayloadFrame;
  const sentNs = isSyn ? connection.synNs : own.lastPayloadNs;
  const side = connection.side(direction);
  const last = connection.waits?.findLast((wait) => wait.kind === 'retransmission-timeout' && wait.side === side);
  if (last?.frames.includes(sentFrame)) {
    last.untilNs = Math.max(last.untilNs, timeNs);
    if (last.frames.length < FRAMES_KEPT) last.frames.push(frame);
  } else if (sentFrame > 0 && timeNs - sentNs >= RETRANSMISSION_TIMEOUT_MIN_NS) {
    keepWait(connection, { kind: 'retransmission-timeout', side, fromNs: sentNs, untilNs: timeNs, frames: [sentFrame, frame] });
  }
}

function keepWait(connection: TrackedConnection, wait: TcpWait): void {
  connection.waits ??= [];
  if (connection.waits.length < FRAMES_KEPT) connection.waits.push(wait);
}
