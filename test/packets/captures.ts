/** Emits what `harness/capture/` parses: pcap and pcapng framing, in either byte order. */
import { concat } from './layers.ts';

export interface Packet {
  timeNs: bigint;
  bytes: Uint8Array;
  /** Where it differs from the bytes' own. */
  originalLength?: number;
  /** pcapng. */
  comments?: readonly string[];
  interfaceId?: number;
}

export const EPOCH_NS = 1_700_000_000_000_000_000n;

class Bytes {
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  readonly bytes: Uint8Array;
  #offset = 0;

  constructor(length: number, littleEndian: boolean) {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
    this.#littleEndian = littleEndian;
  }

  u16(value: number): this {
    this.#view.setUint16(this.#offset, value, this.#littleEndian);
    this.#offset += 2;
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#offset, value, this.#littleEndian);
    this.#offset += 4;
    return this;
  }
}

export interface PcapGiven {
  linkType?: number;
  nanoseconds?: boolean;
  littleEndian?: boolean;
}

export function pcap(packets: readonly Packet[], { linkType = 1, nanoseconds = true, littleEndian = true }: PcapGiven = {}): Uint8Array {
  const header = new Bytes(24, littleEndian).u32(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
  header.u16(2).u16(4).u32(0).u32(0).u32(262_144).u32(linkType);
  const records = packets.map(({ timeNs, bytes, originalLength = bytes.length }) => {
    const fraction = timeNs % 1_000_000_000n;
    const record = new Bytes(16, littleEndian);
    record.u32(Number(timeNs / 1_000_000_000n)).u32(Number(nanoseconds ? fraction : fraction / 1000n));
    record.u32(bytes.length).u32(originalLength);
    return concat(record.bytes, bytes);
  });
  return concat(header.bytes, ...records);
}

type Option = readonly [code: number, value: Uint8Array];

export function block(type: number, body: Uint8Array, littleEndian = true): Uint8Array {
  const padded = (body.length + 3) & ~3;
  const head = new Bytes(8, littleEndian).u32(type).u32(padded + 12);
  return concat(head.bytes, body, new Uint8Array(padded - body.length), new Bytes(4, littleEndian).u32(padded + 12).bytes);
}

export function optionList(options: readonly Option[], littleEndian = true): Uint8Array {
  if (options.length === 0) return new Uint8Array(0);
  const parts = options.map(([code, value]) =>
    concat(new Bytes(4, littleEndian).u16(code).u16(value.length).bytes, value, new Uint8Array(-value.length & 3)),
  );
  return concat(...parts, new Uint8Array(4));
}

const utf8 = (value: string): Uint8Array => new Uint8Array(Buffer.from(value));

export function sectionHeader(comments: readonly string[] = [], littleEndian = true): Uint8Array {
  const fixed = new Bytes(16, littleEndian).u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff);
  return block(
    0x0a0d0d0a,
    concat(
      fixed.bytes,
      optionList(
        comments.map((comment) => [1, utf8(comment)] as const),
        littleEndian,
      ),
    ),
    littleEndian,
  );
}

export interface InterfaceGiven {
  linkType?: number;
  /** As `if_tsresol` has it: a power of ten, or of two with the upper bit set. Left out: microseconds. */
  resolution?: number;
  offsetSeconds?: number;
  snapLength?: number;
}

export function interfaceDescription(given: InterfaceGiven = {}, littleEndian = true): Uint8Array {
  const { linkType = 1, resolution, offsetSeconds, snapLength = 0 } = given;
  const options: Option[] = [];
  if (resolution !== undefined) options.push([9, Uint8Array.of(resolution)]);
  if (offsetSeconds !== undefined) {
    const value = new DataView(new ArrayBuffer(8));
    value.setBigInt64(0, BigInt(offsetSeconds), littleEndian);
    options.push([14, new Uint8Array(value.buffer)]);
  }
  const fixed = new Bytes(8, littleEndian).u16(linkType).u16(0).u32(snapLength);
  return block(1, concat(fixed.bytes, optionList(options, littleEndian)), littleEndian);
}

/** `ticks`: the stamp in the interface's own resolution. */
export function enhancedPacket(packet: Packet, ticks: bigint, littleEndian = true): Uint8Array {
  const { bytes, originalLength = bytes.length, comments = [], interfaceId = 0 } = packet;
  const fixed = new Bytes(20, littleEndian).u32(interfaceId);
  fixed
    .u32(Number(ticks >> 32n))
    .u32(Number(ticks & 0xffffffffn))
    .u32(bytes.length)
    .u32(originalLength);
  const options = optionList(
    comments.map((comment) => [1, utf8(comment)] as const),
    littleEndian,
  );
  return block(6, concat(fixed.bytes, bytes, new Uint8Array(-bytes.length & 3), options), littleEndian);
}

export const simplePacket = (bytes: Uint8Array, littleEndian = true): Uint8Array =>
  block(3, concat(new Bytes(4, littleEndian).u32(bytes.length).bytes, bytes), littleEndian);

export function interfaceStatistics(received: number, dropped: number, endNs: bigint, littleEndian = true): Uint8Array {
  const count = (value: number): Uint8Array => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(value), littleEndian);
    return new Uint8Array(view.buffer);
  };
  const stamp = new Bytes(8, littleEndian).u32(Number(endNs >> 32n)).u32(Number(endNs & 0xffffffffn)).bytes;
  const fixed = concat(new Bytes(4, littleEndian).u32(0).bytes, stamp);
  return block(
    5,
    concat(
      fixed,
      optionList(
        [
          [3, stamp],
          [4, count(received)],
          [5, count(dropped)],
        ],
        littleEndian,
      ),
    ),
    littleEndian,
  );
}

/** One section with one interface of nanosecond stamps. */
export function pcapng(
  packets: readonly Packet[],
  { linkType = 1, littleEndian = true, comments = [] as readonly string[] } = {},
): Uint8Array {
  return concat(
    sectionHeader(comments, littleEndian),
    interfaceDescription({ linkType, resolution: 9 }, littleEndian),
    ...packets.map((packet) => enhancedPacket(packet, packet.timeNs, littleEndian)),
  );
}
