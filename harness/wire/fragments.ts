/**
 * Reassembly of IP fragments (RFC 791 §3.2, RFC 8200 §4.5), in bounded memory. A datagram is whole with the frame that brings its last missing
 * piece, in whatever order they come; as in Wireshark, its segment belongs to that frame.
 */
import * as ipv4 from './ipv4.ts';
import * as ipv6 from './ipv6.ts';

/** A fragment is kept until the others of its datagram come: nothing is wrong with its frame yet. */
export const HELD_FRAGMENT = 'held-fragment';

/** Datagrams that wait for fragments at one time; beyond it the oldest is given up. */
export const DATAGRAMS_MAX = 1024;
/** What all datagrams together take of the memory, in bytes. */
export const FRAGMENT_BYTES_MAX = 16 * 1024 * 1024;
/** RFC 8200 §4.5: 60 s after its first fragment a datagram is given up; RFC 1122 §3.3.2 has the same for IPv4. */
export const FRAGMENTS_AGE_NS = 60e9;
/** No link has a maximum transmission unit below 68 bytes (RFC 791 §3.2): 48 bytes of payload at the least. */
const PIECES_MAX = 1366;
/** What a piece takes beside its bytes. */
const PIECE_COST = 256;
const DATAGRAM_BYTES_MAX = 65_535;

interface Piece {
  start: number;
  bytes: Uint8Array;
}

interface Datagram {
  /** Counted under this name where it is given up. */
  name: 'ipv4-fragment' | 'ipv6-fragment';
  firstNs: number;
  /** The headers before the payload, of the fragment with offset 0. */
  header: Uint8Array | null;
  /** In the order of their offsets; no two overlap. */
  pieces: Piece[];
  /** Of the pieces; and what they take of the memory. */
  bytes: number;
  cost: number;
  /** Length of the payload, once the last fragment was there; else −1. */
  length: number;
  /** Frames that wait. */
  frames: number;
  /** `whole`: it was handed out; its pieces stay, so that a copy of one is known. `dropped`: fragments overlapped, and the rest is dropped too. */
  state: 'waiting' | 'whole' | 'dropped';
}

export class Fragments {
  /** In the order of their first fragments. */
  readonly #datagrams = new Map<string, Datagram>();
  #cost = 0;
  readonly #lost: Record<string, number> = {};

  /** At the end of the capture: adds the frames whose datagram never became whole to `counts`, by name. */
  countLost(counts: Record<string, number>): void {
    for (const [key, datagram] of this.#datagrams) this.#giveUp(key, datagram);
    for (const [name, frames] of Object.entries(this.#lost)) counts[name] = (counts[name] ?? 0) + frames;
  }

  /**
   * Takes the IPv4 fragment at `offset`, all of which was captured.
   * @returns the whole datagram, as one IPv4 packet; or why there is none
   */
  ipv4(bytes: Uint8Array, offset: number, end: number, timeNs: number): Uint8Array | string {
    const headerBytes = ipv4.headerLength(bytes, offset);
    const payload = offset + headerBytes;
    const { start, more } = ipv4.fragment(bytes, offset);
    const key =
      latin1(bytes, offset + ipv4.HEADER_MIN - 8, offset + ipv4.HEADER_MIN) + latin1(bytes, offset + 4, offset + 6) + bytes[offset + 9];
    const header = start === 0 ? bytes.slice(offset, payload) : null;
    const result = this.#add(key, 'ipv4-fragment', header, bytes.subarray(payload, end), start, more, timeNs);
    if (typeof result === 'string') return result;
    const packet = joined(result);
    if (packet.length > DATAGRAM_BYTES_MAX) return 'ipv4-fragments-too-long';
    packet[2] = packet.length >>> 8;
    packet[3] = packet.length;
    packet[6] = packet[7] = 0;
    return packet;
  }

  /** Likewise the IPv6 packet at `offset` whose fragment header is at `fragmentHeader`. The packet that comes back has one that says it is whole. */
  ipv6(bytes: Uint8Array, offset: number, fragmentHeader: number, end: number, timeNs: number): Uint8Array | string {
    const payload = fragmentHeader + ipv6.FRAGMENT_HEADER_BYTES;
    if (end < payload) return 'ipv6-cut-short';
    const { start, more } = ipv6.fragment(bytes, fragmentHeader);
    const key = latin1(bytes, offset + 8, offset + ipv6.HEADER_BYTES) + latin1(bytes, fragmentHeader + 4, payload);
    const header = start === 0 ? bytes.slice(offset, payload) : null;
    const result = this.#add(key, 'ipv6-fragment', header, bytes.subarray(payload, end), start, more, timeNs);
    if (typeof result === 'string') return result;
    const packet = joined(result);
    const length = packet.length - ipv6.HEADER_BYTES;
    // The fragment header does not count in the datagram's length; 0 means all that is there.
    if (length - ipv6.FRAGMENT_HEADER_BYTES > DATAGRAM_BYTES_MAX) return 'ipv6-fragments-too-long';
    packet[4] = length > DATAGRAM_BYTES_MAX ? 0 : length >>> 8;
    packet[5] = length > DATAGRAM_BYTES_MAX ? 0 : length;
    packet[result.header!.length - 6] = 0;
    packet[result.header!.length - 5] = 0;
    return packet;
  }

  #add(
    key: string,
    name: Datagram['name'],
    header: Uint8Array | null,
    payload: Uint8Array,
    start: number,
    more: boolean,
    timeNs: number,
  ): Datagram | string {
    this.#expire(timeNs);
    let datagram = this.#datagrams.get(key);
    const known = datagram?.pieces.find((piece) => piece.start === start);
    const isCopy = known !== undefined && isSame(known.bytes, payload);
    if (datagram?.state === 'dropped') return this.#count(name, 1);
    if (isCopy) {
      if (datagram!.state === 'waiting') datagram!.frames++;
      return HELD_FRAGMENT;
    }
    // The identification is used again.
    if (datagram?.state === 'whole') {
      this.#remove(key, datagram);
      datagram = undefined;
    }
    if (!datagram) {
      datagram = { name, firstNs: timeNs, header: null, pieces: [], bytes: 0, cost: 0, length: -1, frames: 0, state: 'waiting' };
      this.#datagrams.set(key, datagram);
    }
    datagram.frames++;
    const end = start + payload.length;
    // All but the last are multiples of 8 bytes long; nothing lies beyond the last.
    const isImpossible = end > DATAGRAM_BYTES_MAX || payload.length === 0 || (more && payload.length % 8 !== 0);
    const isBeyond = datagram.length >= 0 && (more ? end > datagram.length : end !== datagram.length);
    const endsBefore = !more && (datagram.pieces.at(-1)?.start ?? 0) >= end && datagram.pieces.length > 0;
    if (
      isImpossible ||
      isBeyond ||
      endsBefore ||
      datagram.pieces.length >= PIECES_MAX ||
      !insert(datagram.pieces, { start, bytes: payload })
    ) {
      this.#drop(datagram);
      return HELD_FRAGMENT;
    }
    datagram.bytes += payload.length;
    datagram.cost += payload.length + PIECE_COST;
    this.#cost += payload.length + PIECE_COST;
    if (header !== null) datagram.header = header;
    if (!more) datagram.length = end;
    if (datagram.header !== null && datagram.bytes === datagram.length) {
      datagram.state = 'whole';
      return datagram;
    }
    this.#shrink();
    return HELD_FRAGMENT;
  }

  #count(name: string, frames: number): string {
    this.#lost[name] = (this.#lost[name] ?? 0) + frames;
    return HELD_FRAGMENT;
  }

  /** RFC 8200 §4.5: where fragments overlap, the datagram and all fragments to come are dropped. Linux does the same for IPv4. */
  #drop(datagram: Datagram): void {
    this.#count(datagram.name, datagram.frames);
    this.#cost -= datagram.cost;
    Object.assign(datagram, { state: 'dropped', pieces: [], bytes: 0, cost: 0, frames: 0, header: null });
  }

  #giveUp(key: string, datagram: Datagram): void {
    if (datagram.state === 'waiting') this.#count(datagram.name, datagram.frames);
    this.#remove(key, datagram);
  }

  #remove(key: string, datagram: Datagram): void {
    this.#cost -= datagram.cost;
    this.#datagrams.delete(key);
  }

  #expire(nowNs: number): void {
    for (const [key, datagram] of this.#datagrams) {
      if (nowNs - datagram.firstNs <= FRAGMENTS_AGE_NS) return;
      this.#giveUp(key, datagram);
    }
  }

  #shrink(): void {
    for (const [key, datagram] of this.#datagrams) {
      if (this.#datagrams.size <= DATAGRAMS_MAX && this.#cost <= FRAGMENT_BYTES_MAX) return;
      this.#giveUp(key, datagram);
    }
  }
}

const latin1 = (bytes: Uint8Array, start: number, end: number): string => String.fromCharCode(...bytes.subarray(start, end));

/** Puts a copy of `piece` in its place. False where it overlaps another. */
function insert(pieces: Piece[], { start, bytes }: Piece): boolean {
  let index = pieces.length;
  while (index > 0 && pieces[index - 1]!.start > start) index--;
  const before = pieces[index - 1];
  const after = pieces[index];
  if (before && before.start + before.bytes.length > start) return false;
  if (after && after.start < start + bytes.length) return false;
  pieces.splice(index, 0, { start, bytes: bytes.slice() });
  return true;
}

function joined({ header, pieces, length }: Datagram): Uint8Array {
  const headerBytes = header!.length;
  const packet = new Uint8Array(headerBytes + length);
  packet.set(header!);
  for (const { start, bytes } of pieces) packet.set(bytes, headerBytes + start);
  return packet;
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, place) => byte === b[place]);
