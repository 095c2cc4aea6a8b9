/**
 * The pcap file format (draft-ietf-opsawg-pcap): a file header of 24 bytes, then records of a 16-byte header and the packet.
 * Both byte orders, micro- and nanoseconds.
 */
import { DOUBLE_ZERO } from '../wire/double-zero.ts';
import {
  CAPTURED_BYTES_MAX,
  type CaptureFacts,
  countFault,
  type OnPacket,
  type PacketCursor,
  type PacketParser,
  type PlainPackets,
  uint32,
} from './packet-reader.ts';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/** Offsets in the file header. */
const NETWORK = 20;
/** Offsets in a record header. */
const TIMESTAMP_SECONDS = 0;
const TIMESTAMP_FRACTION = 4;
const CAPTURED_LENGTH = 8;
const ORIGINAL_LENGTH = 12;

interface Format {
  littleEndian: boolean;
  nsPerTick: number;
}

/** By the magic number as its four bytes read big-endian. */
const FORMATS: ReadonlyMap<number, Format> = new Map([
  [0xa1b2c3d4, { littleEndian: false, nsPerTick: 1000 }],
  [0xd4c3b2a1, { littleEndian: true, nsPerTick: 1000 }],
  [0xa1b23c4d, { littleEndian: false, nsPerTick: 1 }],
  [0x4d3cb2a1, { littleEndian: true, nsPerTick: 1 }],
]);

/** Whether a file begins with a magic number of pcap. */
export const isPcap = (magic: number): boolean => FORMATS.has(magic);

/** Parses a pcap file. */
export class PcapParser implements PacketParser {
  readonly #facts: CaptureFacts;
  readonly #onPacket: OnPacket;
  readonly #cursor: PacketCursor;
  #littleEndian = true;
  #nsPerTick = 1000;
  #inHeader = true;
  #damaged = false;
  #baseSeconds = DOUBLE_ZERO;
  #baseNs = DOUBLE_ZERO;
  readonly #plain: PlainPackets | null;

  constructor(facts: CaptureFacts, onPacket: OnPacket, plain: PlainPackets | null = null) {
    this.#plain = plain;
    this.#facts = facts;
    this.#onPacket = onPacket;
    this.#cursor = { frame: 0, timeNs: DOUBLE_ZERO, linkType: 0, bytes: new Uint8Array(0), start: 0, end: 0, originalLength: 0 };
    facts.format = 'pcap';
  }

  parse(bytes: Uint8Array, start: number, end: number): number {
    if (this.#damaged) return end;
    if (this.#inHeader) {
      if (end - start < FILE_HEADER_BYTES) return start;
      this.#fileHeader(bytes, start);
      start += FILE_HEADER_BYTES;
    }
    const littleEndian = this.#littleEndian;
    const cursor = this.#cursor;
    cursor.bytes = bytes;
    // Plain packets can only be taken out of the memory that they are to be read into.
    const plain = littleEndian && bytes === this.#plain?.bytes ? this.#plain : null;
    while (end - start >= RECORD_HEADER_BYTES) {
      if (plain !== null && cursor.frame > 0) {
        start = plain.take(start, end, cursor);
        this.#facts.frames = cursor.frame;
        this.#facts.lastNs = cursor.timeNs;
        if (end - start < RECORD_HEADER_BYTES) return start;
      }
      const captured = uint32(bytes, start + CAPTURED_LENGTH, littleEndian);
      if (captured > CAPTURED_BYTES_MAX) {
        countFault(this.#facts.faults, 'pcap-record-too-long');
        this.#damaged = true;
        return end;
      }
      const next = start + RECORD_HEADER_BYTES + captured;
      if (next > end) return start;
      const seconds = uint32(bytes, start + TIMESTAMP_SECONDS, littleEndian);
      const ns = uint32(bytes, start + TIMESTAMP_FRACTION, littleEndian) * this.#nsPerTick;
      if (cursor.frame++ === 0) {
        this.#baseSeconds = seconds;
        this.#baseNs = ns;
        this.#facts.baseEpochNs = BigInt(seconds) * 1_000_000_000n + BigInt(ns);
        if (plain !== null) plain.pcap(cursor.linkType, this.#nsPerTick, seconds, ns);
      }
      cursor.timeNs = (seconds - this.#baseSeconds) * 1e9 + (ns - this.#baseNs);
      cursor.start = start + RECORD_HEADER_BYTES;
      cursor.end = next;
      cursor.originalLength = Math.max(captured, uint32(bytes, start + ORIGINAL_LENGTH, littleEndian));
      this.#facts.frames = cursor.frame;
      this.#facts.lastNs = cursor.timeNs;
      this.#onPacket(cursor);
      start = next;
    }
    return start;
  }

  finish(rest: number): void {
    if (rest > 0) countFault(this.#facts.faults, 'file-cut-short');
  }

  #fileHeader(bytes: Uint8Array, start: number): void {
    const format = FORMATS.get(uint32(bytes, start, false));
    if (!format) throw new Error('not a pcap file');
    this.#littleEndian = format.littleEndian;
    this.#nsPerTick = format.nsPerTick;
    // The upper 16 bits may have the length of a frame check sequence.
    const linkType = uint32(bytes, start + NETWORK, this.#littleEndian) & 0xffff;
    this.#cursor.linkType = linkType;
    this.#facts.linkTypes.push(linkType);
    this.#inHeader = false;
  }
}
