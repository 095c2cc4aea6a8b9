/** The IPv4 header (RFC 791 §3.1). `offset` is that of its first byte; the accessors can't fail after `headerFault` gave `null`. */
import { uint16 } from './bytes.ts';

export const HEADER_MIN = 20;
export const ADDRESS_BYTES = 4;

const VERSION_AND_IHL = 0;
const TOTAL_LENGTH = 2;
const FLAGS_AND_FRAGMENT_OFFSET = 6;
const PROTOCOL = 9;
const SOURCE_ADDRESS = 12;
const DESTINATION_ADDRESS = 16;

const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET_MASK = 0x1fff;

export const headerLength = (bytes: Uint8Array, offset: number): number => (bytes[offset + VERSION_AND_IHL]! & 0x0f) * 4;
/** 0 in frames that the sender's network card would have cut into segments (TSO). */
export const totalLength = (bytes: Uint8Array, offset: number): number => uint16(bytes, offset + TOTAL_LENGTH);
export const protocol = (bytes: Uint8Array, offset: number): number => bytes[offset + PROTOCOL]!;
export const sourceAddress = (offset: number): number => offset + SOURCE_ADDRESS;
export const destinationAddress = (offset: number): number => offset + DESTINATION_ADDRESS;

export const isFragment = (bytes: Uint8Array, offset: number): boolean =>
  (uint16(bytes, offset + FLAGS_AND_FRAGMENT_OFFSET) & (MORE_FRAGMENTS | FRAGMENT_OFFSET_MASK)) !== 0;

/** Where the fragment's payload belongs in the datagram, in bytes, and whether more follows. */
export function fragment(bytes: Uint8Array, offset: number): { start: number; more: boolean } {
  const field = uint16(bytes, offset + FLAGS_AND_FRAGMENT_OFFSET);
  return { start: (field & FRAGMENT_OFFSET_MASK) * 8, more: (field & MORE_FRAGMENTS) !== 0 };
}

/** Why the header can't be read, or `null`. */
export function headerFault(
  bytes: Uint8Array,
  offset: number,
  end: number,
): 'ipv4-cut-short' | 'ipv4-bad-header-length' | 'ipv4-bad-total-length' | null {
  if (end - offset < HEADER_MIN) return 'ipv4-cut-short';
  const length = headerLength(bytes, offset);
  if (length < HEADER_MIN) return 'ipv4-bad-header-length';
  if (end - offset < length) return 'ipv4-cut-short';
  const total = totalLength(bytes, offset);
  return total !== 0 && total < length ? 'ipv4-bad-total-length' : null;
}

export const formatAddress = (bytes: Uint8Array, offset: number): string =>
  `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`;
