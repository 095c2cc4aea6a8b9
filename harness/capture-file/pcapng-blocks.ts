/**
 * The blocks of a pcapng file as bytes (draft-ietf-opsawg-pcapng), little-endian, one section with one interface. Pure: the
 * writer puts them into a file.
 */
import type { LinkType } from '../model.ts';
import type { CapturedPacket } from './captured-packet.ts';

/** What a section header says. */
export interface SectionHeader {
  hardware?: string;
  os?: string;
  application?: string;
  comments?: readonly string[];
}

/** What is known of an interface before its first packet. */
export interface InterfaceDescription {
  linkType: LinkType;
  name?: string;
  description?: string;
  /** The filter in libpcap's syntax. */
  filter?: string;
  os?: string;
  /** Longest captured length; 0 for no limit. */
  snapLength?: number;
}

/** What is known of an interface when its capture ends. */
export interface InterfaceStatistics {
  startEpochNs: bigint | null;
  endEpochNs: bigint;
  /** Packets received and lost; `null` where the backend can't know: the option is then left out. */
  received: number | null;
  dropped: number | null;
  comments?: readonly string[];
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

const OPT_COMMENT = 1;
const OPTION_BYTES_MAX = 65_535;
/** if_tsresol 9: timestamps count 10^-9 s. */
const NANOSECONDS = 9;

const padded = (length: number): number => (length + 3) & ~3;

type Option = readonly [code: number, value: Uint8Array];

function text(code: number, value: string): Option {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length > OPTION_BYTES_MAX) {
    throw new RangeError(`a pcapng option holds ${OPTION_BYTES_MAX} bytes; option ${code} has ${bytes.length}`);
  }
  return [code, bytes];
}

const optionalText = (code: number, value: string | undefined): Option[] => (value === undefined ? [] : [text(code, value)]);
const commentOptions = (comments: readonly string[] = []): Option[] => comments.map((comment) => text(OPT_COMMENT, comment));

function count(code: number, value: number): Option {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return [code, bytes];
}

/** A timestamp as pcapng has it: the upper half first, in either byte order. */
function writeTimestamp(target: Buffer, offset: number, epochNs: bigint): void {
  target.writeUInt32LE(Number(epochNs >> 32n), offset);
  target.writeUInt32LE(Number(epochNs & 0xffff_ffffn), offset + 4);
}

function timestamp(code: number, epochNs: bigint): Option {
  const bytes = Buffer.alloc(8);
  writeTimestamp(bytes, 0, epochNs);
  return [code, bytes];
}

/** Options and opt_endofopt; nothing at all where there is no option. */
const optionsLength = (options: readonly Option[]): number =>
  options.length === 0 ? 0 : options.reduce((sum, [, value]) => sum + 4 + padded(value.length), 4);

/** A block with room for `bodyLength` fixed bytes at offset 8, its options written after them. */
function block(type: number, bodyLength: number, options: readonly Option[]): Buffer {
  const total = 12 + bodyLength + optionsLength(options);
  const bytes = Buffer.alloc(total);
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(total, 4);
  bytes.writeUInt32LE(total, total - 4);
  let offset = 8 + bodyLength;
  for (const [code, value] of options) {
    bytes.writeUInt16LE(code, offset);
    bytes.writeUInt16LE(value.length, offset + 2);
    bytes.set(value, offset + 4);
    offset += 4 + padded(value.length);
  }
  return bytes;
}

/** Section Header Block; the section's length is left unspecified, as a stream must. */
export function sectionHeaderBlock(header: SectionHeader): Buffer {
  const bytes = block(SECTION_HEADER, 16, [
    ...commentOptions(header.comments),
    ...optionalText(2, header.hardware),
    ...optionalText(3, header.os),
    ...optionalText(4, header.application),
  ]);
  bytes.writeUInt32LE(BYTE_ORDER_MAGIC, 8);
  bytes.writeUInt16LE(1, 12);
  bytes.writeUInt16LE(0, 14);
  bytes.writeBigInt64LE(-1n, 16);
  return bytes;
}

/** Interface Description Block with nanosecond timestamps. */
export function interfaceDescriptionBlock(description: InterfaceDescription): Buffer {
  const { filter } = description;
  const bytes = block(INTERFACE_DESCRIPTION, 8, [
    ...optionalText(2, description.name),
    ...optionalText(3, description.description),
    [9, Uint8Array.of(NANOSECONDS)],
    // The first byte says what kind of filter follows: 0 is libpcap's syntax.
    ...optionalText(11, filter === undefined ? undefined : `\0${filter}`),
    ...optionalText(12, description.os),
  ]);
  bytes.writeUInt16LE(description.linkType, 8);
  bytes.writeUInt32LE(description.snapLength ?? 0, 12);
  return bytes;
}

/** Enhanced Packet Block of interface 0. */
export function enhancedPacketBlock(packet: CapturedPacket, comments: readonly string[] = []): Buffer {
  const captured = packet.bytes.length;
  const bytes = block(ENHANCED_PACKET, 20 + padded(captured), commentOptions(comments));
  writeTimestamp(bytes, 12, packet.epochNs);
  bytes.writeUInt32LE(captured, 20);
  bytes.writeUInt32LE(packet.originalLength, 24);
  bytes.set(packet.bytes, 28);
  return bytes;
}

/** Interface Statistics Block of interface 0. */
export function interfaceStatisticsBlock(statistics: InterfaceStatistics): Buffer {
  const { startEpochNs, endEpochNs, received, dropped } = statistics;
  const bytes = block(INTERFACE_STATISTICS, 12, [
    ...commentOptions(statistics.comments),
    ...(startEpochNs === null ? [] : [timestamp(2, startEpochNs)]),
    timestamp(3, endEpochNs),
    ...(received === null ? [] : [count(4, received)]),
    ...(dropped === null ? [] : [count(5, dropped)]),
  ]);
  writeTimestamp(bytes, 12, endEpochNs);
  return bytes;
}
