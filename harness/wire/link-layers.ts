/** Link layers, beyond what `link.ts` reads of plain frames: each header is passed over, and what follows is named as an EtherType. */
import { uint16, uint32 } from './bytes.ts';
import { ETHERTYPE_ETHERNET, ETHERTYPE_LLC, ETHERTYPE_PPP, ETHERTYPE_PPPOE_SESSION, ipByNibble, pass, typeAfter } from './ethertype.ts';
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2, LINKTYPE_LOOP, LINKTYPE_NULL } from './link.ts';
import { endAt, has, LINK_CUT_SHORT, type Next, type Place } from './place.ts';
import { linkTypeName, ordinary } from './protocol-names.ts';

/** LINKTYPE_ values (tcpdump.org/linktypes.html). */
const TOKEN_RING = 6;
const PPP = 9;
const FDDI = 10;
const PPP_HDLC = 50;
const PPP_ETHERNET = 51;
const ATM_RFC1483 = 100;
const RAW_LINK_TYPES: readonly number[] = [12, 14, 101, 228, 229];
const CISCO_HDLC = 104;
const IEEE80211 = 105;
const FRAME_RELAY = 107;
const IEEE80211_PRISM = 119;
const IEEE80211_RADIOTAP = 127;
/** LINKTYPE_USER2, which Apple's first versions of PKTAP use. */
const USER2_PKTAP = 149;
const IEEE80211_AVS = 163;
const PPP_PPPD = 166;
const PPI = 192;
const PPP_WITH_DIRECTION = 204;
const NFLOG = 239;
const IP_OVER_INFINIBAND = 242;
const PKTAP = 258;
const DSA_BROADCOM = 281;
const DSA_BROADCOM_PREPENDED = 282;
const DSA_MARVELL = 284;
const DSA_MARVELL_ETHERTYPE = 285;

/** Headers that announce another link type (PPI, PKTAP) stand in each other no deeper than this. */
const LINKS_MAX = 4;

/** Passes over the header of `linkType` at the place. */
export function openLink(linkType: number, place: Place, depth = 0): Next {
  switch (linkType) {
    case LINKTYPE_ETHERNET:
      return ETHERTYPE_ETHERNET;
    case LINKTYPE_LINUX_SLL:
      return cooked(place, 14, 16, 2);
    case LINKTYPE_LINUX_SLL2:
      return cooked(place, 0, 20, 8);
    case LINKTYPE_NULL:
    case LINKTYPE_LOOP:
      return addressFamily(place);
    case PPP:
      return ETHERTYPE_PPP;
    case PPP_HDLC:
      return hdlc(place);
    case PPP_PPPD:
      return pppd(place);
    case PPP_WITH_DIRECTION:
      return pass(place, 1, ETHERTYPE_PPP);
    case PPP_ETHERNET:
      return ETHERTYPE_PPPOE_SESSION;
    case CISCO_HDLC:
      return typeAfter(place, 2);
    case FRAME_RELAY:
      return frameRelay(place);
    case ATM_RFC1483:
      return ETHERTYPE_LLC;
    case FDDI:
      return pass(place, 13, ETHERTYPE_LLC);
    case TOKEN_RING:
      return tokenRing(place);
    case IEEE80211:
      return wlan(place, 0);
    case IEEE80211_RADIOTAP:
      return radiotap(place);
    case IEEE80211_PRISM:
      return skipWlanHeader(place, 4);
    case IEEE80211_AVS:
      return skipWlanHeader(place, 4);
    case PPI:
      return ppi(place, depth);
    case PKTAP:
    case USER2_PKTAP:
      return pktap(linkType, place, depth);
    case NFLOG:
      return nflog(place);
    case IP_OVER_INFINIBAND:
      return infiniband(place);
    case DSA_BROADCOM:
    case DSA_MARVELL:
      return typeAfter(place, 12 + 4);
    case DSA_MARVELL_ETHERTYPE:
      return typeAfter(place, 12 + 8);
    case DSA_BROADCOM_PREPENDED:
      return pass(place, 4, ETHERTYPE_ETHERNET);
    default:
      return RAW_LINK_TYPES.includes(linkType) ? ipByNibble(place, 'ip-bad-version') : linkTypeName(linkType);
  }
}

const little16 = (bytes: Uint8Array, offset: number): number => bytes[offset]! | (bytes[offset + 1]! << 8);
const little32 = (bytes: Uint8Array, offset: number): number => (little16(bytes, offset) | (little16(bytes, offset + 2) << 16)) >>> 0;

/** Protocol types of Linux below the EtherTypes (linux/if_ether.h). */
const ETH_P_802_3 = 1;
const ETH_P_802_2 = 4;
/** Interface types (linux/if_arp.h) whose protocol field is no EtherType. */
const ARPHRD_NETLINK = 824;
const ARPHRD_IEEE80211 = 801;
const ARPHRD_IEEE80211_RADIOTAP = 803;
const ARPHRD_FRAME_RELAY = 770;

/** Linux cooked capture: the protocol type and the interface's type are at these offsets of a header of so many bytes. */
function cooked(place: Place, protocolAt: number, headerBytes: number, interfaceTypeAt: number): Next {
  if (!has(place, headerBytes)) return LINK_CUT_SHORT;
  const { bytes, offset } = place;
  const protocol = uint16(bytes, offset + protocolAt);
  place.offset += headerBytes;
  switch (uint16(bytes, offset + interfaceTypeAt)) {
    case ARPHRD_NETLINK:
      return ordinary('netlink');
    case ARPHRD_IEEE80211:
      return wlan(place, 0);
    case ARPHRD_IEEE80211_RADIOTAP:
      return radiotap(place);
    case ARPHRD_FRAME_RELAY:
      return frameRelay(place);
  }
  if (protocol === ETH_P_802_2) return ETHERTYPE_LLC;
  if (protocol === ETH_P_802_3) return ordinary('ipx');
  return protocol < 0x600 ? ordinary('linux-protocol') : protocol;
}

/** `link.ts` knows the families of IP. */
const addressFamily = (place: Place): Next => (has(place, 4) ? ordinary('address-family') : LINK_CUT_SHORT);

/** RFC 1547 and Cisco HDLC share the link type; the first byte of Cisco's is its own address field. */
function hdlc(place: Place): Next {
  if (!has(place, 2)) return LINK_CUT_SHORT;
  const address = place.bytes[place.offset]!;
  return address === 0x0f || address === 0x8f ? typeAfter(place, 2) : ETHERTYPE_PPP;
}

/** Linux's pppd writes the direction instead of the address field. */
function pppd(place: Place): Next {
  if (!has(place, 2)) return LINK_CUT_SHORT;
  const { bytes, offset } = place;
  return bytes[offset]! <= 1 && bytes[offset + 1] === 0x03 ? pass(place, 2, ETHERTYPE_PPP) : ETHERTYPE_PPP;
}

/** RFC 2427: Q.922 address (its last byte is odd), control, NLPID; or, Cisco's way, the EtherType after the address. */
function frameRelay(place: Place): Next {
  let addressBytes = 0;
  do {
    if (!has(place, addressBytes + 1) || addressBytes === 4) return LINK_CUT_SHORT;
  } while ((place.bytes[place.offset + addressBytes++]! & 1) === 0);
  if (!has(place, addressBytes + 3)) return LINK_CUT_SHORT;
  const { bytes } = place;
  place.offset += addressBytes;
  if (bytes[place.offset] !== 0x03) return typeAfter(place, 0);
  place.offset += bytes[place.offset + 1] === 0 ? 2 : 1;
  if (!has(place, 1)) return LINK_CUT_SHORT;
  switch (bytes[place.offset]!) {
    case 0xcc:
    case 0x8e:
      place.offset += 1;
      return ipByNibble(place, 'ip-bad-version');
    case 0xcf:
      return pass(place, 1, ETHERTYPE_PPP);
    case 0x80: {
      // SNAP without the LLC that stands before it elsewhere.
      if (!has(place, 6)) return LINK_CUT_SHORT;
      const isEtherType = bytes[place.offset + 1] === 0 && uint16(bytes, place.offset + 2) === 0;
      return isEtherType ? typeAfter(place, 4) : ordinary('snap');
    }
    default:
      return ordinary('frame-relay-control');
  }
}

/** IEEE 802.5: access and frame control, two addresses, a source route where the source's first bit says so, LLC. */
function tokenRing(place: Place): Next {
  if (!has(place, 16)) return LINK_CUT_SHORT;
  const { bytes, offset } = place;
  const routeBytes = bytes[offset + 8]! & 0x80 ? bytes[offset + 14]! & 0x1f : 0;
  if ((bytes[offset + 1]! & 0xc0) !== 0x40) return ordinary('token-ring-control');
  return pass(place, 14 + routeBytes, ETHERTYPE_LLC);
}

/** RFC 4391 §6: EtherType and two reserved bytes. */
function infiniband(place: Place): Next {
  if (!has(place, 4)) return LINK_CUT_SHORT;
  place.offset += 4;
  return uint16(place.bytes, place.offset - 4);
}

// ------------------------------------------------------------------------------------------------ headers of capture tools

/** PPI: version, flags, length and link type, little-endian. */
function ppi(place: Place, depth: number): Next {
  if (!has(place, 8)) return LINK_CUT_SHORT;
  const linkType = little32(place.bytes, place.offset + 4);
  const length = little16(place.bytes, place.offset + 2);
  if (depth === LINKS_MAX || length < 8) return 'ppi-bad-header';
  if (!has(place, length)) return LINK_CUT_SHORT;
  place.offset += length;
  return openLink(linkType, place, depth + 1);
}

const PKTAP_BYTES_MIN = 12;
const PKTAP_PACKET = 1;

/** PKTAP of macOS: length, type of record, link type, little-endian. */
function pktap(linkType: number, place: Place, depth: number): Next {
  if (!has(place, PKTAP_BYTES_MIN)) return LINK_CUT_SHORT;
  const { bytes, offset } = place;
  const length = little32(bytes, offset);
  if (depth === LINKS_MAX || length < PKTAP_BYTES_MIN || length > place.wireEnd - offset)
    return linkType === PKTAP ? 'pktap-bad-header' : linkTypeName(linkType);
  if (!has(place, length)) return LINK_CUT_SHORT;
  if (little32(bytes, offset + 4) !== PKTAP_PACKET) return ordinary('pktap-without-packet');
  place.offset += length;
  const inner = little32(bytes, offset + 8);
  const next = openLink(inner, place, depth + 1);
  return next === ordinary('address-family') ? nullFamily(place) : next;
}

/** A BSD loopback header within another: `link.ts` sees only those that begin the frame. */
function nullFamily(place: Place): Next {
  const family = little32(place.bytes, place.offset);
  place.offset += 4;
  return [2, 24, 28, 30].includes(family) ? ipByNibble(place, 'ip-bad-version') : ordinary('address-family');
}

const NFLOG_PAYLOAD = 9;

/** Linux netfilter's log: family, version, resource; then values of a length and a type in the byte order of the machine, padded to four bytes. */
function nflog(place: Place): Next {
  const { bytes, end } = place;
  if (!has(place, 4)) return LINK_CUT_SHORT;
  let at = place.offset + 4;
  while (at + 4 <= end) {
    // Types are below 256: the byte that is zero shows the byte order.
    const isLittle = bytes[at + 3] === 0;
    const length = isLittle ? little16(bytes, at) : uint16(bytes, at);
    const type = (isLittle ? little16(bytes, at + 2) : uint16(bytes, at + 2)) & 0x7fff;
    if (length < 4) return 'nflog-bad-length';
    if (type === NFLOG_PAYLOAD) {
      place.offset = at + 4;
      endAt(place, at, length);
      return ipByNibble(place, ordinary('nflog-without-packet'));
    }
    at += (length + 3) & ~3;
  }
  return at > place.wireEnd - 4 ? ordinary('nflog-without-packet') : LINK_CUT_SHORT;
}

// -------------------------------------------------------------------------------------------------------------- 802.11

/** Prism (its length little-endian) and AVS (big-endian): the length of the whole header at the same place. */
function skipWlanHeader(place: Place, lengthAt: number): Next {
  if (!has(place, 8)) return LINK_CUT_SHORT;
  const { bytes, offset } = place;
  const length = Math.min(little32(bytes, offset + lengthAt), uint32(bytes, offset + lengthAt));
  if (length < 8) return 'wlan-bad-header';
  if (!has(place, length)) return LINK_CUT_SHORT;
  place.offset += length;
  return wlan(place, 0);
}

const RADIOTAP_TSFT = 0x01;
const RADIOTAP_FLAGS = 0x02;
const RADIOTAP_MORE = 0x8000_0000;
const RADIOTAP_HAS_FCS = 0x10;
const RADIOTAP_PADDED = 0x20;
const RADIOTAP_BAD_FCS = 0x40;
const FCS_BYTES = 4;

/** radiotap.org: version, padding, length, bits of the fields that follow, each aligned to its size. Only the flags matter here. */
function radiotap(place: Place): Next {
  if (!has(place, 8)) return LINK_CUT_SHORT;
  const { bytes, offset } = place;
  const length = little16(bytes, offset + 2);
  if (length < 8) return 'wlan-bad-header';
  if (!has(place, length)) return LINK_CUT_SHORT;
  const present = little32(bytes, offset + 4);
  let at = 8;
  if (present & RADIOTAP_MORE) while (at + 4 <= length && little32(bytes, offset + at - 4) & RADIOTAP_MORE) at += 4;
  if (present & RADIOTAP_TSFT) at = ((at + 7) & ~7) + 8;
  const flags = present & RADIOTAP_FLAGS && at < length ? bytes[offset + at]! : 0;
  if (flags & RADIOTAP_BAD_FCS) return 'wlan-bad-check-sequence';
  if (flags & RADIOTAP_HAS_FCS) endAt(place, offset, place.wireEnd - offset - FCS_BYTES);
  place.offset += length;
  return wlan(place, flags & RADIOTAP_PADDED);
}

const WLAN_MANAGEMENT = 0;
const WLAN_CONTROL = 1;
const WLAN_DATA = 2;
/** In the subtype of a data frame. */
const WITHOUT_DATA = 0x4;
const QUALITY_OF_SERVICE = 0x8;
/** In the second byte of the frame control field. */
const TO_AND_FROM_DISTRIBUTION = 0x03;
const MORE_FRAGMENTS = 0x04;
const PROTECTED = 0x40;
const ORDER = 0x80;
/** In the first byte of the QoS control field. */
const AGGREGATED = 0x80;

/** IEEE 802.11 §9.2: a data frame in the clear, whose body is LLC. `padded`: the header is padded to four bytes. */
function wlan(place: Place, padded: number): Next {
  if (!has(place, 2)) return LINK_CUT_SHORT;
  const { bytes, offset } = place;
  const type = (bytes[offset]! >>> 2) & 0x03;
  const subtype = bytes[offset]! >>> 4;
  const flags = bytes[offset + 1]!;
  if (type === WLAN_MANAGEMENT) return ordinary('wlan-management');
  if (type === WLAN_CONTROL) return ordinary('wlan-control');
  if (type !== WLAN_DATA) return 'wlan-unknown-frame';
  if (subtype & WITHOUT_DATA) return ordinary('wlan-without-data');
  if (flags & PROTECTED) return 'wlan-encrypted';
  let length = (flags & TO_AND_FROM_DISTRIBUTION) === TO_AND_FROM_DISTRIBUTION ? 30 : 24;
  const qualityAt = length;
  if (subtype & QUALITY_OF_SERVICE) length += flags & ORDER ? 6 : 2;
  if (!has(place, length)) return LINK_CUT_SHORT;
  if (subtype & QUALITY_OF_SERVICE && bytes[offset + qualityAt]! & AGGREGATED) return 'wlan-aggregated';
  if (flags & MORE_FRAGMENTS || bytes[offset + 22]! & 0x0f) return 'wlan-fragment';
  return pass(place, padded ? (length + 3) & ~3 : length, ETHERTYPE_LLC);
}
