/**
 * Plain link layers: where the IP packet begins. Each function takes the frame's first byte and the end of what was captured and gives
 * the offset of the IP header, or a negative number: `NOT_IP` (another protocol), `LINK_CUT` (the header itself is not whole) or
 * `UNKNOWN_LINK`. `link-layers.ts` and `ethertype.ts` open those of the first and last. The first four bits of the packet show whether it is IPv4 or IPv6.
 */
import { uint16, uint32 } from './bytes.ts';

export const NOT_IP = -1;
export const LINK_CUT = -2;
export const UNKNOWN_LINK = -3;

/** LINKTYPE_ values (tcpdump.org/linktypes.html). */
export const LINKTYPE_NULL = 0;
export const LINKTYPE_ETHERNET = 1;
/** DLT_RAW as some systems write it into files in spite of LINKTYPE_RAW. */
export const DLT_RAW_BSD = 12;
export const DLT_RAW_OPENBSD = 14;
export const LINKTYPE_RAW = 101;
export const LINKTYPE_LOOP = 108;
export const LINKTYPE_LINUX_SLL = 113;
export const LINKTYPE_IPV4 = 228;
export const LINKTYPE_IPV6 = 229;
export const LINKTYPE_LINUX_SLL2 = 276;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_VLAN = 0x8100;
const ETHERTYPE_SERVICE_VLAN = 0x88a8;
const ETHERTYPE_OLD_QINQ = 0x9100;

/** Offset of the IP header in a frame of `linkType`. */
export function networkOffset(linkType: number, bytes: Uint8Array, start: number, end: number): number {
  switch (linkType) {
    case LINKTYPE_ETHERNET:
      return ethernet(bytes, start, end);
    case LINKTYPE_NULL:
      return nullHeader(bytes, start, end);
    case LINKTYPE_LOOP:
      return loopHeader(bytes, start, end);
    case LINKTYPE_RAW:
    case DLT_RAW_BSD:
    case DLT_RAW_OPENBSD:
    case LINKTYPE_IPV4:
    case LINKTYPE_IPV6:
      return start;
    case LINKTYPE_LINUX_SLL:
      return sll(bytes, start, end);
    case LINKTYPE_LINUX_SLL2:
      return sll2(bytes, start, end);
    default:
      return UNKNOWN_LINK;
  }
}

/** Ethernet II: destination and source of 6 bytes each, EtherType. */
const ETHERNET_HEADER = 14;
const ETHERNET_TYPE = 12;

function ethernet(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < ETHERNET_HEADER) return LINK_CUT;
  return afterEtherType(bytes, start + ETHERNET_TYPE, end);
}

/** `offset` is that of an EtherType. IEEE 802.1Q and 802.1ad tags (tag control information and the next type, 4 bytes) are passed over, as many as there are. */
function afterEtherType(bytes: Uint8Array, offset: number, end: number): number {
  while (offset + 2 <= end) {
    const type = uint16(bytes, offset);
    offset += 2;
    if (type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6) return offset;
    if (type !== ETHERTYPE_VLAN && type !== ETHERTYPE_SERVICE_VLAN && type !== ETHERTYPE_OLD_QINQ) return NOT_IP;
    offset += 2;
  }
  return LINK_CUT;
}

const ADDRESS_FAMILY_BYTES = 4;
/** AF_INET everywhere; AF_INET6 of Windows, NetBSD and OpenBSD, FreeBSD, macOS. */
const isInternetFamily = (family: number): boolean => family === 2 || family === 23 || family === 24 || family === 28 || family === 30;

/** BSD loopback: the address family in the byte order of the machine that captured, which need not be the file's. */
function nullHeader(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < ADDRESS_FAMILY_BYTES) return LINK_CUT;
  const big = uint32(bytes, start);
  const little = (bytes[start]! | (bytes[start + 1]! << 8) | (bytes[start + 2]! << 16) | (bytes[start + 3]! << 24)) >>> 0;
  return isInternetFamily(Math.min(big, little)) ? start + ADDRESS_FAMILY_BYTES : NOT_IP;
}

/** OpenBSD loopback: the same in network byte order; files written in the other order have been seen too. */
const loopHeader = nullHeader;

/** Linux cooked capture v1: packet type, ARPHRD_ type, address length, address (8), protocol type. */
const SLL_HEADER = 16;
const SLL_PROTOCOL = 14;

function sll(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < SLL_HEADER) return LINK_CUT;
  return afterEtherType(bytes, start + SLL_PROTOCOL, end);
}

/** Linux cooked capture v2: protocol type first, then reserved, interface index, ARPHRD_, packet type, address length, address (8). */
const SLL2_HEADER = 20;

function sll2(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < SLL2_HEADER) return LINK_CUT;
  const type = uint16(bytes, start);
  if (type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6) return start + SLL2_HEADER;
  return type === ETHERTYPE_VLAN || type === ETHERTYPE_SERVICE_VLAN ? afterEtherType(bytes, start + SLL2_HEADER + 2, end) : NOT_IP;
}
