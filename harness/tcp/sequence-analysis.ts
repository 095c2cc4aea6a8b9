/**
 * What a segment is, given those before it: retransmission, keep-alive, duplicate ACK… These are the rules of Wireshark 4.0
 * (User's Guide, "TCP Analysis"; `tcp_analyze_sequence_number` in packet-tcp.c), so that a frame has the same names here as there. One is not: what it calls a
 * keep-alive is a probe of the window where the peer's window is 0.
 *
 * Sequence numbers are signed 32-bit numbers. As in Wireshark a stored number of 0 means "none yet".
 */

import type { FrameAnalysis } from '../model.ts';
import { DOUBLE_ZERO } from '../wire/double-zero.ts';
import type { TcpSegment } from '../wire/segment.ts';
import { ACK, FIN, RST, SYN } from '../wire/tcp.ts';
import { distance } from './assembler.ts';

/** One bit each: a segment can be several things at once. */
export const RETRANSMISSION = 1 << 0;
export const FAST_RETRANSMISSION = 1 << 1;
export const SPURIOUS_RETRANSMISSION = 1 << 2;
export const OUT_OF_ORDER = 1 << 3;
export const LOST_SEGMENT = 1 << 4;
export const ACK_LOST_SEGMENT = 1 << 5;
export const KEEP_ALIVE = 1 << 6;
export const KEEP_ALIVE_ACK = 1 << 7;
export const DUPLICATE_ACK = 1 << 8;
export const WINDOW_UPDATE = 1 << 9;
export const ZERO_WINDOW = 1 << 10;
export const ZERO_WINDOW_PROBE = 1 << 11;
export const ZERO_WINDOW_PROBE_ACK = 1 << 12;
export const WINDOW_FULL = 1 << 13;
export const REUSED_PORTS = 1 << 14;
/** A probe of a window of 0 that sends the byte before the next one, or none, as Linux does. Wireshark calls it a keep-alive. */
export const EMPTY_WINDOW_PROBE = 1 << 15;
export const ANY_WINDOW_PROBE = ZERO_WINDOW_PROBE | EMPTY_WINDOW_PROBE;

export const ANY_RETRANSMISSION = RETRANSMISSION | FAST_RETRANSMISSION | SPURIOUS_RETRANSMISSION;

const NAMES: readonly (readonly [number, FrameAnalysis])[] = [
  [RETRANSMISSION, 'retransmission'],
  [FAST_RETRANSMISSION, 'fast_retransmission'],
  [SPURIOUS_RETRANSMISSION, 'spurious_retransmission'],
  [OUT_OF_ORDER, 'out_of_order'],
  [LOST_SEGMENT, 'lost_segment'],
  [ACK_LOST_SEGMENT, 'ack_lost_segment'],
  [KEEP_ALIVE, 'keep_alive'],
  [KEEP_ALIVE_ACK, 'keep_alive_ack'],
  [DUPLICATE_ACK, 'duplicate_ack'],
  [WINDOW_UPDATE, 'window_update'],
  [ZERO_WINDOW, 'zero_window'],
  [ANY_WINDOW_PROBE, 'zero_window_probe'],
  [ZERO_WINDOW_PROBE_ACK, 'zero_window_probe_ack'],
  [WINDOW_FULL, 'window_full'],
  [REUSED_PORTS, 'reused_ports'],
];

/** Wireshark's names of the bits that are set. */
export const analysisNames = (bits: number): FrameAnalysis[] => NAMES.filter(([bit]) => bits & bit).map(([, name]) => name);

/** Window scale of a direction: not known, or known not to be used. Else the shift count. */
export const SCALE_UNKNOWN = -1;
export const SCALE_UNUSED = -2;

/** A segment within this of the highest one so far came out of order, where the handshake's round trip is not known. */
const OUT_OF_ORDER_NS = 3_000_000;
/** A fast retransmission follows the last duplicate ACK within this. */
const FAST_RETRANSMISSION_NS = 20_000_000;

/** What is kept of one direction. */
export class SequenceState {
  /** Sequence number that the relative ones count from. */
  baseSeq = 0;
  baseSeqSet = false;
  nextSeq = 0;
  nextSeqNs = DOUBLE_ZERO;
  /** End of the highest continuous data. */
  maxSeqToBeAcked = 0;
  lastAck = 0;
  lastAckNs = DOUBLE_ZERO;
  /** The packet that brought `lastAck` first. */
  ackMovedNs = DOUBLE_ZERO;
  ackMovedFrame = 0;
  duplicateAcks = 0;
  /** As in the header; -1: none seen. */
  window = -1;
  windowScale = SCALE_UNKNOWN;
  /** From a SYN to the first ACK after it: windows are not scaled yet. */
  isFirstAck = false;
  lastFlags = 0;
}

/** What is kept of both directions together. */
export interface HandshakeClock {
  /** Time of the latest SYN; -Infinity: none. Times may be negative: a frame that is stored late may be older than the first one. */
  lastSynNs: number;
  /** From the SYN to the first ACK after it; 0: not known. */
  firstRoundTripNs: number;
}

/**
 * Takes one segment into account.
 * @param known bits that are already known (`REUSED_PORTS`)
 * @returns what the segment is, as bits
 */
export function analyzeSequence(
  own: SequenceState,
  other: SequenceState,
  clock: HandshakeClock,
  segment: TcpSegment,
  known: number,
): number {
  const { seq, ack, flags, window, payloadLength: length } = segment;
  let bits = known;
  const synOrFin = (flags & (SYN | FIN)) !== 0;
  const plain = (flags & (SYN | FIN | RST)) === 0;

  if (!own.baseSeqSet) {
    own.baseSeq = flags & SYN ? seq : (seq - 1) | 0;
    own.baseSeqSet = true;
  }
  if (!other.baseSeqSet && flags & ACK) {
    other.baseSeq = (ack - 1) | 0;
    other.baseSeqSet = true;
  }

  const { nextSeq } = own;
  const repeatsAck = length === 0 && seq === nextSeq && ack === own.lastAck && plain;
  if (length === 1 && seq === nextSeq && other.window === 0) {
    bits |= ZERO_WINDOW_PROBE;
  } else {
    if (window === 0 && plain) bits |= ZERO_WINDOW;
    if (nextSeq !== 0 && distance(seq, nextSeq) > 0 && !(flags & RST)) bits |= LOST_SEGMENT;
    if (length <= 1 && seq === ((nextSeq - 1) | 0) && plain) bits |= other.window === 0 ? EMPTY_WINDOW_PROBE : KEEP_ALIVE;
    if (repeatsAck && window !== 0 && window !== own.window) bits |= WINDOW_UPDATE;
    if (length > 0 && other.windowScale !== SCALE_UNKNOWN && plain && ((seq + length) | 0) === windowEdge(other)) bits |= WINDOW_FULL;
    if (repeatsAck && window !== 0 && window === own.window && other.lastFlags & KEEP_ALIVE) bits |= KEEP_ALIVE_ACK;
    else if (repeatsAck && window === 0 && own.window === 0 && other.lastFlags & ANY_WINDOW_PROBE) bits |= ZERO_WINDOW_PROBE_ACK;
    else if (repeatsAck && window !== 0 && window === own.window) {
      own.duplicateAcks = own.duplicateAcks === -1 ? 1 : own.duplicateAcks + 1;
      bits |= DUPLICATE_ACK;
    }
  }

  if (ack !== own.lastAck) own.duplicateAcks = 0;
  if (other.maxSeqToBeAcked !== 0 && flags & ACK && distance(ack, other.maxSeqToBeAcked) > 0) {
    // Reported once for each hole. What is highest then counts as the end of the hole; where nothing is, the next ACK that moves on does.
    if (distance(other.nextSeq, other.maxSeqToBeAcked) > 0) {
      other.maxSeqToBeAcked = other.nextSeq;
      bits |= ACK_LOST_SEGMENT;
    } else {
      if (other.duplicateAcks === 0) bits |= ACK_LOST_SEGMENT;
      other.duplicateAcks = -1;
    }
  }

  if ((length > 0 || synOrFin) && !(bits & (KEEP_ALIVE | EMPTY_WINDOW_PROBE))) bits |= repetition(own, other, clock, segment, synOrFin);

  const next = (seq + length + (synOrFin ? 1 : 0)) | 0;
  if ((nextSeq === 0 || distance(next, nextSeq) > 0) && !(bits & ZERO_WINDOW_PROBE)) {
    own.nextSeq = next;
    own.nextSeqNs = segment.timeNs;
  }
  if ((own.maxSeqToBeAcked === 0 || seq === own.maxSeqToBeAcked) && !(bits & ZERO_WINDOW_PROBE)) own.maxSeqToBeAcked = own.nextSeq;
  own.window = window;
  own.lastAck = ack;
  own.lastAckNs = segment.timeNs;
  own.lastFlags = bits;

  // Wireshark gives up a bad header before it looks at the handshake's times.
  if (segment.fault !== null) return bits;
  if (flags & SYN) {
    if (!(flags & ACK)) clock.lastSynNs = segment.timeNs;
    own.isFirstAck = true;
  } else if (flags & ACK) {
    if (clock.lastSynNs > Number.NEGATIVE_INFINITY && clock.firstRoundTripNs === 0)
      clock.firstRoundTripNs = segment.timeNs - clock.lastSynNs;
    own.isFirstAck = false;
  }
  return bits;
}

/** Retransmission, fast or spurious, or out of order: a segment that does not advance the sequence number is one of these. */
function repetition(own: SequenceState, other: SequenceState, clock: HandshakeClock, segment: TcpSegment, synOrFin: boolean): number {
  const { seq, payloadLength: length, timeNs } = segment;
  const { nextSeq } = own;
  // One byte of overlap with new data after it is no repetition: the byte was a zero window probe.
  const notAdvanced = nextSeq !== 0 && distance(seq, nextSeq) < 0 && !(length > 1 && ((nextSeq - 1) | 0) === seq);
  if (length > 0 && other.lastAck !== 0 && distance((seq + length) | 0, other.lastAck) <= 0) return SPURIOUS_RETRANSMISSION;
  if (!notAdvanced) return 0;
  const sinceAck = timeNs - other.lastAckNs;
  // Wireshark's counter is unsigned: the -1 that marks a reported hole counts as many.
  const manyDuplicates = other.duplicateAcks >= 2 || other.duplicateAcks === -1;
  if (manyDuplicates && other.lastAck === seq && sinceAck >= 0 && sinceAck < FAST_RETRANSMISSION_NS) return FAST_RETRANSMISSION;
  const sinceNext = timeNs - own.nextSeqNs;
  const threshold = clock.firstRoundTripNs || OUT_OF_ORDER_NS;
  const end = (seq + length + (synOrFin ? 1 : 0)) | 0;
  return lessUnsigned(sinceNext, threshold) && nextSeq !== end ? OUT_OF_ORDER : RETRANSMISSION;
}

/** Wireshark's times are unsigned: where the clock went back they are larger than any other. */
const lessUnsigned = (a: number, b: number): boolean => (a < 0 === b < 0 ? a < b : b < 0);

/** Forgets what is known of a direction: its first segment is the SYN-ACK with this number, to which the other side has answered. */
export function restartAt(state: SequenceState, seq: number): void {
  state.baseSeq = seq;
  state.nextSeq = (seq + 1) | 0;
  state.maxSeqToBeAcked = state.nextSeq;
}

/** A shift count that is not known is no larger than this (RFC 7323 §2.3). */
const SCALE_MAX = 14;

/** How many bytes a direction takes, as it said last; where the scale of its window is not known, the most that it may mean. */
export function windowOf({ window, windowScale, isFirstAck }: SequenceState): number {
  if (isFirstAck || windowScale === SCALE_UNUSED) return window;
  return window * 2 ** (windowScale === SCALE_UNKNOWN ? SCALE_MAX : windowScale);
}

/** Where the window that a direction advertised ends. */
function windowEdge(state: SequenceState): number {
  const shift = state.isFirstAck || state.windowScale < 0 ? 0 : state.windowScale;
  return (state.lastAck + (state.window << shift)) | 0;
}

/** The options of a SYN have been read: window scaling is used where both SYNs offer it (RFC 7323 §2.2). */
export function noteWindowScale(own: SequenceState, other: SequenceState, offered: number, isSynAck: boolean): void {
  if (offered >= 0) own.windowScale = offered;
  if (own.windowScale === SCALE_UNKNOWN) {
    own.windowScale = SCALE_UNUSED;
    other.windowScale = SCALE_UNUSED;
  } else if (isSynAck && other.windowScale === SCALE_UNUSED) {
    own.windowScale = SCALE_UNUSED;
  }
}
