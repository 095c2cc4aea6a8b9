/** What IP carries beside TCP: tunnels are opened, and what follows is named as an EtherType; all else is named. */
import { uint16 } from './bytes.ts';
import {
  ETHERTYPE_ETHERNET,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_MPLS,
  ETHERTYPE_PPP,
  ipByNibble,
  nextProtocol,
  pass,
} from './ethertype.ts';
import { openLink } from './link-layers.ts';
import { endAt, has, LINK_CUT_SHORT, type Next, type Place, TUNNEL_CUT_SHORT } from './place.ts';
import { greVersionName, ipProtocolName, ordinary, tzspProtocolName } from './protocol-names.ts';

/** Assigned Internet protocol numbers (IANA). */
const IPV4_IN_IP = 4;
const UDP = 17;
const IPV6_IN_IP = 41;
const GRE = 47;
const AUTHENTICATION_HEADER = 51;
const ETHERNET_IN_IP = 97;
const MPLS_IN_IP = 137;

/** The IPv4 authentication header announces TCP itself. */
export const TCP_FOLLOWS = 'tcp';

/** Opens what an IP packet with this protocol number holds at the place. */
export function openIpPayload(protocol: number, place: Place): Next {
  const next = openProtocol(protocol, place);
  return next === LINK_CUT_SHORT ? TUNNEL_CUT_SHORT : next;
}

function openProtocol(protocol: number, place: Place): Next {
  switch (protocol) {
    case IPV4_IN_IP:
      return ETHERTYPE_IPV4;
    case IPV6_IN_IP:
      return ETHERTYPE_IPV6;
    case GRE:
      return gre(place);
    case UDP:
      return udp(place);
    case ETHERNET_IN_IP:
      return pass(place, 2, ETHERTYPE_ETHERNET);
    case MPLS_IN_IP:
      return ETHERTYPE_MPLS;
    case AUTHENTICATION_HEADER:
      return authentication(place);
    default:
      return ipProtocolName(protocol);
  }
}

const TCP = 6;

/** RFC 4302 §2: it signs, and what follows is in the clear. */
function authentication(place: Place): Next {
  if (!has(place, 12)) return TUNNEL_CUT_SHORT;
  const protocol = place.bytes[place.offset]!;
  const length = (place.bytes[place.offset + 1]! + 2) * 4;
  if (!has(place, length)) return TUNNEL_CUT_SHORT;
  place.offset += length;
  return protocol === TCP ? TCP_FOLLOWS : openProtocol(protocol, place);
}

// ----------------------------------------------------------------------------------------------------------------- GRE

const CHECKSUM_PRESENT = 0x8000;
const ROUTING_PRESENT = 0x4000;
const KEY_PRESENT = 0x2000;
const SEQUENCE_PRESENT = 0x1000;
const ACKNOWLEDGMENT_PRESENT = 0x0080;
const VERSION = 0x0007;

const GRE_KEEPALIVE = 0;
const WCCP = 0x883e;
const ERSPAN = 0x88be;
const ERSPAN_III = 0x22eb;

/** RFC 2784, RFC 2890; routing as in RFC 1701; version 1 is PPTP's (RFC 2637 §4.1). */
function gre(place: Place): Next {
  if (!has(place, 4)) return TUNNEL_CUT_SHORT;
  const { bytes } = place;
  const flags = uint16(bytes, place.offset);
  const type = uint16(bytes, place.offset + 2);
  const version = flags & VERSION;
  if (version === 1) return pptp(flags, place);
  if (version !== 0) return greVersionName(version);
  let length = 4;
  if (flags & (CHECKSUM_PRESENT | ROUTING_PRESENT)) length += 4;
  if (flags & KEY_PRESENT) length += 4;
  if (flags & SEQUENCE_PRESENT) length += 4;
  if (!has(place, length)) return TUNNEL_CUT_SHORT;
  place.offset += length;
  if (flags & ROUTING_PRESENT && !passRoutes(place)) return TUNNEL_CUT_SHORT;
  switch (type) {
    case GRE_KEEPALIVE:
      return ordinary('gre-keepalive');
    case ERSPAN:
      // Type I has no header of its own, and no sequence number.
      return flags & SEQUENCE_PRESENT ? erspan(place) : ETHERTYPE_ETHERNET;
    case ERSPAN_III:
      return erspan(place);
    case WCCP:
      // Version 2 puts four bytes before the packet.
      if (has(place, 1) && bytes[place.offset]! >>> 4 !== 4) place.offset += 4;
      return ETHERTYPE_IPV4;
    default:
      return type;
  }
}

/** Source route entries (RFC 1701): address family, offset and length; one of length 0 is the last. */
function passRoutes(place: Place): boolean {
  for (;;) {
    if (!has(place, 4)) return false;
    const length = place.bytes[place.offset + 3]!;
    place.offset += 4 + length;
    if (length === 0) return true;
  }
}

function pptp(flags: number, place: Place): Next {
  if (!has(place, 8)) return TUNNEL_CUT_SHORT;
  const payload = uint16(place.bytes, place.offset + 4);
  const length = 8 + (flags & SEQUENCE_PRESENT ? 4 : 0) + (flags & ACKNOWLEDGMENT_PRESENT ? 4 : 0);
  if (!(flags & SEQUENCE_PRESENT) || payload === 0) return ordinary('gre-acknowledgment');
  if (!has(place, length)) return TUNNEL_CUT_SHORT;
  place.offset += length;
  endAt(place, place.offset, payload);
  return ETHERTYPE_PPP;
}

const ERSPAN_II_BYTES = 8;
const ERSPAN_III_BYTES = 12;
const ERSPAN_SUBHEADER_BYTES = 8;
/** In the last two bytes of a type III header: what the frame is, and whether a subheader follows. */
const ERSPAN_FRAME_TYPE = 0x7c00;
const ERSPAN_IP = 0x0800;
const ERSPAN_HAS_SUBHEADER = 0x0001;

/** draft-foschiano-erspan: the version in the first nibble is 1 for type II, 2 for type III. */
function erspan(place: Place): Next {
  if (!has(place, ERSPAN_II_BYTES)) return TUNNEL_CUT_SHORT;
  const { bytes, offset } = place;
  const version = bytes[offset]! >>> 4;
  if (version < 2) return pass(place, ERSPAN_II_BYTES, ETHERTYPE_ETHERNET);
  if (version !== 2) return 'erspan-unknown-version';
  if (!has(place, ERSPAN_III_BYTES)) return TUNNEL_CUT_SHORT;
  const flags = uint16(bytes, offset + 10);
  place.offset += ERSPAN_III_BYTES + (flags & ERSPAN_HAS_SUBHEADER ? ERSPAN_SUBHEADER_BYTES : 0);
  return (flags & ERSPAN_FRAME_TYPE) === ERSPAN_IP ? ipByNibble(place, 'ip-bad-version') : ETHERTYPE_ETHERNET;
}

// ----------------------------------------------------------------------------------------------------------------- UDP

const UDP_HEADER_BYTES = 8;

const PORT_QUIC = 443;
const PORT_IKE_NAT = 4500;
const PORT_L2TP = 1701;
const PORT_GTP = 2152;
const PORT_TEREDO = 3544;
const PORT_GRE_IN_UDP = 4754;
const PORT_VXLAN = 4789;
const PORT_VXLAN_GPE = 4790;
const PORT_CAPWAP_DATA = 5247;
const PORT_GENEVE = 6081;
const PORT_MPLS_IN_UDP = 6635;
/** Linux's own before there was an assigned one. */
const PORT_VXLAN_LINUX = 8472;
const PORT_TZSP = 37_008;
const PORT_WIREGUARD = 51_820;

/** RFC 768. A tunnel is known by the port that it goes to; what its header can't be is ordinary UDP, since others may use the port. */
function udp(place: Place): Next {
  if (!has(place, UDP_HEADER_BYTES)) return ipProtocolName(UDP);
  const { bytes, offset } = place;
  const from = uint16(bytes, offset);
  const to = uint16(bytes, offset + 2);
  const length = uint16(bytes, offset + 4);
  if (length >= UDP_HEADER_BYTES) endAt(place, offset, length);
  place.offset += UDP_HEADER_BYTES;
  switch (to) {
    case PORT_VXLAN:
    case PORT_VXLAN_LINUX:
      return vxlan(place);
    case PORT_VXLAN_GPE:
      return vxlanGpe(place);
    case PORT_GENEVE:
      return geneve(place);
    case PORT_GTP:
      return gtp(place);
    case PORT_MPLS_IN_UDP:
      return ETHERTYPE_MPLS;
    case PORT_GRE_IN_UDP:
      return gre(place);
    case PORT_TZSP:
      return tzsp(place);
  }
  const either = (port: number): boolean => from === port || to === port;
  if (either(PORT_L2TP)) return l2tp(place);
  if (either(PORT_TEREDO)) return teredo(place);
  if (either(PORT_IKE_NAT)) return espInUdp(place);
  if (either(PORT_WIREGUARD)) return wireguard(place);
  if (either(PORT_CAPWAP_DATA)) return 'capwap-data';
  return either(PORT_QUIC) ? ordinary('quic') : ipProtocolName(UDP);
}

/** RFC 7348 §5: the I flag, all else of the first word zero but what extensions (group policy) set. */
function vxlan(place: Place): Next {
  if (!has(place, 8)) return ipProtocolName(UDP);
  return place.bytes[place.offset]! & 0x08 ? pass(place, 8, ETHERTYPE_ETHERNET) : ipProtocolName(UDP);
}

/** draft-ietf-nvo3-vxlan-gpe: the P flag says that the last byte of the first word is the next protocol. */
function vxlanGpe(place: Place): Next {
  if (!has(place, 8)) return ipProtocolName(UDP);
  const { bytes, offset } = place;
  if (!(bytes[offset]! & 0x04)) return vxlan(place);
  const next = nextProtocol(bytes[offset + 3]!);
  return next === 0 ? 'vxlan-gpe-unknown-protocol' : pass(place, 8, next);
}

/** RFC 8926 §3.4: version and length of the options (in words of four bytes), flags, EtherType, network, options. */
function geneve(place: Place): Next {
  if (!has(place, 8)) return ipProtocolName(UDP);
  const { bytes, offset } = place;
  const first = bytes[offset]!;
  return first >>> 6 === 0 ? pass(place, 8 + (first & 0x3f) * 4, uint16(bytes, offset + 2)) : ipProtocolName(UDP);
}

const GTP_USER_DATA = 0xff;
/** Version 1 of GTP, not of GTP'. */
const GTP_VERSION = 0xf0;
const GTP_VERSION_1 = 0x30;
const GTP_EXTENSION = 0x04;
const GTP_OPTIONAL_FIELDS = 0x07;

/** 3GPP TS 29.281 §5.1, §5.2: extension headers are counted in words of four bytes, and each ends with the type of the next. */
function gtp(place: Place): Next {
  if (!has(place, 8)) return ipProtocolName(UDP);
  const { bytes, offset } = place;
  const flags = bytes[offset]!;
  if ((flags & GTP_VERSION) !== GTP_VERSION_1) return ipProtocolName(UDP);
  if (bytes[offset + 1] !== GTP_USER_DATA) return ordinary('gtp-control');
  endAt(place, offset + 8, uint16(bytes, offset + 2));
  place.offset += 8;
  if (flags & GTP_OPTIONAL_FIELDS) {
    if (!has(place, 4)) return TUNNEL_CUT_SHORT;
    place.offset += 4;
    if (flags & GTP_EXTENSION) {
      while (bytes[place.offset - 1] !== 0) {
        const length = has(place, 1) ? bytes[place.offset]! * 4 : 0;
        if (length === 0 || !has(place, length)) return TUNNEL_CUT_SHORT;
        place.offset += length;
      }
    }
  }
  return ipByNibble(place, 'gtp-unknown-payload');
}

const L2TP_CONTROL = 0x8000;
const L2TP_LENGTH = 0x4000;
const L2TP_SEQUENCE = 0x0800;
const L2TP_OFFSET = 0x0200;
const L2TP_VERSION = 0x000f;

/** RFC 2661 §3.1. */
function l2tp(place: Place): Next {
  if (!has(place, 6)) return ipProtocolName(UDP);
  const { bytes, offset } = place;
  const flags = uint16(bytes, offset);
  if ((flags & L2TP_VERSION) === 3) return flags & L2TP_CONTROL ? ordinary('l2tp-control') : 'l2tpv3';
  if ((flags & L2TP_VERSION) !== 2) return ipProtocolName(UDP);
  if (flags & L2TP_CONTROL) return ordinary('l2tp-control');
  let length = 6;
  if (flags & L2TP_LENGTH) {
    endAt(place, offset, uint16(bytes, offset + 2));
    length += 2;
  }
  if (flags & L2TP_SEQUENCE) length += 4;
  if (flags & L2TP_OFFSET) {
    if (!has(place, length + 2)) return TUNNEL_CUT_SHORT;
    length += 2 + uint16(bytes, offset + length);
  }
  return pass(place, length, ETHERTYPE_PPP);
}

/** RFC 4380 §5.1.1: an authentication and an origin indication may precede the IPv6 packet. */
function teredo(place: Place): Next {
  const { bytes } = place;
  if (has(place, 4) && uint16(bytes, place.offset) === 0x0001) place.offset += 13 + bytes[place.offset + 2]! + bytes[place.offset + 3]!;
  if (has(place, 8) && uint16(bytes, place.offset) === 0x0000) place.offset += 8;
  return has(place, 40) && bytes[place.offset]! >>> 4 === 6 ? ETHERTYPE_IPV6 : ipProtocolName(UDP);
}

/** RFC 3948 §2: IKE has four zeros before it, a keep-alive is one byte. */
function espInUdp(place: Place): Next {
  const { bytes, offset } = place;
  if (!has(place, 8) || (uint16(bytes, offset) | uint16(bytes, offset + 2)) === 0) return ipProtocolName(UDP);
  return 'esp';
}

/** Message types 1 to 4 in a little-endian word. */
function wireguard(place: Place): Next {
  const { bytes, offset } = place;
  const isMessage =
    has(place, 16) && bytes[offset]! >= 1 && bytes[offset]! <= 4 && bytes[offset + 1] === 0 && uint16(bytes, offset + 2) === 0;
  return isMessage ? 'wireguard' : ipProtocolName(UDP);
}

const TZSP_ETHERNET = 0x01;
const TZSP_WLAN = 0x12;
const TZSP_PADDING = 0;
const TZSP_END = 1;

/** TaZmen Sniffer Protocol, version 1: version, type (0 or 1 brings a packet), what it holds; tags of a type, a length and a value. */
function tzsp(place: Place): Next {
  const { bytes, offset } = place;
  if (!has(place, 5) || bytes[offset] !== 1 || bytes[offset + 1]! > 1) return ipProtocolName(UDP);
  const protocol = uint16(bytes, offset + 2);
  place.offset += 4;
  for (;;) {
    if (!has(place, 2)) return TUNNEL_CUT_SHORT;
    const tag = bytes[place.offset]!;
    place.offset += tag === TZSP_PADDING || tag === TZSP_END ? 1 : 2 + bytes[place.offset + 1]!;
    if (tag === TZSP_END) break;
  }
  if (protocol === TZSP_ETHERNET) return ETHERTYPE_ETHERNET;
  return protocol === TZSP_WLAN ? openLink(105, place) : tzspProtocolName(protocol);
}
