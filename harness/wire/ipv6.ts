/** The IPv6 header and its extension headers (RFC 8200 §3, §4). The accessors can't fail after `headerFault` gave `null`. */
import { uint16 } from './bytes.ts';

export const HEADER_BYTES = 40;
export const ADDRESS_BYTES = 16;
/** More extension headers than this in one packet are damage. */
export const EXTENSION_HEADERS_MAX = 32;

const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const SOURCE_ADDRESS = 8;
const DESTINATION_ADDRESS = 24;

const HOP_BY_HOP_OPTIONS = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HOST_IDENTITY = 139;
const SHIM6 = 140;

const EXTENSION_HEADER_MIN = 8;
/** In a fragment header: the offset in 8-octet units, two reserved bits, and the M flag. */
const FRAGMENT_OFFSET_AND_M = 2;
const FRAGMENT_OFFSET_AND_M_MASK = 0xfff9;
export const FRAGMENT_HEADER_BYTES = 8;

/** 0 with a jumbo payload (RFC 2675), and in frames that the network card would have cut into segments. */
export const payloadLength = (bytes: Uint8Array, offset: number): number => uint16(bytes, offset + PAYLOAD_LENGTH);
export const nextHeader = (bytes: Uint8Array, offset: number): number => bytes[offset + NEXT_HEADER]!;
export const sourceAddress = (offset: number): number => offset + SOURCE_ADDRESS;
export const destinationAddress = (offset: number): number => offset + DESTINATION_ADDRESS;

export const headerFault = (offset: number, end: number): 'ipv6-cut-short' | null =>
  end - offset < HEADER_BYTES ? 'ipv6-cut-short' : null;

/** Where the extension headers end, or the fragment header of a fragment. One object, filled by each `walkExtensions`. */
export const upperLayer = { protocol: 0, offset: 0 };

/** Passes over the extension headers between `offset` (of the IPv6 header) and `end`; `upperLayer` then has the protocol that follows, and where it begins. */
export function walkExtensions(
  bytes: Uint8Array,
  offset: number,
  end: number,
): 'ipv6-cut-short' | 'ipv6-fragment' | 'ipv6-too-many-extension-headers' | null {
  let next = nextHeader(bytes, offset);
  offset += HEADER_BYTES;
  for (let count = 0; count <= EXTENSION_HEADERS_MAX; count++) {
    if (!isExtension(next)) {
      upperLayer.protocol = next;
      upperLayer.offset = offset;
      return null;
    }
    if (end - offset < EXTENSION_HEADER_MIN) return 'ipv6-cut-short';
    // A fragment header with offset 0 and no more to come (an atomic fragment, RFC 6946) is a whole packet.
    if (next === FRAGMENT && uint16(bytes, offset + FRAGMENT_OFFSET_AND_M) & FRAGMENT_OFFSET_AND_M_MASK) {
      upperLayer.protocol = next;
      upperLayer.offset = offset;
      return 'ipv6-fragment';
    }
    const length = bytes[offset + 1]!;
    const bytesLong = next === FRAGMENT ? 8 : next === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
    next = bytes[offset]!;
    offset += bytesLong;
    if (offset > end) return 'ipv6-cut-short';
  }
  return 'ipv6-too-many-extension-headers';
}

/** Where the payload after the fragment header at `offset` belongs in the datagram, in bytes, and whether more follows. */
export function fragment(bytes: Uint8Array, offset: number): { start: number; more: boolean } {
  const field = uint16(bytes, offset + FRAGMENT_OFFSET_AND_M);
  return { start: field & 0xfff8, more: (field & 1) === 1 };
}

const isExtension = (protocol: number): boolean =>
  protocol === HOP_BY_HOP_OPTIONS ||
  protocol === ROUTING ||
  protocol === FRAGMENT ||
  protocol === AUTHENTICATION ||
  protocol === DESTINATION_OPTIONS ||
  protocol === MOBILITY ||
  protocol === HOST_IDENTITY ||
  protocol === SHIM6;

/** The text form of RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
export function formatAddress(bytes: Uint8Array, offset: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => uint16(bytes, offset + index * 2));
  let runStart = -1;
  let runLength = 1;
  for (let index = 0; index < 8; index++) {
    let length = 0;
    while (index + length < 8 && groups[index + length] === 0) length++;
    if (length > runLength) {
      runStart = index;
      runLength = length;
    }
    index += length;
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return runStart < 0 ? text(0, 8) : `${text(0, runStart)}::${text(runStart + runLength, 8)}`;
}
