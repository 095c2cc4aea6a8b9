/**
 * The pcapng file format (draft-ietf-opsawg-pcapng): blocks of a type, a total length, a body and the total length again.
 * Sections may change the byte order and begin with no interface; blocks of unknown type are skipped.
 */
import { DOUBLE_ZERO } from '../wire/double-zero.ts';
import {
  BLOCK_BYTES_MAX,
  CAPTURED_BYTES_MAX,
  type CaptureFacts,
  COMMENTS_MAX,
  countFault,
  INTERFACES_MAX,
  type OnPacket,
  type PacketCursor,
  type PacketParser,
  type PlainPackets,
  uint16,
  uint32,
} from './packet-reader.ts';

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const PACKET = 2;
const SIMPLE_PACKET = 3;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

const BLOCK_HEADER_BYTES = 8;
const BLOCK_TRAILER_BYTES = 4;
const BLOCK_BYTES_MIN = BLOCK_HEADER_BYTES + BLOCK_TRAILER_BYTES;

/** Bytes of each body before the packet or the options. */
const SECTION_HEADER_BODY = 16;
const INTERFACE_DESCRIPTION_BODY = 8;
const PACKET_BODY = 20;
const SIMPLE_PACKET_BODY = 4;
const INTERFACE_STATISTICS_BODY = 12;

const OPT_ENDOFOPT = 0;
const OPT_COMMENT = 1;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;
const ISB_ENDTIME = 3;
const ISB_IFRECV = 4;
const ISB_IFDROP = 5;

interface Interface {
  linkType: number;
  snapLength: number;
  /** Ticks a second. */
  resolution: bigint;
  nsPerTick: number;
  offsetSeconds: bigint;
  /** The timestamp of the interface's first packet, and the same in nanoseconds since the capture's first packet. Later times are differences to it, which are exact as numbers. */
  baseHigh: number;
  baseLow: number;
  baseNs: number;
  started: boolean;
  received: number | null;
  dropped: number | null;
}

const decoder = new TextDecoder();

/** Parses a pcapng file. */
export class PcapngParser implements PacketParser {
  readonly #facts: CaptureFacts;
  readonly #onPacket: OnPacket;
  readonly #cursor: PacketCursor;
  #littleEndian = true;
  #interfaces: Interface[] = [];
  /** Interfaces of sections that have ended, with statistics. */
  #endedReceived: number | null = null;
  #endedDropped: number | null = null;
  #damaged = false;
  readonly #plain: PlainPackets | null;

  constructor(facts: CaptureFacts, onPacket: OnPacket, plain: PlainPackets | null = null) {
    this.#plain = plain;
    this.#facts = facts;
    this.#onPacket = onPacket;
    this.#cursor = { frame: 0, timeNs: DOUBLE_ZERO, linkType: 0, bytes: new Uint8Array(0), start: 0, end: 0, originalLength: 0 };
    facts.format = 'pcapng';
  }

  parse(bytes: Uint8Array, start: number, end: number): number {
    if (this.#damaged) return end;
    // Plain packets can only be taken out of the memory that they are to be read into.
    const plain = bytes === this.#plain?.bytes ? this.#plain : null;
    while (end - start >= BLOCK_BYTES_MIN) {
      if (plain !== null) {
        start = plain.take(start, end, this.#cursor);
        this.#facts.frames = this.#cursor.frame;
        this.#facts.lastNs = this.#cursor.timeNs;
        if (end - start < BLOCK_BYTES_MIN) return start;
      }
      // The type of a section header reads the same in both byte orders; its length can only be read after its magic.
      if (uint32(bytes, start, true) === SECTION_HEADER && !this.#byteOrder(bytes, start))
        return this.#give('pcapng-bad-byte-order-magic', end);
      const littleEndian = this.#littleEndian;
      const type = uint32(bytes, start, littleEndian);
      const total = uint32(bytes, start + 4, littleEndian);
      if (total < BLOCK_BYTES_MIN) return this.#give('pcapng-bad-block-length', end);
      if (total > BLOCK_BYTES_MAX) return this.#give('pcapng-block-too-long', end);
      // Blocks are padded to 32 bits. Some writers give the length without the padding.
      const padded = (total + 3) & ~3;
      if (end - start < padded) return start;
      if (uint32(bytes, start + padded - BLOCK_TRAILER_BYTES, littleEndian) !== total)
        return this.#give('pcapng-block-lengths-differ', end);
      const body = start + BLOCK_HEADER_BYTES;
      const bodyEnd = start + padded - BLOCK_TRAILER_BYTES;
      if (type === ENHANCED_PACKET) this.#enhancedPacket(bytes, body, bodyEnd);
      else this.#otherBlock(type, bytes, body, bodyEnd);
      start += padded;
    }
    return start;
  }

  finish(rest: number): void {
    if (rest > 0) countFault(this.#facts.faults, 'file-cut-short');
    this.#endSection();
    this.#facts.received = this.#endedReceived;
    this.#facts.dropped = this.#endedDropped;
  }

  #note(fault: string): void {
    countFault(this.#facts.faults, fault);
  }

  /** Damage after which no block can be found. */
  #give(fault: string, end: number): number {
    countFault(this.#facts.faults, fault);
    this.#damaged = true;
    return end;
  }

  #otherBlock(type: number, bytes: Uint8Array, body: number, end: number): void {
    switch (type) {
      case SECTION_HEADER:
        this.#sectionHeader(bytes, body, end);
        break;
      case INTERFACE_DESCRIPTION:
        this.#interfaceDescription(bytes, body, end);
        break;
      case INTERFACE_STATISTICS:
        this.#interfaceStatistics(bytes, body, end);
        break;
      case SIMPLE_PACKET:
        this.#simplePacket(bytes, body, end);
        break;
      case PACKET:
        this.#obsoletePacket(bytes, body, end);
        break;
    }
  }

  #byteOrder(bytes: Uint8Array, start: number): boolean {
    const magic = uint32(bytes, start + BLOCK_HEADER_BYTES, true);
    if (magic === BYTE_ORDER_MAGIC) this.#littleEndian = true;
    else if (uint32(bytes, start + BLOCK_HEADER_BYTES, false) === BYTE_ORDER_MAGIC) this.#littleEndian = false;
    else return false;
    return true;
  }

  #sectionHeader(bytes: Uint8Array, body: number, end: number): void {
    this.#plain?.stop();
    this.#endSection();
    if (end - body < SECTION_HEADER_BODY) {
      this.#note('pcapng-block-too-short');
      return;
    }
    this.#options(bytes, body + SECTION_HEADER_BODY, end, (code, from, to) => {
      if (code === OPT_COMMENT) this.#keepComment(this.#facts.sectionComments, decoder.decode(bytes.subarray(from, to)));
    });
  }

  #endSection(): void {
    for (const { received, dropped } of this.#interfaces) {
      if (received !== null) this.#endedReceived = (this.#endedReceived ?? 0) + received;
      if (dropped !== null) this.#endedDropped = (this.#endedDropped ?? 0) + dropped;
    }
    this.#interfaces = [];
  }

  #interfaceDescription(bytes: Uint8Array, body: number, end: number): void {
    if (end - body < INTERFACE_DESCRIPTION_BODY) {
      this.#note('pcapng-block-too-short');
      return;
    }
    if (this.#interfaces.length >= INTERFACES_MAX) {
      this.#note('too-many-interfaces');
      return;
    }
    const littleEndian = this.#littleEndian;
    let resolution = 1_000_000n;
    let offsetSeconds = 0n;
    this.#options(bytes, body + INTERFACE_DESCRIPTION_BODY, end, (code, from, to) => {
      if (code === IF_TSRESOL && to > from) {
        const exponent = bytes[from]! & 0x7f;
        resolution = bytes[from]! & 0x80 ? 2n ** BigInt(Math.min(exponent, 63)) : 10n ** BigInt(Math.min(exponent, 19));
      } else if (code === IF_TSOFFSET && to - from >= 8) {
        offsetSeconds = BigInt.asIntN(64, uint64(bytes, from, littleEndian));
      }
    });
    const linkType = uint16(bytes, body, littleEndian);
    this.#interfaces.push({
      linkType,
      snapLength: uint32(bytes, body + 4, littleEndian),
      resolution,
      nsPerTick: 1e9 / Number(resolution),
      offsetSeconds,
      baseHigh: DOUBLE_ZERO,
      baseLow: DOUBLE_ZERO,
      baseNs: DOUBLE_ZERO,
      started: false,
      received: null,
      dropped: null,
    });
    if (!this.#facts.linkTypes.includes(linkType)) this.#facts.linkTypes.push(linkType);
  }

  /** EPB: interface id, timestamp (upper half first), captured and original length, packet, options. */
  #enhancedPacket(bytes: Uint8Array, body: number, end: number): void {
    if (end - body < PACKET_BODY) {
      this.#note('pcapng-block-too-short');
      return;
    }
    this.#packet(bytes, body, end, uint32(bytes, body, this.#littleEndian));
  }

  /** The obsolete Packet Block differs from the EPB in the first word only: interface id and drop count of 16 bits each. */
  #obsoletePacket(bytes: Uint8Array, body: number, end: number): void {
    if (end - body < PACKET_BODY) {
      this.#note('pcapng-block-too-short');
      return;
    }
    this.#packet(bytes, body, end, uint16(bytes, body, this.#littleEndian));
  }

  #packet(bytes: Uint8Array, body: number, end: number, interfaceId: number): void {
    const littleEndian = this.#littleEndian;
    const captured = uint32(bytes, body + 12, littleEndian);
    const begin = body + PACKET_BODY;
    if (captured > CAPTURED_BYTES_MAX || captured > end - begin) {
      this.#give('pcapng-packet-too-long', end);
      return;
    }
    const iface = this.#interfaces[interfaceId];
    if (!iface) {
      this.#give('pcapng-unknown-interface', end);
      return;
    }
    const cursor = this.#cursor;
    const isFirst = !iface.started;
    cursor.timeNs = this.#timeNs(iface, uint32(bytes, body + 4, littleEndian), uint32(bytes, body + 8, littleEndian));
    cursor.linkType = iface.linkType;
    cursor.bytes = bytes;
    cursor.start = begin;
    cursor.end = begin + captured;
    cursor.originalLength = Math.max(captured, uint32(bytes, body + 16, littleEndian));
    cursor.frame++;
    if (isFirst) this.#beginPlain(iface, interfaceId);
    const options = begin + ((captured + 3) & ~3);
    if (options + 4 <= end) this.#packetComments(bytes, options, end);
    this.#emit();
  }

  /** Most packets of a capture, if not all, are those of the first interface that has any. */
  #beginPlain({ linkType, nsPerTick, baseHigh, baseLow, baseNs }: Interface, id: number): void {
    const isAlone = this.#interfaces.every(({ started }, index) => index === id || !started);
    // Fractions of a nanosecond are rounded.
    if (this.#littleEndian && isAlone && nsPerTick >= 1) this.#plain?.pcapng(linkType, id, nsPerTick, baseHigh, baseLow, baseNs);
  }

  /** SPB: original length and the packet, of the section's first interface and without a timestamp. */
  #simplePacket(bytes: Uint8Array, body: number, end: number): void {
    const iface = this.#interfaces[0];
    if (end - body < SIMPLE_PACKET_BODY) {
      this.#note('pcapng-block-too-short');
      return;
    }
    if (!iface) {
      this.#give('pcapng-unknown-interface', end);
      return;
    }
    const cursor = this.#cursor;
    const original = uint32(bytes, body, this.#littleEndian);
    const limit = iface.snapLength === 0 ? original : Math.min(original, iface.snapLength);
    cursor.linkType = iface.linkType;
    cursor.bytes = bytes;
    cursor.start = body + SIMPLE_PACKET_BODY;
    cursor.end = Math.min(end, cursor.start + limit);
    cursor.originalLength = original;
    cursor.frame++;
    this.#emit();
  }

  #emit(): void {
    this.#facts.frames = this.#cursor.frame;
    this.#facts.lastNs = this.#cursor.timeNs;
    this.#onPacket(this.#cursor);
  }

  #timeNs(iface: Interface, high: number, low: number): number {
    if (!iface.started) {
      iface.started = true;
      iface.baseHigh = high;
      iface.baseLow = low;
      const epochNs = toEpochNs(iface, (BigInt(high) << 32n) | BigInt(low));
      this.#facts.baseEpochNs ??= epochNs;
      iface.baseNs = Number(epochNs - this.#facts.baseEpochNs);
    }
    const ticks = (high - iface.baseHigh) * 0x1_0000_0000 + (low - iface.baseLow);
    const ns = ticks * iface.nsPerTick;
    return iface.baseNs + (iface.nsPerTick >= 1 ? ns : Math.round(ns));
  }

  #interfaceStatistics(bytes: Uint8Array, body: number, end: number): void {
    if (end - body < INTERFACE_STATISTICS_BODY) {
      this.#note('pcapng-block-too-short');
      return;
    }
    const littleEndian = this.#littleEndian;
    const iface = this.#interfaces[uint32(bytes, body, littleEndian)];
    if (!iface) {
      this.#note('pcapng-unknown-interface');
      return;
    }
    this.#options(bytes, body + INTERFACE_STATISTICS_BODY, end, (code, from, to) => {
      // Marks of steps that sent no packet are here; they belong to the section.
      if (code === OPT_COMMENT) this.#keepComment(this.#facts.sectionComments, decoder.decode(bytes.subarray(from, to)));
      if (to - from < 8) return;
      // Counts are totals since the interface's start: the last block counts.
      if (code === ISB_IFRECV) iface.received = Number(uint64(bytes, from, littleEndian));
      else if (code === ISB_IFDROP) iface.dropped = Number(uint64(bytes, from, littleEndian));
      else if (code === ISB_ENDTIME) {
        const high = BigInt(uint32(bytes, from, littleEndian));
        const ended = toEpochNs(iface, (high << 32n) | BigInt(uint32(bytes, from + 4, littleEndian)));
        if (this.#facts.endEpochNs === null || ended > this.#facts.endEpochNs) this.#facts.endEpochNs = ended;
      }
    });
  }

  #packetComments(bytes: Uint8Array, options: number, end: number): void {
    const { frame, timeNs } = this.#cursor;
    this.#options(bytes, options, end, (code, from, to) => {
      if (code === OPT_COMMENT)
        this.#keepComment(this.#facts.frameComments, { frame, timeNs, text: decoder.decode(bytes.subarray(from, to)) });
    });
  }

  #keepComment<T>(comments: T[], comment: T): void {
    if (comments.length < COMMENTS_MAX) comments.push(comment);
    else countFault(this.#facts.faults, 'too-many-comments');
  }

  /** Calls back for each option: code and length of 16 bits each, then the value, padded to 32 bits. A length beyond `end` ends the list. */
  #options(bytes: Uint8Array, start: number, end: number, onOption: (code: number, from: number, to: number) => void): void {
    while (start + 4 <= end) {
      const code = uint16(bytes, start, this.#littleEndian);
      const length = uint16(bytes, start + 2, this.#littleEndian);
      if (code === OPT_ENDOFOPT) return;
      const to = start + 4 + length;
      if (to > end) {
        this.#note('pcapng-bad-option');
        return;
      }
      onOption(code, start + 4, to);
      start += 4 + ((length + 3) & ~3);
    }
  }
}

function uint64(bytes: Uint8Array, offset: number, littleEndian: boolean): bigint {
  const first = BigInt(uint32(bytes, offset, littleEndian));
  const second = BigInt(uint32(bytes, offset + 4, littleEndian));
  return littleEndian ? (second << 32n) | first : (first << 32n) | second;
}

const toEpochNs = ({ resolution, offsetSeconds }: Interface, ticks: bigint): bigint =>
  (ticks * 1_000_000_000n) / resolution + offsetSeconds * 1_000_000_000n;
