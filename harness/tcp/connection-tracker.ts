/** Follows the TCP connections of a capture: which segment belongs to which, what each side does, and when a connection is over. */
import type { Connection, FrameRecord } from '../model.ts';
import { uint16 } from '../wire/bytes.ts';
import type { TcpSegment } from '../wire/segment.ts';
import { ACK, FIN, newOptions, RST, readOptions, SYN } from '../wire/tcp.ts';
import { acceptance, isToBeJudged } from './acceptable.ts';
import { distance } from './assembler.ts';
import { ConnectionList } from './connection-list.ts';
import { ConnectionTable, identify, keyOf } from './connection-table.ts';
import { type DirectionIndex, type PendingTotal, Reassembly } from './reassembly.ts';
import {
  ANY_RETRANSMISSION,
  ANY_WINDOW_PROBE,
  analysisNames,
  analyzeSequence,
  DUPLICATE_ACK,
  EMPTY_WINDOW_PROBE,
  KEEP_ALIVE,
  KEEP_ALIVE_ACK,
  noteWindowScale,
  OUT_OF_ORDER,
  REUSED_PORTS,
  restartAt,
  ZERO_WINDOW,
} from './sequence-analysis.ts';
import type { StreamSink } from './stream-sink.ts';
import {
  COMPLETENESS_ACK,
  COMPLETENESS_DATA,
  COMPLETENESS_FIN,
  COMPLETENESS_RST,
  COMPLETENESS_SYN,
  COMPLETENESS_SYN_ACK,
  type ConnectionIdentity,
  type DoubtfulReset,
  type End,
  keep,
  noteClose,
  TrackedConnection,
  toConnection,
} from './tracked-connection.ts';
import { noteDelayedAck, noteStillShut, noteWaits, RETRANSMISSION_TIMEOUT_MIN_NS } from './waits.ts';

export interface TrackerOptions<S extends StreamSink> {
  /** Makes the sink of one connection's bytes. */
  createSink: (connection: ConnectionIdentity) => S;
  /** Called once for each connection, when no more frames are expected of it or at the end. */
  onConnection: (connection: Connection) => void;
  /** Called for each frame of a connection. As long as it is not settled who the client is, a connection's frames wait. */
  onFrame?: (record: FrameRecord) => void;
  /** Ports on which servers listen, for connections whose start was not captured. */
  ports?: readonly number[];
  limits?: ConnectionLimits;
  /** Which side a payload comes from, for connections where neither the handshake nor `ports` shows it; `null`: it could be either. */
  speaker?: (bytes: Uint8Array, start: number, end: number, cut: boolean) => 'client' | 'server' | null;
}

/** How many connections are kept at one time. Beyond it those that were idle for longest are reported and dropped. */
export interface ConnectionLimits {
  /** Neither closed nor reset. */
  open: number;
  /** Closed or reset: kept for the frames that a capture brings late. */
  finished: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = { open: 10_000, finished: 256 };
/** Dropped connections that are remembered, so that a late frame of one does not count as a new connection. */
export const DROPPED_REMEMBERED_MAX = 200_000;

/** Follows the connections of one capture. Give it each segment, then call `end`. */
export class ConnectionTracker<S extends StreamSink = StreamSink> {
  readonly #options: TrackerOptions<S>;
  readonly #table = new ConnectionTable<S>();
  readonly #pending: PendingTotal = { bytes: 0 };
  readonly #tcpOptions = newOptions();
  readonly #limits: ConnectionLimits;
  readonly #open = new ConnectionList<TrackedConnection<S>>();
  readonly #finished = new ConnectionList<TrackedConnection<S>>();
  /** Keys of connections that were dropped, in that order. */
  readonly #dropped = new Set<number>();
  #streams = 0;
  /** Frames of connections that had been reported and dropped before. */
  lateFrames = 0;

  constructor(options: TrackerOptions<S>) {
    this.#options = options;
    this.#limits = options.limits ?? CONNECTION_LIMITS;
  }

  /** Connections at hand that are neither closed nor reset. */
  get open(): number {
    return this.#open.size;
  }

  /** Takes a segment into account. Gives its connection; `null`: the connection had been dropped before. */
  segment(segment: TcpSegment): TrackedConnection<S> | null {
    const { flags, seq } = segment;
    let connection = this.#table.find(segment);
    let direction: DirectionIndex = 0;
    let known = 0;
    if (connection) {
      direction = this.#table.direction;
      const { sequence } = connection.ends[direction];
      if (flags & SYN && sequence.baseSeqSet) {
        const same = sequence.baseSeq === seq;
        if (!(flags & ACK)) {
          if (!same) {
            known = REUSED_PORTS;
            connection.portReused = true;
            this.#finish(connection);
            connection = null;
            direction = 0;
          }
        } else if (!same) {
          known = REUSED_PORTS;
        }
      }
    }
    if (connection) {
      connection.list?.touch(connection);
    } else {
      if (this.#dropped.size > 0 && this.#isLate(segment)) return null;
      connection = this.#begin(segment);
    }
    this.#update(connection, direction, segment, known);
    if (flags & (FIN | RST) && connection.list === this.#open && connection.finished) {
      this.#open.remove(connection);
      this.#finished.append(connection);
      if (this.#finished.size > this.#limits.finished) this.#drop(this.#finished.oldest!);
    }
    return connection;
  }

  /** Lets go of an open connection without reporting it. Its later segments must not come here before `adopt` takes it back. */
  release(connection: TrackedConnection<S>): void {
    this.#table.delete(connection);
    this.#open.remove(connection);
  }

  /** Takes back a connection that was released, with what has been seen of it meanwhile. */
  adopt(connection: TrackedConnection<S>): void {
    this.#table.add(connection);
    this.#open.insert(connection);
  }

  /** The capture has ended. */
  end(): void {
    const rest = [...this.#open.toArray(), ...this.#finished.toArray()].sort((a, b) => a.stream - b.stream);
    for (const connection of rest) this.#finish(connection);
  }

  #begin(segment: TcpSegment): TrackedConnection<S> {
    if (this.#open.size >= this.#limits.open) this.#drop(this.#open.oldest!);
    const connection = new TrackedConnection<S>(this.#streams++);
    identify(connection, segment);
    this.#table.add(connection);
    connection.firstFrame = segment.frame;
    connection.startNs = segment.timeNs;
    const { flags } = segment;
    if (flags & SYN) {
      connection.client = flags & ACK ? 1 : 0;
      connection.clientSettled = true;
      connection.midStream = (flags & ACK) !== 0;
    } else {
      this.#guessClient(connection);
    }
    this.#open.append(connection);
    return connection;
  }

  #guessClient(connection: TrackedConnection<S>): void {
    const [end0, end1] = connection.ends;
    const { ports = [] } = this.#options;
    const listens0 = ports.includes(end0.port);
    if (listens0 !== ports.includes(end1.port)) {
      connection.client = listens0 ? 1 : 0;
      connection.clientSettled = true;
    } else {
      // Servers listen on low ports, clients are given high ones. The first payload may show that it is the other way round.
      connection.client = end0.port < end1.port ? 1 : 0;
    }
  }

  #update(connection: TrackedConnection<S>, direction: DirectionIndex, segment: TcpSegment, known: number): void {
    const { flags, payloadLength, fault, frame } = segment;
    const end = connection.ends[direction];
    const other = connection.ends[direction === 0 ? 1 : 0];
    const { nextSeq } = end.sequence;
    connection.lastFrame = frame;
    if (segment.timeNs < connection.endNs) {
      connection.outOfTimeOrder++;
      connection.backNs += connection.endNs - segment.timeNs;
    }
    connection.endNs = segment.timeNs;
    connection.frameCount++;
    end.frames++;
    if (fault !== 'tcp-bad-data-offset') this.#completeness(connection, flags, payloadLength);
    if (fault === null && isToBeJudged(flags, end, other) && !this.#isAccepted(connection, direction, segment, known)) return;
    if (connection.doubtfulReset !== null && !(flags & RST) && !wasSentBefore(connection.doubtfulReset, direction, segment))
      connection.doubtfulReset = null;
    if (connection.otherSynAcks !== null) this.#chooseSynAck(connection, direction, segment);
    const isTwice = isCapturedTwice(end, other, segment) || isOlderCopy(end, segment, connection.reassembly, direction);
    if (!isTwice) noteIdentity(end, segment);
    let analysis = known;
    if (fault !== 'tcp-header-too-long') {
      noteDelayedAck(connection, direction, segment);
      analysis = analyzeSequence(end.sequence, other.sequence, connection, segment, known);
      // Wireshark uses the numbers of a header that is too short, but reports nothing about its frame.
      if (fault !== null) analysis = 0;
      else if (!isTwice) noteWaits(connection, direction, segment, analysis);
      if (isTwice) end.duplicatePackets++;
      else if (analysis !== 0) this.#count(connection, direction, analysis, segment, nextSeq);
    }
    if (this.#options.onFrame) this.#record(connection, direction, segment, analysis, isTwice ? TWICE : null);
    if (fault !== null || isTwice) return;

    if (flags & SYN) this.#syn(connection, direction, segment);
    else if (connection.ackFrame === 0 && connection.synAckFrame > 0 && flags & ACK && direction === connection.client && !(flags & RST)) {
      connection.ackFrame = frame;
      connection.ackNs = segment.timeNs;
    }
    if (payloadLength > 0 && !(flags & RST) && !(analysis & (KEEP_ALIVE | EMPTY_WINDOW_PROBE))) {
      if (end.segments === 0 && payloadLength > 1) this.#checkStart(connection, direction, segment);
      if (end.rstFrame > 0 && distance(segment.seq, end.rstSeq) >= 0) end.wentOnAfterRst = true;
      end.segments++;
      if (payloadLength > end.largestSegment) end.largestSegment = payloadLength;
      end.lastPayloadFrame = frame;
      end.lastPayloadNs = segment.timeNs;
      end.lastPayloadLength = payloadLength;
      connection.backNs = 0;
      if (!connection.clientSettled) this.#settleClient(connection, direction, segment);
    }
    if (flags & (FIN | RST)) {
      if (connection.firstClose === -1) connection.firstCloseAfterHole = isAfterHole(other, segment, nextSeq);
      this.#close(connection, direction, segment);
    }
    if (flags & RST) {
      connection.reassembly?.reset(direction, frame, segment.timeNs);
    } else if (!(flags & SYN) || payloadLength > 0) {
      this.#reassembly(connection).segment(direction, segment);
    }
  }

  /** Whether the receiver takes the segment. One that it does not take is recorded, and nothing more. */
  #isAccepted(connection: TrackedConnection<S>, direction: DirectionIndex, segment: TcpSegment, known: number): boolean {
    const found = acceptance(connection, direction, segment);
    if (found === 'acceptable') return true;
    const { frame, timeNs } = segment;
    if (this.#options.onFrame) this.#record(connection, direction, segment, known, found === 'not-acceptable' ? NOT_ACCEPTABLE : null);
    if (found === 'doubtful') {
      connection.doubtfulReset ??= {
        direction,
        seq: segment.seq,
        frame,
        timeNs,
        acknowledged: acknowledgedBy(connection, direction, segment),
      };
    } else if (found === 'other-syn-ack') {
      readOptions(segment.bytes, segment.optionsStart, segment.optionsEnd, this.#tcpOptions);
      const { maximumSegmentSize: mss, windowScale, sackPermitted } = this.#tcpOptions;
      connection.otherSynAcks ??= [];
      if (connection.otherSynAcks.length < SYN_ACKS_KEPT)
        connection.otherSynAcks.push({ seq: segment.seq, frame, timeNs, mss, windowScale, sackPermitted });
    }
    return false;
  }

  /** The client's first ACK shows which SYN-ACK it took. */
  #chooseSynAck(connection: TrackedConnection<S>, direction: DirectionIndex, { flags, ack }: TcpSegment): void {
    if (direction !== connection.client || (flags & (SYN | ACK | RST)) !== ACK) return;
    const server: DirectionIndex = direction === 0 ? 1 : 0;
    const end = connection.ends[server];
    const taken = connection.otherSynAcks?.find(({ seq }) => ((seq + 1) | 0) === ack);
    connection.otherSynAcks = null;
    if (taken === undefined || ack === ((end.initialSeq + 1) | 0)) return;
    end.initialSeq = taken.seq;
    end.mss = taken.mss;
    end.windowScale = taken.windowScale;
    end.sackPermitted = taken.sackPermitted;
    restartAt(end.sequence, taken.seq);
    connection.synAckFrame = taken.frame;
    connection.synAckNs = taken.timeNs;
    connection.lastSynAckFrame = taken.frame;
    connection.synAcks = 1;
    this.#reassembly(connection).synchronize(server, taken.seq + 1);
  }

  /** Data that begin with the number of the SYN: a receiver would drop their first byte, but they were made by hand without counting the SYN. */
  #checkStart(connection: TrackedConnection<S>, direction: DirectionIndex, { flags, seq, frame }: TcpSegment): void {
    const { hasSyn, initialSeq } = connection.ends[direction];
    if (flags & SYN || !hasSyn || initialSeq !== seq) return;
    const reassembly = this.#reassembly(connection);
    if (!reassembly.isEmpty(direction)) return;
    reassembly.beginEarly(direction, seq);
    connection.synNumberRepeated ||= frame;
  }

  /** `nextSeq`: the end's next number before this segment. */
  #count(
    connection: TrackedConnection<S>,
    direction: DirectionIndex,
    analysis: number,
    { flags, frame, timeNs, seq, payloadLength }: TcpSegment,
    nextSeq: number,
  ): void {
    const end = connection.ends[direction];
    // Where both ends open at once, each sends its SYN's number once more, in its SYN-ACK.
    const isFirstSynAck = (flags & (SYN | ACK)) === (SYN | ACK) && (direction === connection.client || connection.synAckFrame === 0);
    // Where the capture stores an acknowledgement before the segment that it acknowledges, the segment is no repetition.
    const isNew = isFirstSynAck || (payloadLength > 0 && nextSeq !== 0 && distance(seq, nextSeq) >= 0);
    // A keep-alive probe repeats a byte that has been acknowledged (RFC 9293 §3.8.4); a segment of one byte that has not been is sent again.
    const { lastAck } = connection.ends[direction === 0 ? 1 : 0].sequence;
    const isUnacknowledged = payloadLength === 1 && end.lastPayloadLength === 1 && lastAck !== 0 && distance(nextSeq, lastAck) > 0;
    const isByteAgain = (analysis & KEEP_ALIVE) !== 0 && isUnacknowledged;
    if ((analysis & ANY_RETRANSMISSION || isByteAgain) && !isNew) {
      end.retransmissions++;
      end.retransmissionFrames = keep(end.retransmissionFrames, frame);
    }
    if (analysis & ANY_WINDOW_PROBE) end.zeroWindowProbes++;
    if (analysis & OUT_OF_ORDER) end.outOfOrder++;
    if (analysis & DUPLICATE_ACK) end.duplicateAcks++;
    if (analysis & ZERO_WINDOW) {
      end.zeroWindows++;
      end.zeroWindowFrames = keep(end.zeroWindowFrames, frame);
    }
    // An ACK of the handshake that does not count the SYN, as in captures made by hand, is no probe.
    if (analysis & KEEP_ALIVE && !isByteAgain && !(connection.synAckFrame > 0 && connection.ackFrame === 0)) {
      end.keepAliveProbeFrames = keep(end.keepAliveProbeFrames, frame);
      end.keepAliveProbeTimesNs = keep(end.keepAliveProbeTimesNs, timeNs);
    }
    if (analysis & KEEP_ALIVE_ACK) end.keepAliveAckFrames = keep(end.keepAliveAckFrames, frame);
  }

  /**
   * Wireshark 4.0's rules, as it applies them in two passes: a SYN counts as the first frame only; another first frame counts once a second one
   * has come; an ACK without payload counts as the handshake's, wherever it comes.
   */
  #completeness(connection: TrackedConnection<S>, flags: number, payloadLength: number): void {
    const synAck = flags & (SYN | ACK);
    let bits = 0;
    if (synAck === (SYN | ACK)) bits = COMPLETENESS_SYN_ACK;
    else if (synAck === ACK) bits = payloadLength > 0 ? COMPLETENESS_DATA : COMPLETENESS_ACK;
    if ((flags & (FIN | ACK)) === (FIN | ACK)) bits |= COMPLETENESS_FIN;
    if (flags & RST) bits |= COMPLETENESS_RST;
    if (connection.frameCount > 1) {
      connection.completeness |= bits | connection.completenessOfFirst;
      return;
    }
    connection.completenessOfFirst = bits;
    if (synAck === SYN) connection.completeness = payloadLength > 0 ? COMPLETENESS_SYN | COMPLETENESS_DATA : COMPLETENESS_SYN;
  }

  #record(
    connection: TrackedConnection<S>,
    direction: DirectionIndex,
    { flags, seq, ack, payloadLength, window, frame, timeNs }: TcpSegment,
    analysis: number,
    more: Pick<FrameRecord, 'notAcceptable' | 'capturedTwice'> | null,
  ): void {
    const own = connection.ends[direction].sequence;
    const other = connection.ends[direction === 0 ? 1 : 0].sequence;
    const scaled = !(flags & SYN) && own.windowScale > 0;
    const record: FrameRecord = {
      frame,
      stream: connection.stream,
      timeNs,
      from: connection.side(direction),
      flags,
      seq: (seq - own.baseSeq) >>> 0,
      ack: flags & ACK ? (ack - other.baseSeq) >>> 0 : 0,
      payload: payloadLength,
      window: scaled ? window * 2 ** own.windowScale : window,
      analysis: analysisNames(analysis),
      ...more,
    };
    if (connection.clientSettled) this.#options.onFrame?.(record);
    else (connection.heldRecords ??= []).push({ record, direction });
  }

  #releaseRecords(connection: TrackedConnection<S>): void {
    for (const { record, direction } of connection.heldRecords ?? []) {
      record.from = connection.side(direction);
      this.#options.onFrame?.(record);
    }
    connection.heldRecords = null;
  }

  #syn(connection: TrackedConnection<S>, direction: DirectionIndex, segment: TcpSegment): void {
    const end = connection.ends[direction];
    const { seq, ack, flags, frame, timeNs } = segment;
    readOptions(segment.bytes, segment.optionsStart, segment.optionsEnd, this.#tcpOptions);
    if (!end.hasSyn) {
      end.hasSyn = true;
      end.initialSeq = seq;
      end.mss = this.#tcpOptions.maximumSegmentSize;
      end.windowScale = this.#tcpOptions.windowScale;
      end.sackPermitted = this.#tcpOptions.sackPermitted;
    }
    const other = connection.ends[direction === 0 ? 1 : 0];
    // Where the snap length cut the options, the scale may be among those that are missing.
    const cut = segment.optionsEnd < segment.payload;
    if (!cut || this.#tcpOptions.windowScale >= 0) {
      noteWindowScale(end.sequence, other.sequence, this.#tcpOptions.windowScale, (flags & ACK) !== 0);
    }
    const reassembly = this.#reassembly(connection);
    reassembly.synchronize(direction, seq + 1);
    if (flags & ACK) reassembly.expect(direction === 0 ? 1 : 0, ack);
    // Where both ends open at once, the client sends a SYN-ACK too (RFC 9293 §3.5).
    if (flags & ACK && direction !== connection.client) {
      connection.synAcks++;
      connection.lastSynAckFrame = frame;
      if (connection.synAckFrame === 0) {
        connection.synAckFrame = frame;
        connection.synAckNs = timeNs;
      }
    } else if (!(flags & ACK) && connection.synFrame === 0) {
      connection.synFrame = frame;
      connection.synNs = timeNs;
      connection.midStream = false;
    }
  }

  #settleClient(connection: TrackedConnection<S>, direction: DirectionIndex, segment: TcpSegment): void {
    const { bytes, payload, payloadEnd, payloadLength } = segment;
    const speaker = this.#options.speaker?.(bytes, payload, payloadEnd, payloadLength > payloadEnd - payload);
    if (speaker) connection.client = (speaker === 'client') === (direction === 0) ? 0 : 1;
    connection.clientSettled = true;
    this.#releaseRecords(connection);
  }

  #close(connection: TrackedConnection<S>, direction: DirectionIndex, segment: TcpSegment): void {
    const { flags, frame, timeNs } = segment;
    const acknowledged = acknowledgedBy(connection, direction, segment);
    if (!connection.clientSettled) {
      connection.clientSettled = true;
      this.#releaseRecords(connection);
    }
    const end = connection.ends[direction];
    if (flags & RST && end.rstFrame === 0) end.rstSeq = segment.seq;
    // With both flags, it is the reset that closes the connection.
    if (flags & RST) noteClose(connection, direction, 'RST', frame, timeNs, acknowledged);
    if (flags & FIN) noteClose(connection, direction, 'FIN', frame, timeNs, acknowledged);
  }

  #reassembly(connection: TrackedConnection<S>): Reassembly {
    if (!connection.reassembly) {
      connection.sink = this.#options.createSink(connection);
      connection.reassembly = new Reassembly(connection.sink, connection, this.#pending);
    }
    return connection.reassembly;
  }

  #finish(connection: TrackedConnection<S>): void {
    this.#table.delete(connection);
    connection.list?.remove(connection);
    this.#releaseRecords(connection);
    this.#settleReset(connection);
    connection.reassembly?.end(connection.lastFrame, connection.endNs);
    noteStillShut(connection);
    const result = toConnection(connection);
    connection.sink?.end(result);
    connection.sink = null;
    connection.reassembly = null;
    this.#options.onConnection(result);
  }

  /** After a RST that was in doubt nothing came: the peer took it. */
  #settleReset(connection: TrackedConnection<S>): void {
    const { doubtfulReset } = connection;
    if (doubtfulReset === null) return;
    const { direction, frame, timeNs, acknowledged } = doubtfulReset;
    noteClose(connection, direction, 'RST', frame, timeNs, acknowledged);
    connection.reassembly?.reset(direction, frame, timeNs);
  }

  #drop(connection: TrackedConnection<S>): void {
    this.#finish(connection);
    this.#dropped.add(connection.key);
    if (this.#dropped.size <= DROPPED_REMEMBERED_MAX) return;
    for (const longestAgo of this.#dropped) {
      this.#dropped.delete(longestAgo);
      return;
    }
  }

  /** Whether it belongs to a connection that was dropped already. A SYN begins another one on the same ports. */
  #isLate(segment: TcpSegment): boolean {
    const key = keyOf(segment);
    if (!this.#dropped.has(key)) return false;
    if ((segment.flags & (SYN | ACK)) === SYN) {
      this.#dropped.delete(key);
      return false;
    }
    this.lateFrames++;
    return true;
  }
}

/** Whether the segment was sent before the RST that the capture stores before it. */
const wasSentBefore = (reset: DoubtfulReset, direction: DirectionIndex, { seq, payloadLength }: TcpSegment): boolean =>
  direction === reset.direction && payloadLength > 0 && distance(reset.seq, seq) >= payloadLength;

/** SYN-ACKs with different numbers that wait for the client's ACK. */
const SYN_ACKS_KEPT = 8;
const NOT_ACCEPTABLE = { notAcceptable: true } as const;
const TWICE = { capturedTwice: true } as const;

/** TCP's checksum, before the options; with the identification it stands for a packet's bytes. */
const CHECKSUM_BEFORE_OPTIONS = 4;
/**
 * Copies of one packet are no further apart: no end sends again so soon. A bare ACK may be sent twice, though not within microseconds. With an identification of their own
 * they may come from two places of the path, in a capture that was merged of both: up to the shortest time-out, since some tools send the same packet again.
 */
const COPY_WITH_ID_NS = RETRANSMISSION_TIMEOUT_MIN_NS;
const COPY_NS = 1_000_000;
const COPY_OF_ACK_NS = 50_000;
/** Packets of one end that may lie between a packet and its copy. */
const COPIES_BETWEEN = 64;
/** Without an identification of its own (IPv6, or 0 as Linux has it in packets without a connection), and after a packet that may have asked for it again. */
const COPY_WITHOUT_ID_NS = 100_000;

/** Whether the segment is the packet that this end sent before it, captured again. */
function isCapturedTwice(
  { sequence, lastIdentity, hasOwnIds, lastSeq, lastLength, lastControl }: End,
  other: End,
  segment: TcpSegment,
): boolean {
  const { flags, seq, payloadLength, ipId, timeNs } = segment;
  if (identityOf(segment) !== lastIdentity || seq !== lastSeq || payloadLength !== lastLength || controlOf(flags) !== lastControl)
    return false;
  if (sequence.window !== segment.window || sequence.lastAck !== segment.ack || !hasChecksum(segment)) return false;
  const isMore = payloadLength > 0 || (flags & (SYN | FIN)) !== 0;
  const apart = timeNs - sequence.lastAckNs;
  if (apart < 0) return false;
  return apart < copiesApartNs(flags, isMore, ipId > 0, hasOwnIds, other.sequence.lastAckNs <= sequence.lastAckNs);
}

/** How far apart copies of a packet may be. `isUnasked`: the other end has sent nothing meanwhile that asks for it again. */
function copiesApartNs(flags: number, isMore: boolean, hasId: boolean, hasOwnIds: boolean, isUnasked: boolean): number {
  if (hasId && hasOwnIds) return COPY_WITH_ID_NS;
  // A SYN is sent again after a second, or where it was asked for again.
  if (flags & SYN && isUnasked) return COPY_WITH_ID_NS;
  if (!hasId) return isMore ? (isUnasked ? COPY_NS : COPY_WITHOUT_ID_NS) : 0;
  return isMore || flags & RST ? COPY_NS : COPY_OF_ACK_NS;
}

/**
 * Whether the segment is a packet from before the last one, captured again: its bytes are known, or it brings nothing new, and its identification is older than
 * that of the packet that came last, where one that is sent again has a newer one.
 */
function isOlderCopy(end: End, segment: TcpSegment, reassembly: Reassembly | null, direction: DirectionIndex): boolean {
  const { flags, seq, ack, payloadLength, ipId, timeNs } = segment;
  if (flags & (SYN | RST) || ipId <= 0 || reassembly === null || !reassembly.started(direction) || !hasChecksum(segment)) return false;
  const length = payloadLength + (flags & FIN ? 1 : 0);
  const isKnown = length > 0 ? distance(reassembly.next(direction), seq) >= length : distance(ack, end.sequence.lastAck) <= 0;
  const older = (idOf(end.lastIdentity) - ipId) & 0xffff;
  const apart = timeNs - end.sequence.lastAckNs;
  return isKnown && older > 0 && older < COPIES_BETWEEN && apart >= 0 && apart < COPY_WITH_ID_NS;
}

/** What the next packet of this end is held against. */
function noteIdentity(end: End, segment: TcpSegment): void {
  if (!hasChecksum(segment)) return;
  const identity = identityOf(segment);
  if (end.lastIdentity !== 0 && idOf(end.lastIdentity) !== idOf(identity)) end.hasOwnIds = true;
  end.lastIdentity = identity;
  end.lastSeq = segment.seq;
  end.lastLength = segment.payloadLength;
  end.lastControl = controlOf(segment.flags);
}

/** The snap length may have cut it off. */
const hasChecksum = ({ optionsStart, optionsEnd }: TcpSegment): boolean => optionsEnd >= optionsStart;

const controlOf = (flags: number): number => flags & (SYN | FIN | RST);

/** `assembly/segment.ts` makes the same. */
const identityOf = ({ bytes, ipId, optionsStart }: TcpSegment): number =>
  (ipId << 16) | uint16(bytes, optionsStart - CHECKSUM_BEFORE_OPTIONS);

/** The identification in what `identityOf` gives. */
export const idOf = (identity: number): number => identity >>> 16;

/** How many bytes of the other end a segment acknowledges; −1: none, or not known. */
function acknowledgedBy(connection: TrackedConnection, direction: DirectionIndex, { flags, ack }: TcpSegment): number {
  const other: DirectionIndex = direction === 0 ? 1 : 0;
  const { reassembly } = connection;
  return flags & ACK && reassembly?.started(other) ? reassembly.offsetOf(other, ack) : -1;
}

/** Whether bytes that were sent before a FIN or RST are not in the capture, and none of its own is: then nobody knows when the last one came. */
function isAfterHole(other: End, { flags, seq, ack, payloadLength }: TcpSegment, nextSeq: number): boolean {
  if (payloadLength > 0) return false;
  if (flags & FIN && nextSeq !== 0 && distance(seq, nextSeq) > 0) return true;
  if (flags & ACK && other.sequence.nextSeq !== 0 && distance(ack, other.sequence.nextSeq) > 0) return true;
  return nextSeq !== 0 && other.sequence.lastAck !== 0 && distance(other.sequence.lastAck, nextSeq) > 0;
}
