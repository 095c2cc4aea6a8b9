/** Follows the TCP connections of a capture: which segment belongs to which, what each side does, and when a connection is over. */
import type { Connection, FrameRecord } from '../model.ts';
import type { TcpSegment } from '../wire/segment.ts';
import { ACK, FIN, newOptions, RST, readOptions, SYN } from '../wire/tcp.ts';
import { ConnectionList } from './connection-list.ts';
import { ConnectionTable, identify, keyOf } from './connection-table.ts';
import { type DirectionIndex, type PendingTotal, Reassembly } from './reassembly.ts';
import {
  ANY_RETRANSMISSION,
  analysisNames,
  analyzeSequence,
  DUPLICATE_ACK,
  KEEP_ALIVE,
  KEEP_ALIVE_ACK,
  noteWindowScale,
  OUT_OF_ORDER,
  REUSED_PORTS,
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
  type End,
  keep,
  noteClose,
  TrackedConnection,
  toConnection,
} from './tracked-connection.ts';
import { noteDelayedAck, noteStillShut, noteWaits } from './waits.ts';

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
          sequence.baseSeq = seq;
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
    connection.lastFrame = frame;
    connection.endNs = segment.timeNs;
    connection.frameCount++;
    end.frames++;
    let analysis = known;
    if (fault !== 'tcp-header-too-long') {
      noteDelayedAck(connection, direction, segment);
      analysis = analyzeSequence(end.sequence, other.sequence, connection, segment, known);
      // Wireshark uses the numbers of a header that is too short, but reports nothing about its frame.
      if (fault !== null) analysis = 0;
      else noteWaits(connection, direction, segment, analysis);
      if (analysis !== 0) this.#count(end, analysis, segment);
    }
    if (fault !== 'tcp-bad-data-offset') this.#completeness(connection, flags, payloadLength);
    if (this.#options.onFrame) this.#record(connection, direction, segment, analysis);
    if (fault !== null) return;

    if (flags & SYN) this.#syn(connection, direction, segment);
    else if (connection.ackFrame === 0 && connection.synAckFrame > 0 && flags & ACK && direction === connection.client && !(flags & RST)) {
      connection.ackFrame = frame;
      connection.ackNs = segment.timeNs;
    }
    if (payloadLength > 0 && !(flags & RST) && !(analysis & KEEP_ALIVE)) {
      end.segments++;
      if (payloadLength > end.largestSegment) end.largestSegment = payloadLength;
      end.lastPayloadFrame = frame;
      end.lastPayloadNs = segment.timeNs;
      end.lastPayloadLength = payloadLength;
      if (!connection.clientSettled) this.#settleClient(connection, direction, segment);
    }
    if (flags & (FIN | RST)) this.#close(connection, direction, segment);
    if (flags & RST) {
      connection.reassembly?.reset(direction, frame, segment.timeNs);
    } else if (!(flags & SYN) || payloadLength > 0) {
      this.#reassembly(connection).segment(direction, segment);
    }
  }

  #count(end: End, analysis: number, { frame, timeNs }: TcpSegment): void {
    if (analysis & ANY_RETRANSMISSION) end.retransmissions++;
    if (analysis & OUT_OF_ORDER) end.outOfOrder++;
    if (analysis & DUPLICATE_ACK) end.duplicateAcks++;
    if (analysis & ZERO_WINDOW) end.zeroWindows++;
    if (analysis & KEEP_ALIVE) {
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
    if (flags & ACK) {
      reassembly.expect(direction === 0 ? 1 : 0, ack);
      connection.synAcks++;
      connection.lastSynAckFrame = frame;
      if (connection.synAckFrame === 0) {
        connection.synAckFrame = frame;
        connection.synAckNs = timeNs;
      }
    } else if (connection.synFrame === 0) {
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

  #close(connection: TrackedConnection<S>, direction: DirectionIndex, { flags, frame, timeNs }: TcpSegment): void {
    if (!connection.clientSettled) {
      connection.clientSettled = true;
      this.#releaseRecords(connection);
    }
    // With both flags, it is the reset that closes the connection.
    if (flags & RST) noteClose(connection, direction, 'RST', frame, timeNs);
    if (flags & FIN) noteClose(connection, direction, 'FIN', frame, timeNs);
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
    connection.reassembly?.end(connection.lastFrame, connection.endNs);
    noteStillShut(connection);
    const result = toConnection(connection);
    connection.sink?.end(result);
    connection.sink = null;
    connection.reassembly = null;
    this.#options.onConnection(result);
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
