/**
 * The bytes of one direction that came before their turn: pieces in the order of their sequence numbers, none of which overlap.
 * Pure; knows nothing of connections.
 */

/** Sequence numbers are signed 32-bit numbers here; `distance(a, b)` is how far `a` is ahead of `b`, in arithmetic that wraps (RFC 9293 §3.4). */
export const distance = (a: number, b: number): number => (a - b) | 0;

/** (Part of) the payload of one segment. */
export interface Piece {
  seq: number;
  /** Bytes on the wire; `bytes` may be shorter where the snap length cut the frame. */
  length: number;
  bytes: Uint8Array;
  /** What the sender had acknowledged of the other direction when it sent this. */
  ack: number;
  hasAck: boolean;
  /** A FIN follows these bytes. */
  fin: boolean;
  frame: number;
  timeNs: number;
}

/** Bytes of one direction that may wait for their turn. A receiver would keep as many as its window has: Linux allows 6 MB by default. */
export const PENDING_BYTES_MAX = 16 * 1024 * 1024;
export const PENDING_PIECES_MAX = 16_384;

/** Keeps the pieces of one direction. */
export class Assembler {
  /** Sequence number of the next byte to deliver. */
  next = 0;
  /** False until a first sequence number is known. */
  started = false;
  pendingBytes = 0;
  #pieces: Piece[] = [];

  start(seq: number): void {
    this.next = seq;
    this.started = true;
  }

  get empty(): boolean {
    return this.#pieces.length === 0;
  }

  get full(): boolean {
    return this.pendingBytes > PENDING_BYTES_MAX || this.#pieces.length > PENDING_PIECES_MAX;
  }

  get head(): Piece | undefined {
    return this.#pieces[0];
  }

  /**
   * Takes what is new in `piece`: bytes before `next` and bytes that an earlier piece brought are left out (the first to come win).
   * @returns how many bytes of it were new
   */
  insert(piece: Piece): number {
    const before = this.pendingBytes;
    const late = distance(this.next, piece.seq);
    if (late > 0) piece = late < piece.length ? tail(piece, late) : emptyAt(piece, piece.seq + piece.length);
    if (distance(piece.seq, this.next) < 0) return 0;
    // From the end: most pieces come in order among themselves.
    let index = this.#pieces.length;
    while (index > 0 && distance(this.#pieces[index - 1]!.seq, piece.seq) > 0) index--;
    const previous = this.#pieces[index - 1];
    if (previous) {
      const overlap = distance(previous.seq + previous.length, piece.seq);
      if (overlap >= piece.length && (overlap > 0 || piece.length === 0)) {
        previous.fin ||= piece.fin && overlap === piece.length;
        return 0;
      }
      if (overlap > 0) piece = tail(piece, overlap);
    }
    // Cut around the pieces that begin inside this one.
    while (index < this.#pieces.length) {
      const following = this.#pieces[index]!;
      const room = distance(following.seq, piece.seq);
      if (room >= piece.length) break;
      if (room > 0) this.#place(index++, front(piece, room));
      const past = room + following.length;
      if (past >= piece.length) {
        following.fin ||= piece.fin && past === piece.length;
        return this.pendingBytes - before;
      }
      piece = tail(piece, past);
      index++;
    }
    if (piece.length > 0 || piece.fin) this.#place(index, piece);
    return this.pendingBytes - before;
  }

  /** Removes the head. */
  shift(): Piece | undefined {
    const piece = this.#pieces.shift();
    if (piece) this.pendingBytes -= piece.length;
    return piece;
  }

  /** Skips to `seq`: pieces that end before it are dropped, one that reaches over it is cut. */
  skipTo(seq: number): void {
    this.next = seq | 0;
    for (let head = this.head; head && distance(head.seq, this.next) < 0; head = this.head) {
      this.shift();
      const late = distance(this.next, head.seq);
      if (late < head.length || (head.fin && late === head.length)) {
        this.#pieces.unshift(late < head.length ? tail(head, late) : emptyAt(head, this.next));
        this.pendingBytes += this.#pieces[0]!.length;
        return;
      }
    }
  }

  clear(): void {
    this.#pieces = [];
    this.pendingBytes = 0;
  }

  #place(index: number, piece: Piece): void {
    if (index === this.#pieces.length) this.#pieces.push(piece);
    else this.#pieces.splice(index, 0, piece);
    this.pendingBytes += piece.length;
  }
}

const tail = (piece: Piece, from: number): Piece => ({
  ...piece,
  seq: (piece.seq + from) | 0,
  length: piece.length - from,
  bytes: piece.bytes.subarray(Math.min(from, piece.bytes.length)),
});

const front = (piece: Piece, length: number): Piece => ({ ...piece, length, bytes: piece.bytes.subarray(0, length), fin: false });

/** What remains of a piece whose bytes are all old: its FIN, if it has one. */
const emptyAt = (piece: Piece, seq: number): Piece => ({ ...piece, seq: seq | 0, length: 0, bytes: piece.bytes.subarray(0, 0) });
