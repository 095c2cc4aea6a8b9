/**
 * The two byte streams of a connection, delivered in order and in causal order: what one side sent after it had acknowledged bytes of
 * the other is delivered after those bytes. Captures have frames out of order, and answers before their questions. A hole that the receiver
 * acknowledged, and that no frame fills within `GAP_PATIENCE_NS`, is a gap of the capture.
 */
import type { Side } from '../model.ts';
import type { TcpSegment } from '../wire/segment.ts';
import { ACK, FIN, SYN } from '../wire/tcp.ts';
import { Assembler, distance, type Piece } from './assembler.ts';
import type { StreamSink } from './stream-sink.ts';

/** How long a hole that was acknowledged may still be filled by a frame that comes late in the capture. What is held meanwhile has limits of its own. */
export const GAP_PATIENCE_NS = 200_000_000;
/** Bytes held before their turn by all connections together. */
export const PENDING_TOTAL_MAX = 48 * 1024 * 1024;
/** At the end of a connection, bytes after a hole that nobody acknowledged are delivered where the hole is no larger than this. */
export const UNACKNOWLEDGED_HOLE_MAX = 16 * 1024 * 1024;

/** Shared by the connections of a capture. */
export interface PendingTotal {
  bytes: number;
}

/** One direction. */
class Direction {
  readonly assembler = new Assembler();
  /** The latest acknowledgment of the other side for this direction. */
  acked = 0;
  hasAcked = false;
  /** When the hole before `acked` was first seen; less than 0: no hole. */
  holeNs = Number.NEGATIVE_INFINITY;
  /**
   * All that is known of where this direction begins is what the other side acknowledged. In a capture that begins in mid-stream those bytes may come
   * late: segments that acknowledge them wait for the direction's first segment.
   */
  startGuessed = false;
  uniqueBytes = 0;
  missingBytes = 0;
  /** Bytes that were skipped over, acknowledged or not. */
  skippedBytes = 0;
  /** Its FIN has been delivered. */
  isOver = false;
}

/** Index of a direction: 0 is that of the connection's first frame. */
export type DirectionIndex = 0 | 1;

/** Which side sends in a direction. Asked at each delivery: the first payload may change the answer. */
export interface SideOfDirection {
  side(index: DirectionIndex): Side;
}

/** The two directions of one connection. */
export class Reassembly {
  readonly #sink: StreamSink;
  readonly #total: PendingTotal;
  readonly #connection: SideOfDirection;
  readonly #directions: readonly [Direction, Direction] = [new Direction(), new Direction()];
  #waiting = false;
  #reset: { index: DirectionIndex; frame: number; timeNs: number } | null = null;

  constructor(sink: StreamSink, connection: SideOfDirection, total: PendingTotal) {
    this.#sink = sink;
    this.#connection = connection;
    this.#total = total;
  }

  uniqueBytes(index: DirectionIndex): number {
    return this.#directions[index].uniqueBytes;
  }

  missingBytes(index: DirectionIndex): number {
    return this.#directions[index].missingBytes;
  }

  /** How many bytes of the direction, and its FIN, the other side has not acknowledged. Call after `end`. */
  unacknowledged(index: DirectionIndex): number {
    const { assembler, hasAcked, acked, uniqueBytes, isOver } = this.#directions[index];
    const sent = uniqueBytes + (isOver ? 1 : 0);
    return hasAcked ? Math.min(sent, Math.max(0, distance(assembler.next, acked))) : sent;
  }

  /** Whether no bytes were skipped over in either direction. */
  get isWhole(): boolean {
    return this.#directions.every(({ skippedBytes }) => skippedBytes === 0);
  }

  /** Whether a byte of the direction is known, or where it begins. */
  started(index: DirectionIndex): boolean {
    return this.#directions[index].assembler.started;
  }

  /** How many bytes of the direction come before the sequence number `seq`. Call where it has `started`. */
  offsetOf(index: DirectionIndex, seq: number): number {
    const { assembler, uniqueBytes, skippedBytes } = this.#directions[index];
    return Math.max(0, uniqueBytes - assembler.pendingBytes + skippedBytes + distance(seq, assembler.next));
  }

  /** Whether nothing is held, missing or waited for: what is next is the next byte of either direction. */
  get settled(): boolean {
    const [a, b] = this.#directions;
    return !this.#waiting && this.#reset === null && isSettled(a) && isSettled(b);
  }

  /** The sequence number of the direction's next byte. */
  next(index: DirectionIndex): number {
    return this.#directions[index].assembler.next;
  }

  /** Goes on `count` bytes further in a direction, all of which were seen but not given to `segment`. Call while `settled`. */
  skip(index: DirectionIndex, count: number): void {
    const direction = this.#directions[index];
    direction.assembler.next = (direction.assembler.next + count) | 0;
    direction.uniqueBytes += count;
  }

  /** The other side has acknowledged a direction up to `ack`, in a segment that was not given to `segment`. Call while `settled`. */
  acknowledge(index: DirectionIndex, ack: number): void {
    const direction = this.#directions[index];
    direction.acked = ack;
    direction.hasAcked = true;
  }

  /** The sequence number after a SYN. Another SYN moves it as long as no byte has come. */
  synchronize(index: DirectionIndex, seq: number): void {
    const { assembler, uniqueBytes } = this.#directions[index];
    if (!assembler.started || uniqueBytes === 0) assembler.start(seq | 0);
  }

  /** The first data begin with the number of the SYN, one byte early: no byte has come yet. */
  beginEarly(index: DirectionIndex, seq: number): void {
    this.#directions[index].assembler.start(seq);
  }

  /** Whether no byte of the direction has come. */
  isEmpty(index: DirectionIndex): boolean {
    return this.#directions[index].uniqueBytes === 0;
  }

  /** What the other side expects, where nothing of this direction has been seen. */
  expect(index: DirectionIndex, seq: number): void {
    const { assembler } = this.#directions[index];
    if (!assembler.started) assembler.start(seq | 0);
  }

  /** One segment; a SYN counts as a number before its payload. */
  segment(index: DirectionIndex, segment: TcpSegment): void {
    const { flags, ack, payloadLength: length, frame } = segment;
    const seq = flags & SYN ? (segment.seq + 1) | 0 : segment.seq;
    const hasAck = (flags & ACK) !== 0;
    const fin = (flags & FIN) !== 0;
    const own = this.#directions[index];
    const { assembler } = own;
    const other = this.#directions[index === 0 ? 1 : 0];
    if (!assembler.started) assembler.start(seq);
    else if (own.startGuessed) this.#correctStart(own, seq, length);
    let blocked = false;
    if (hasAck) {
      if (!other.assembler.started) {
        other.assembler.start(ack);
        other.startGuessed = true;
      }
      other.acked = ack;
      other.hasAcked = true;
      blocked = other.startGuessed || distance(ack, other.assembler.next) > 0;
    }
    if (length > 0 || fin) {
      const late = distance(assembler.next, seq);
      if (late === 0 && !blocked && !this.#waiting) {
        own.uniqueBytes += length;
        const { bytes, payload, payloadEnd } = segment;
        this.#deliver(own, index, bytes, payload, payloadEnd, length, fin, frame, segment.timeNs);
        return;
      }
      if (late <= length - (fin ? 0 : 1)) {
        const bytes = copyOf(segment.bytes, segment.payload, segment.payloadEnd);
        const piece: Piece = { seq, length, bytes, ack, hasAck, fin, frame, timeNs: segment.timeNs };
        const held = assembler.pendingBytes;
        own.uniqueBytes += assembler.insert(piece);
        this.#total.bytes += assembler.pendingBytes - held;
        this.#waiting = true;
      }
    }
    if (blocked) this.#waiting = true;
    if (this.#waiting) this.#drain(frame, segment.timeNs);
  }

  #correctStart(own: Direction, seq: number, length: number): void {
    const late = distance(own.assembler.next, seq);
    // The number of an old acknowledgment does not show where the bytes begin.
    if (length === 0 && late > 0) return;
    own.startGuessed = false;
    if (late > 1 && late <= UNACKNOWLEDGED_HOLE_MAX) own.assembler.start(seq);
  }

  /**
   * A RST of direction `index`. It is delivered when the connection ends: bytes that were sent before it may come after it in a capture, and a RST
   * that the receiver did not accept (RFC 5961 §3) ends nothing.
   */
  reset(index: DirectionIndex, frame: number, timeNs: number): void {
    this.#reset ??= { index, frame, timeNs };
  }

  /** The connection is over: delivers all that is held, with gaps for what is missing, then the reset, if there was one. */
  end(frame: number, timeNs: number): void {
    this.#flush(frame, timeNs);
    if (this.#reset) this.#sink.reset(this.#connection.side(this.#reset.index), this.#reset.frame, this.#reset.timeNs);
  }

  #flush(frame: number, timeNs: number): void {
    this.#drain(frame, timeNs);
    while (this.#forceOne(frame, timeNs)) this.#drain(frame, timeNs);
    for (const index of [0, 1] as const) {
      const direction = this.#directions[index];
      const { assembler } = direction;
      if (direction.hasAcked && assembler.started && distance(direction.acked, assembler.next) > 0)
        this.#gap(index, direction.acked, frame, timeNs);
      this.#total.bytes -= assembler.pendingBytes;
      assembler.clear();
    }
  }

  /** Delivers whatever can be delivered, and gives up holes that have been open for long enough. */
  #drain(frame: number, timeNs: number): void {
    do {
      while (this.#advance(0) || this.#advance(1));
      this.#waiting = this.#lookAtHoles(timeNs);
    } while (this.#waiting && this.#giveUpOne(frame, timeNs));
  }

  /** Delivers the head of a direction if its turn has come. */
  #advance(index: DirectionIndex): boolean {
    const own = this.#directions[index];
    const { assembler } = own;
    const piece = assembler.head;
    if (!piece || distance(piece.seq, assembler.next) > 0) return false;
    const other = this.#directions[index === 0 ? 1 : 0];
    if (piece.hasAck && (other.startGuessed || distance(piece.ack, other.assembler.next) > 0)) return false;
    assembler.shift();
    this.#total.bytes -= piece.length;
    const late = distance(assembler.next, piece.seq);
    if (late < piece.length || (piece.fin && late === piece.length)) {
      this.#deliver(
        own,
        index,
        piece.bytes,
        Math.min(late, piece.bytes.length),
        piece.bytes.length,
        piece.length - late,
        piece.fin,
        piece.frame,
        piece.timeNs,
      );
    }
    return true;
  }

  #deliver(
    own: Direction,
    index: DirectionIndex,
    bytes: Uint8Array,
    start: number,
    end: number,
    length: number,
    fin: boolean,
    frame: number,
    timeNs: number,
  ): void {
    const side = this.#connection.side(index);
    own.assembler.next = (own.assembler.next + length + (fin ? 1 : 0)) | 0;
    own.holeNs = Number.NEGATIVE_INFINITY;
    const cut = length - (end - start);
    if (end > start) this.#sink.data(side, bytes, start, end, frame, timeNs, cut);
    if (cut > 0) this.#sink.gap(side, cut, frame, timeNs);
    if (!fin) return;
    own.isOver = true;
    this.#sink.fin(side, frame, timeNs);
  }

  /** Notes since when each hole has been open. True where anything is held or missing. */
  #lookAtHoles(timeNs: number): boolean {
    let waiting = false;
    for (const index of [0, 1] as const) {
      const direction = this.#directions[index];
      const { assembler, startGuessed } = direction;
      const mayComeLate = startGuessed && !this.#directions[index === 0 ? 1 : 0].assembler.empty;
      if (mayComeLate || (direction.hasAcked && distance(direction.acked, assembler.next) > 0)) {
        if (direction.holeNs < 0) direction.holeNs = Math.max(timeNs, 0);
        waiting = true;
      } else {
        direction.holeNs = Number.NEGATIVE_INFINITY;
      }
      if (!assembler.empty) waiting = true;
    }
    return waiting;
  }

  /** Declares a gap where a hole has been acknowledged for long enough, or too much is held. */
  #giveUpOne(frame: number, timeNs: number): boolean {
    for (const index of [0, 1] as const) {
      const { holeNs, acked } = this.#directions[index];
      if (holeNs >= 0 && timeNs - holeNs >= GAP_PATIENCE_NS) {
        const direction = this.#directions[index];
        if (direction.startGuessed) {
          direction.startGuessed = false;
          return true;
        }
        const { assembler } = direction;
        const before = assembler.next;
        // What the other side sent in between keeps its place among the missing bytes.
        const waiting = this.#directions[index === 0 ? 1 : 0].assembler.head;
        const isBefore = waiting?.hasAck === true && distance(acked, waiting.ack) > 0 && distance(waiting.ack, before) > 0;
        this.#gap(index, isBefore ? waiting.ack : acked, frame, timeNs);
        if (isBefore) direction.holeNs = Math.max(waiting.timeNs, 0);
        // No byte is missing before the piece that is held. It waits for bytes of the other side, which may never come.
        return assembler.next !== before || this.#forceOne(frame, timeNs);
      }
    }
    const full = this.#directions[0].assembler.full || this.#directions[1].assembler.full || this.#total.bytes > PENDING_TOTAL_MAX;
    return full && this.#forceOne(frame, timeNs);
  }

  /** Skips the missing bytes of a direction up to `to`, or up to the first piece that is held. */
  #gap(index: DirectionIndex, to: number, frame: number, timeNs: number): void {
    const own = this.#directions[index];
    const { assembler } = own;
    const { head } = assembler;
    const end = head && distance(head.seq, to) < 0 ? head.seq : to;
    const count = distance(end, assembler.next);
    if (count <= 0) return;
    if (own.hasAcked && distance(own.acked, end) >= 0) own.missingBytes += count;
    own.skippedBytes += count;
    const held = assembler.pendingBytes;
    assembler.skipTo(end);
    this.#total.bytes += assembler.pendingBytes - held;
    own.holeNs = Number.NEGATIVE_INFINITY;
    this.#sink.gap(this.#connection.side(index), count, frame, timeNs);
  }

  /** Makes way for the piece that was captured first among those held. False where nothing is held. */
  #forceOne(frame: number, timeNs: number): boolean {
    const heads = ([0, 1] as const).filter((index) => !this.#directions[index].assembler.empty);
    heads.sort((a, b) => this.#directions[a].assembler.head!.frame - this.#directions[b].assembler.head!.frame);
    const first = heads[0];
    if (first === undefined) return false;
    const { assembler, acked, hasAcked } = this.#directions[first];
    const piece = assembler.head!;
    const hole = distance(piece.seq, assembler.next);
    if (hole > 0) {
      if (hole > UNACKNOWLEDGED_HOLE_MAX && !(hasAcked && distance(acked, piece.seq) >= 0)) {
        this.#total.bytes -= piece.length;
        assembler.shift();
      } else {
        this.#gap(first, piece.seq, frame, timeNs);
      }
      return true;
    }
    // Its own turn has come, but it waits for bytes of the other side that it acknowledges. An acknowledgment that a later one takes back does not count.
    const otherIndex = first === 0 ? 1 : 0;
    const other = this.#directions[otherIndex];
    const before = other.assembler.next;
    const isAccepted = distance(other.acked, piece.ack) >= 0;
    if (isAccepted && distance(piece.ack, before) <= UNACKNOWLEDGED_HOLE_MAX) this.#gap(otherIndex, piece.ack, frame, timeNs);
    other.startGuessed = false;
    if (other.assembler.next === before) piece.hasAck = false;
    return true;
  }
}

const isSettled = ({ assembler, startGuessed, hasAcked, acked }: Direction): boolean =>
  assembler.started && assembler.empty && !startGuessed && !(hasAcked && distance(acked, assembler.next) > 0);

/** Not `slice`, which shares memory in a Buffer: a piece would then keep the whole chunk that was read. */
function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
}
