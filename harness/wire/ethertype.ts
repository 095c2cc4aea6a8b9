/**
 * What EtherTypes announce, down to the IP packet: Ethernet itself, tags, MPLS, PPPoE and PPP, LLC and SNAP. EtherTypes name the layers of all
 * encapsulations here, since nearly all of them have one.
 */
import { uint16 } from './bytes.ts';
import { endAt, has, LINK_CUT_SHORT, type Next, type Place } from './place.ts';
import { etherTypeName, nshProtocolName, ordinary, pppProtocolName } from './protocol-names.ts';

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_IPV6 = 0x86dd;
const VLAN = 0x8100;
const SERVICE_VLAN = 0x88a8;
const OLD_QINQ = 0x9100;
/** Transparent Ethernet bridging (RFC 1701): an Ethernet header follows. */
export const ETHERTYPE_ETHERNET = 0x6558;
export const ETHERTYPE_PPP = 0x880b;
export const ETHERTYPE_MPLS = 0x8847;
const MPLS_MULTICAST = 0x8848;
export const ETHERTYPE_PPPOE_SESSION = 0x8864;
/** 802.2 in an Ethernet frame that is longer than a length field may say. */
export const ETHERTYPE_LLC = 0x8870;
/** IEEE 802.1ah: the customer's Ethernet frame follows. */
const BACKBONE_SERVICE = 0x88e7;
const MACSEC = 0x88e5;
const HSR = 0x892f;
/** Cisco's security group tag. */
const CISCO_METADATA = 0x8909;
export const ETHERTYPE_NSH = 0x894f;

/** Up to here an EtherType is the length of an 802.3 frame; from 0x600 on it is a type (IEEE 802.3 §3.2.6). */
const LENGTH_MAX = 1500;

/** Opens what the EtherType `next` announces at the place until an IP packet is there. */
export function openEtherType(next: Next, place: Place): Next {
  while (typeof next === 'number' && next !== ETHERTYPE_IPV4 && next !== ETHERTYPE_IPV6) next = step(next, place);
  return next;
}

/** Each step moves the place forward. */
function step(type: number, place: Place): Next {
  switch (type) {
    case ETHERTYPE_ETHERNET:
      return typeOrLength(place, ETHERNET_ADDRESSES);
    case VLAN:
    case SERVICE_VLAN:
    case OLD_QINQ:
      return typeOrLength(place, 2);
    case ETHERTYPE_MPLS:
    case MPLS_MULTICAST:
      return mpls(place);
    case ETHERTYPE_PPPOE_SESSION:
      return pppoe(place);
    case ETHERTYPE_PPP:
      return ppp(place);
    case ETHERTYPE_LLC:
      return llc(place);
    case BACKBONE_SERVICE:
      return pass(place, 4, ETHERTYPE_ETHERNET);
    case MACSEC:
      return macsec(place);
    case HSR:
      return typeAfter(place, 4);
    case CISCO_METADATA:
      return typeAfter(place, 6);
    case ETHERTYPE_NSH:
      return nsh(place);
    default:
      return etherTypeName(type);
  }
}

/** Passes over `count` bytes that were asked for; `next` follows. */
export function pass(place: Place, count: number, next: Next): Next {
  if (!has(place, count)) return LINK_CUT_SHORT;
  place.offset += count;
  return next;
}

/** The EtherType comes after `count` bytes. */
export function typeAfter(place: Place, count: number): Next {
  if (!has(place, count + 2)) return LINK_CUT_SHORT;
  place.offset += count + 2;
  return uint16(place.bytes, place.offset - 2);
}

/** An IP packet whose version is known from its first nibble alone. */
export function ipByNibble(place: Place, otherwise: string): Next {
  if (!has(place, 1)) return LINK_CUT_SHORT;
  const version = place.bytes[place.offset]! >>> 4;
  return version === 4 ? ETHERTYPE_IPV4 : version === 6 ? ETHERTYPE_IPV6 : otherwise;
}

/** Bytes of the two addresses, before the EtherType. */
const ETHERNET_ADDRESSES = 12;

/** After `count` bytes comes an EtherType, or the length of an 802.3 frame. */
function typeOrLength(place: Place, count: number): Next {
  const type = typeAfter(place, count);
  if (typeof type === 'string' || type > LENGTH_MAX) return type;
  endAt(place, place.offset, type);
  // Novell's raw 802.3: IPX without LLC.
  if (has(place, 2) && uint16(place.bytes, place.offset) === 0xffff) return ordinary('ipx');
  return ETHERTYPE_LLC;
}

const LLC_UNNUMBERED_INFORMATION = 0x03;

/** IEEE 802.2 and SNAP (RFC 1042): DSAP, SSAP and control; organization (3 bytes) and protocol. */
export function llc(place: Place): Next {
  if (!has(place, 3)) return LINK_CUT_SHORT;
  const { bytes, offset } = place;
  const sap = bytes[offset]!;
  const isInformation = bytes[offset + 2] === LLC_UNNUMBERED_INFORMATION;
  if (sap === 0x06 && isInformation) return pass(place, 3, ETHERTYPE_IPV4);
  if (sap === 0xaa && isInformation) return snap(place);
  if (sap === 0x42) return ordinary('stp');
  if (sap === 0xe0) return ordinary('ipx');
  if (sap === 0xf0) return ordinary('netbios');
  if (sap === 0xfe) return ordinary('is-is');
  return ordinary('llc');
}

const ENCAPSULATED_ETHERNET = 0x000000;
const BRIDGE_TUNNEL = 0x0000f8;
const BRIDGED = 0x0080c2;

function snap(place: Place): Next {
  if (!has(place, 8)) return LINK_CUT_SHORT;
  const { bytes, offset } = place;
  const organization = (bytes[offset + 3]! << 16) | uint16(bytes, offset + 4);
  if (organization === ENCAPSULATED_ETHERNET || organization === BRIDGE_TUNNEL) return typeAfter(place, 6);
  const protocol = uint16(bytes, offset + 6);
  // RFC 2684 §5.2, RFC 2427 §4.2: Ethernet with and without its frame check sequence.
  if (organization === BRIDGED && (protocol === 0x0001 || protocol === 0x0007)) {
    place.offset += 8;
    return ETHERTYPE_ETHERNET;
  }
  return organization === BRIDGED ? ordinary('bridge-protocol') : ordinary('snap');
}

// ----------------------------------------------------------------------------------------------------------------- PPP

/** RFC 2516 §4: version and type, code, session, length; bytes beyond the length are padding. */
function pppoe(place: Place): Next {
  if (!has(place, 6)) return LINK_CUT_SHORT;
  const length = uint16(place.bytes, place.offset + 4);
  place.offset += 6;
  endAt(place, place.offset, length);
  return ETHERTYPE_PPP;
}

const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
const PPP_MPLS = 0x0281;
const PPP_MPLS_MULTICAST = 0x0283;
const PPP_VJ_COMPRESSED = 0x002d;
const PPP_VJ_UNCOMPRESSED = 0x002f;
const PPP_MULTILINK = 0x003d;
const PPP_ENCRYPTED = 0x0053;
const PPP_COMPRESSED = 0x00fd;
/** Network and link control protocols (RFC 1661 §2). */
const PPP_CONTROL = 0x8000;

/** RFC 1661 §2: the protocol number, one byte long where that is odd (§6.5); before it an address and a control field (RFC 1662 §3.1), unless they are compressed. */
function ppp(place: Place): Next {
  const { bytes } = place;
  if (has(place, 2) && bytes[place.offset] === 0xff && bytes[place.offset + 1] === 0x03) place.offset += 2;
  if (!has(place, 1) || (bytes[place.offset] === 0xff && !has(place, 2))) return LINK_CUT_SHORT;
  let protocol = bytes[place.offset]!;
  if (protocol & 1) {
    place.offset += 1;
  } else {
    if (!has(place, 2)) return LINK_CUT_SHORT;
    protocol = uint16(bytes, place.offset);
    place.offset += 2;
  }
  switch (protocol) {
    case PPP_IPV4:
      return ETHERTYPE_IPV4;
    case PPP_IPV6:
      return ETHERTYPE_IPV6;
    case PPP_MPLS:
    case PPP_MPLS_MULTICAST:
      return ETHERTYPE_MPLS;
    case PPP_VJ_COMPRESSED:
    case PPP_VJ_UNCOMPRESSED:
      return 'ppp-vj-compressed';
    case PPP_MULTILINK:
      return 'ppp-multilink';
    case PPP_ENCRYPTED:
      return 'ppp-encrypted';
    case PPP_COMPRESSED:
      return 'ppp-compressed';
    default:
      return protocol >= PPP_CONTROL ? ordinary('ppp-control') : pppProtocolName(protocol);
  }
}

// ---------------------------------------------------------------------------------------------------------------- MPLS

/** RFC 3032: labels up to the one with the bottom-of-stack bit. No field names what follows: it is recognized by its first bytes, IP as well as a pseudowire (RFC 4385, RFC 4448). */
function mpls(place: Place): Next {
  const { bytes } = place;
  for (let isBottom = false; !isBottom; place.offset += 4) {
    if (!has(place, 4)) return LINK_CUT_SHORT;
    isBottom = (bytes[place.offset + 2]! & 1) === 1;
  }
  if (!has(place, 1)) return LINK_CUT_SHORT;
  const nibble = bytes[place.offset]! >>> 4;
  if (looksLikeIp(place)) return nibble === 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
  if (nibble === 0 && looksLikeEthernet(place, 4)) return pass(place, 4, ETHERTYPE_ETHERNET);
  if (looksLikeEthernet(place, 0)) return ETHERTYPE_ETHERNET;
  return nibble === 1 ? ordinary('mpls-channel') : 'mpls-unknown-payload';
}

/** A MAC address may begin with the nibble of an IP version: the header's length has to fit, too. */
function looksLikeIp(place: Place): boolean {
  const { bytes, offset, wireEnd } = place;
  const first = bytes[offset]!;
  if (!has(place, 6)) return first >>> 4 === 4 || first >>> 4 === 6;
  if (first >>> 4 === 4) {
    const total = uint16(bytes, offset + 2);
    return (first & 0x0f) >= 5 && (total === 0 || (total >= 20 && total <= wireEnd - offset));
  }
  return first >>> 4 === 6 && uint16(bytes, offset + 4) <= wireEnd - offset - 40;
}

/** An Ethernet header whose EtherType is one of those below, or an 802.3 length that fits. */
function looksLikeEthernet(place: Place, before: number): boolean {
  if (!has(place, before + 14)) return false;
  const type = uint16(place.bytes, place.offset + before + 12);
  switch (type) {
    case ETHERTYPE_IPV4:
    case ETHERTYPE_IPV6:
    case 0x0806:
    case VLAN:
    case SERVICE_VLAN:
    case OLD_QINQ:
    case ETHERTYPE_MPLS:
    case ETHERTYPE_PPPOE_SESSION:
    case 0x8863:
    case 0x8809:
    case 0x88cc:
    case 0x9000:
      return true;
    default:
      return type >= 3 && type <= LENGTH_MAX && type <= place.wireEnd - place.offset - before - 14 && isSap(place, before + 14);
  }
}

const isSap = (place: Place, at: number): boolean =>
  has(place, at + 2) && [0x06, 0x42, 0xaa, 0xe0, 0xf0, 0xfe].includes(place.bytes[place.offset + at]!);

// -------------------------------------------------------------------------------------------------------------- others

const MACSEC_HAS_SCI = 0x20;
const MACSEC_ENCRYPTED_OR_CHANGED = 0x0c;
const MACSEC_CHECK_BYTES = 16;

/** IEEE 802.1AE: where it only signs, the frame follows in the clear. */
function macsec(place: Place): Next {
  if (!has(place, 6)) return LINK_CUT_SHORT;
  const flags = place.bytes[place.offset]!;
  if (flags & MACSEC_ENCRYPTED_OR_CHANGED) return 'macsec-encrypted';
  endAt(place, place.offset, place.wireEnd - place.offset - MACSEC_CHECK_BYTES);
  return typeAfter(place, flags & MACSEC_HAS_SCI ? 14 : 6);
}

/** RFC 8300 §2.2: the length in words of four bytes, and the next protocol. */
function nsh(place: Place): Next {
  if (!has(place, 8)) return LINK_CUT_SHORT;
  const length = (place.bytes[place.offset + 1]! & 0x3f) * 4;
  const protocol = place.bytes[place.offset + 3]!;
  const next = nextProtocol(protocol);
  return length < 8 ? 'nsh-bad-length' : pass(place, length, next === 0 ? nshProtocolName(protocol) : next);
}

/** The numbers that NSH and VXLAN-GPE share (RFC 8300 §2.2); 0 for all others. */
export function nextProtocol(protocol: number): number {
  switch (protocol) {
    case 1:
      return ETHERTYPE_IPV4;
    case 2:
      return ETHERTYPE_IPV6;
    case 3:
      return ETHERTYPE_ETHERNET;
    case 4:
      return ETHERTYPE_NSH;
    case 5:
      return ETHERTYPE_MPLS;
    default:
      return 0;
  }
}
