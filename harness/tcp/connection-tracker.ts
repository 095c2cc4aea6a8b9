/** Follows the TCP connections of a capture: which segment belongs to which, what each side does, and when a connection is over. */
import type { Connection } from '../model.ts';
import type { TcpSegment } from '../wire/segment.ts';
import { ACK, FIN, newOptions, RST, readOptions, SYN } from '../wire/tcp.ts';
import { ConnectionTable } from './connection-table.ts';
import { type DirectionIndex, type PendingTotal, Reassembly } from './reassembly.ts';
import type { StreamSink } from './stream-sink.ts';
import {
  COMPLETENESS_ACK,
  COMPLETENESS_DATA,
  COMPLETENESS_FIN,
  COMPLETENESS_RST,
  COMPLETENESS_SYN,
  COMPLETENESS_SYN_ACK,
  TrackedConnection,
  toConnection,
} from './tracked-connection.ts';

export interface TrackerOptions {
  /** Makes the sink of one connection's bytes. */
  createSink: (stream: number) => StreamSink;
  /** Told once for each connection, when no more frames are expected of it or at the end. */
  onConnection: (connection: Connection) => void;
  /** Ports on which servers listen, for connections whose start was not captured. */
  ports?: readonly number[];
  /** Who speaks so, where neither the handshake nor `ports` tells. */
  speaker?: (bytes: Uint8Array, start: number, end: number) => 'client' | 'server' | null;
}

/** Connections held at one time; beyond it the longest idle is told and dropped, finished ones first. */
export const CONNECTIONS_MAX = 20_000;

export class ConnectionTracker {
  readonly #options: TrackerOptions;
  readonly #table = new ConnectionTable();
  readonly #pending: PendingTotal = { bytes: 0 };
  readonly #tcpOptions = newOptions();
  #streams = 0;
  /** The longest idle and the most recently active connection. */
  #oldest: TrackedConnection | null = null;
  #newest: TrackedConnection | null = null;

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  segment(segment: TcpSegment, frame: number, timeNs: number): void {
    const { flags, seq } = segment;
    let connection = this.#table.find(segment);
    let direction: DirectionIndex = 0;
    if (connection) {
      direction = this.#table.direction;
      if ((flags & (SYN | ACK)) === SYN && startsAnew(connection, direction, seq)) {
        connection.portReused = true;
        this.#finish(connection);
        connection = null;
        direction = 0;
      }
    }
    if (!connection) connection = this.#begin(segment, frame, timeNs);
    else this.#touch(connection);
    this.#update(connection, direction, segment, frame, timeNs);
  }

  /** The capture has ended. */
  end(): void {
    const rest: TrackedConnection[] = [];
    for (let connection = this.#oldest; connection; connection = connection.newer) rest.push(connection);
    rest.sort((a, b) => a.stream - b.stream);
    for (const connection of rest) this.#finish(connection);
  }

  #begin(segment: TcpSegment, frame: number, timeNs: number): TrackedConnection {
    if (this.#table.size >= CONNECTIONS_MAX) this.#finish(this.#longestIdle());
    const connection = new TrackedConnection(this.#streams++);
    this.#table.add(connection, segment);
    connection.firstFrame = frame;
    connection.startNs = timeNs;
    const { flags } = segment;
    if (flags & SYN) {
      connection.client = flags & ACK ? 1 : 0;
      connection.clientSettled = true;
      connection.midStream = (flags & ACK) !== 0;
    } else {
      this.#guessClient(connection);
    }
    this.#append(connection);
    return connection;
  }

  #guessClient(connection: TrackedConnection): void {
    const [end0, end1] = connection.ends;
    const { ports = [] } = this.#options;
    const listens0 = ports.includes(end0.port);
    if (listens0 !== ports.includes(end1.port)) {
      connection.client = listens0 ? 1 : 0;
      connection.clientSettled = true;
    } else {
      // Servers listen on low ports, clients are given high ones; the first payload may yet tell better.
      connection.client = end0.port < end1.port ? 1 : 0;
    }
  }

  #update(connection: TrackedConnection, direction: DirectionIndex, segment: TcpSegment, frame: number, timeNs: number): void {
    const { flags, seq, ack, payloadLength } = segment;
    const end = connection.ends[direction];
    const other = connection.ends[direction === 0 ? 1 : 0];
    connection.lastFrame = frame;
    connection.endNs = timeNs;
    connection.frameCount++;
    end.frames++;
    this.#completeness(connection, flags, payloadLength);
    if (flags & SYN) this.#syn(connection, direction, segment, frame, timeNs);
    else if (connection.ackFrame === 0 && connection.synAckFrame > 0 && flags & ACK && direction === connection.client && !(flags & RST)) {
      connection.ackFrame = frame;
      connection.ackNs = timeNs;
    }
    if (payloadLength > 0 && !(flags & RST)) {
      end.segments++;
      if (payloadLength > end.largestSegment) end.largestSegment = payloadLength;
      end.lastPayloadFrame = frame;
      end.lastPayloadNs = timeNs;
      if (!connection.clientSettled) this.#settleClient(connection, direction, segment);
    }
    if (flags & (FIN | RST)) this.#close(connection, direction, flags, frame, timeNs);
    if (other.finFrame > 0 && flags & ACK) other.finAcked = true;
    if (flags & RST) {
      connection.reassembly?.reset(direction, frame, timeNs);
    } else if (connection.reassembly || payloadLength > 0 || flags & FIN || !(flags & SYN)) {
      const first = flags & SYN ? (seq + 1) | 0 : seq;
      if (flags & SYN && payloadLength === 0) return;
      this.#reassembly(connection).segment(
        direction,
        first,
        (flags & ACK) !== 0,
        ack,
        (flags & FIN) !== 0,
        segment.bytes,
        segment.payload,
        segment.payloadEnd,
        payloadLength,
        frame,
        timeNs,
      );
    }
  }

  /** Wireshark 4.0's rules: a SYN counts when it opens the conversation; an ACK without payload counts as the handshake's, wherever it stands. */
  #completeness(connection: TrackedConnection, flags: number, payloadLength: number): void {
    if (connection.frameCount === 1 && (flags & (SYN | ACK)) === SYN) {
      connection.completeness |= COMPLETENESS_SYN;
      if (payloadLength > 0) connection.completeness |= COMPLETENESS_DATA;
      return;
    }
    const synAck = flags & (SYN | ACK);
    if (synAck === (SYN | ACK)) connection.completeness |= COMPLETENESS_SYN_ACK;
    else if (synAck === ACK) connection.completeness |= payloadLength > 0 ? COMPLETENESS_DATA : COMPLETENESS_ACK;
    if ((flags & (FIN | ACK)) === (FIN | ACK)) connection.completeness |= COMPLETENESS_FIN;
    if (flags & RST) connection.completeness |= COMPLETENESS_RST;
  }

  #syn(connection: TrackedConnection, direction: DirectionIndex, segment: TcpSegment, frame: number, timeNs: number): void {
    const end = connection.ends[direction];
    const { seq, ack, flags } = segment;
    readOptions(segment.bytes, segment.optionsStart, segment.optionsEnd, this.#tcpOptions);
    if (!end.hasSyn) {
      end.hasSyn = true;
      end.initialSeq = seq;
      end.mss = this.#tcpOptions.maximumSegmentSize;
      end.windowScale = this.#tcpOptions.windowScale;
      end.sackPermitted = this.#tcpOptions.sackPermitted;
    }
    const reassembly = this.#reassembly(connection);
    reassembly.start(direction, seq + 1);
    if (flags & ACK) {
      reassembly.start(direction === 0 ? 1 : 0, ack);
      connection.synAcks++;
      connection.lastSynAckFrame = frame;
      if (connection.synAckFrame === 0) {
        connection.synAckFrame = frame;
        connection.synAckNs = timeNs;
      }
    } else if (connection.synFrame === 0) {
      connection.synFrame = frame;
      connection.synNs = timeNs;
    }
  }

  #settleClient(connection: TrackedConnection, direction: DirectionIndex, segment: TcpSegment): void {
    connection.clientSettled = true;
    const speaker = this.#options.speaker?.(segment.bytes, segment.payload, segment.payloadEnd);
    if (!speaker) return;
    connection.client = (speaker === 'client') === (direction === 0) ? 0 : 1;
  }

  #close(connection: TrackedConnection, direction: DirectionIndex, flags: number, frame: number, timeNs: number): void {
    const end = connection.ends[direction];
    connection.clientSettled = true;
    if (connection.firstClose === -1) {
      const [a, b] = connection.ends;
      connection.firstClose = direction;
      connection.firstCloseHow = flags & RST ? 'RST' : 'FIN';
      connection.firstCloseFrame = frame;
      connection.firstCloseNs = timeNs;
      const lastPayloadNs = Math.max(a.lastPayloadFrame ? a.lastPayloadNs : -1, b.lastPayloadFrame ? b.lastPayloadNs : -1);
      connection.firstCloseSinceNs = lastPayloadNs >= 0 ? lastPayloadNs : connection.ackFrame ? connection.ackNs : connection.startNs;
    }
    if (flags & FIN && end.finFrame === 0) {
      end.finFrame = frame;
      end.finNs = timeNs;
    }
    if (flags & RST && end.rstFrame === 0) {
      end.rstFrame = frame;
      end.rstNs = timeNs;
    }
  }

  #reassembly(connection: TrackedConnection): Reassembly {
    if (!connection.reassembly) {
      connection.sink = this.#options.createSink(connection.stream);
      connection.reassembly = new Reassembly(connection.sink, connection, this.#pending);
    }
    return connection.reassembly;
  }

  #finish(connection: TrackedConnection): void {
    this.#table.delete(connection);
    this.#unlink(connection);
    connection.reassembly?.flush(connection.lastFrame, connection.endNs);
    const result = toConnection(connection);
    connection.sink?.end(result);
    this.#options.onConnection(result);
  }

  #longestIdle(): TrackedConnection {
    let candidate = this.#oldest!;
    // A look at the few longest idle is enough: finished ones gather there.
    let place: TrackedConnection | null = candidate;
    for (let count = 0; place && count < 64; count++, place = place.newer) {
      if (place.finished) {
        candidate = place;
        break;
      }
    }
    return candidate;
  }

  #touch(connection: TrackedConnection): void {
    if (connection === this.#newest) return;
    this.#unlink(connection);
    this.#append(connection);
  }

  #append(connection: TrackedConnection): void {
    connection.older = this.#newest;
    connection.newer = null;
    if (this.#newest) this.#newest.newer = connection;
    else this.#oldest = connection;
    this.#newest = connection;
  }

  #unlink(connection: TrackedConnection): void {
    if (connection.older) connection.older.newer = connection.newer;
    else this.#oldest = connection.newer;
    if (connection.newer) connection.newer.older = connection.older;
    else this.#newest = connection.older;
  }
}

/** Wireshark's rule: a SYN with another sequence number than the first, or after a FIN or RST, begins a new conversation. */
function startsAnew(connection: TrackedConnection, direction: DirectionIndex, seq: number): boolean {
  const end = connection.ends[direction];
  if (!end.hasSyn) return end.frames > 0;
  return end.initialSeq !== seq || (connection.completeness & (COMPLETENESS_FIN | COMPLETENESS_RST)) !== 0;
}
