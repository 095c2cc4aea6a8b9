/** Emits what `harness/wire/` opens: tunnels, tags, link layers of capture tools, and fragments. Each takes the packet (or frame) that it carries. */
import { concat, ethernet, etherTypeOf, type Ipv4Options, ipv4, ipv6, ipv6Address, text } from './layers.ts';

const u16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value)];
const little16 = (value: number): number[] => u16(value).reverse();
const little32 = (value: number): number[] => u32(value).reverse();
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const zeros = (count: number): Uint8Array => new Uint8Array(count);

// ---------------------------------------------------------------------------------------------------------------- links

/** A stack of labels, the last one at the bottom. */
export const mpls = (labels: readonly number[], payload: Uint8Array): Uint8Array =>
  concat(...labels.map((label, index) => bytes(...u32(((label << 12) | (index === labels.length - 1 ? 0x100 : 0) | 64) >>> 0))), payload);

/** RFC 4448: an Ethernet frame as a pseudowire has it, with or without the control word. */
export const pseudowire = (frame: Uint8Array, controlWord = true): Uint8Array => (controlWord ? concat(zeros(4), frame) : frame);

const pppNumber = (packet: Uint8Array): number => (packet[0]! >>> 4 === 6 ? 0x57 : 0x21);

export interface PppGiven {
  /** Address and control field before it. */
  framed?: boolean;
  /** One byte for the protocol (RFC 1661 §6.5). */
  compressed?: boolean;
  protocol?: number;
}

export const ppp = (packet: Uint8Array, { framed = false, compressed = false, protocol = pppNumber(packet) }: PppGiven = {}): Uint8Array =>
  concat(framed ? bytes(0xff, 0x03) : zeros(0), compressed ? bytes(protocol) : bytes(...u16(protocol)), packet);

/** What follows an Ethernet header of type PPPoE; `payload` is a PPP packet. */
export const pppoeSession = (payload: Uint8Array, length = payload.length): Uint8Array =>
  concat(bytes(0x11, 0, 0, 1, ...u16(length)), payload);

export const ciscoHdlc = (packet: Uint8Array): Uint8Array => concat(bytes(0x0f, 0, ...u16(etherTypeOf(packet))), packet);

/** LLC and SNAP before an EtherType. */
export const snap = (packet: Uint8Array, etherType = etherTypeOf(packet)): Uint8Array =>
  concat(bytes(0xaa, 0xaa, 0x03, 0, 0, 0, ...u16(etherType)), packet);

/** IEEE 802.3 with a length. */
export const ieee8023 = (payload: Uint8Array): Uint8Array => ethernet(payload, payload.length);

export const frameRelay = (packet: Uint8Array): Uint8Array => concat(bytes(0x18, 0x41, 0x03, packet[0]! >>> 4 === 6 ? 0x8e : 0xcc), packet);

/** A data frame to the distribution system. */
export function wlan(packet: Uint8Array, { quality = false, flags = 0x01, subtype = 0 } = {}): Uint8Array {
  const control = bytes(((subtype | (quality ? 8 : 0)) << 4) | 0x08, flags, 0, 0);
  const addresses = bytes(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3);
  return concat(control, addresses, bytes(0x10, 0), quality ? zeros(2) : zeros(0), snap(packet));
}

/** radiotap.org: a timestamp and flags; a check sequence where the flags say so. */
export const radiotap = (frame: Uint8Array, flags = 0x10): Uint8Array =>
  concat(bytes(0, 0, ...little16(17), ...little32(3), 0, 0, 0, 0, 0, 0, 0, 1, flags), frame, flags & 0x10 ? zeros(4) : zeros(0));

export const ppi = (frame: Uint8Array, linkType: number): Uint8Array => concat(bytes(0, 0, ...little16(8), ...little32(linkType)), frame);

export const pktap = (frame: Uint8Array, linkType: number): Uint8Array =>
  concat(bytes(...little32(108), ...little32(1), ...little32(linkType)), zeros(96), frame);

/** A prefix of four bytes and the payload, in little-endian order. */
export function nflog(packet: Uint8Array): Uint8Array {
  const prefix = concat(bytes(...little16(7), ...little16(10)), text('ab\0'), zeros(1));
  return concat(bytes(packet[0]! >>> 4 === 6 ? 10 : 2, 0, 0, 1), prefix, bytes(...little16(packet.length + 4), ...little16(9)), packet);
}

// -------------------------------------------------------------------------------------------------------------- tunnels

export interface GreGiven {
  checksum?: boolean;
  key?: number;
  sequence?: number;
  protocol?: number;
}

/** RFC 2784, RFC 2890. The checksum field is left zero. */
export function gre(payload: Uint8Array, { checksum = false, key, sequence, protocol = etherTypeOf(payload) }: GreGiven = {}): Uint8Array {
  const flags = (checksum ? 0x8000 : 0) | (key === undefined ? 0 : 0x2000) | (sequence === undefined ? 0 : 0x1000);
  return concat(
    bytes(...u16(flags), ...u16(protocol)),
    checksum ? zeros(4) : zeros(0),
    key === undefined ? zeros(0) : bytes(...u32(key)),
    sequence === undefined ? zeros(0) : bytes(...u32(sequence)),
    payload,
  );
}

/** RFC 2637: `payload` is a PPP packet. */
export const pptp = (payload: Uint8Array): Uint8Array =>
  concat(bytes(0x30, 0x81, 0x88, 0x0b, ...u16(payload.length), ...u16(7), ...u32(1), ...u32(1)), payload);

export const erspan2 = (frame: Uint8Array): Uint8Array => concat(bytes(0x10, 1, 0, 1, 0, 0, 0, 0), frame);
export const erspan3 = (frame: Uint8Array, subheader = false): Uint8Array =>
  concat(bytes(0x20, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, subheader ? 1 : 0), subheader ? zeros(8) : zeros(0), frame);

export const GRE_PROTOCOL = { ethernet: 0x6558, ppp: 0x880b, erspan: 0x88be, erspan3: 0x22eb } as const;

export const udp = (destinationPort: number, payload: Uint8Array, sourcePort = 50_000, length = payload.length + 8): Uint8Array =>
  concat(bytes(...u16(sourcePort), ...u16(destinationPort), ...u16(length), 0, 0), payload);

export const vxlan = (frame: Uint8Array): Uint8Array => concat(bytes(0x08, 0, 0, 0, 0, 0, 5, 0), frame);
export const vxlanGpe = (payload: Uint8Array, protocol: number): Uint8Array => concat(bytes(0x0c, 0, 0, protocol, 0, 0, 5, 0), payload);
/** `options`: a multiple of four bytes. */
export const geneve = (payload: Uint8Array, etherType: number, options = zeros(0)): Uint8Array =>
  concat(bytes(options.length / 4, 0, ...u16(etherType), 0, 0, 5, 0), options, payload);
/** `extension`: with a PDU session container, as in 5G. */
export function gtp(packet: Uint8Array, extension = false): Uint8Array {
  const optional = extension ? bytes(0, 0, 0, 0x85, 1, 0x10, 1, 0) : zeros(0);
  return concat(bytes(extension ? 0x34 : 0x30, 0xff, ...u16(optional.length + packet.length), ...u32(77)), optional, packet);
}
/** RFC 2661 with a length; `payload` is a PPP packet. */
export const l2tp = (payload: Uint8Array): Uint8Array => concat(bytes(0x40, 2, ...u16(payload.length + 8), 0, 1, 0, 1), payload);
/** With a tag of three bytes. */
export const tzsp = (frame: Uint8Array): Uint8Array => concat(bytes(1, 0, 0, 1, 0x29, 1, 9, 1), frame);

/** An IPv4 authentication header (RFC 4302) before what has this protocol number. */
export const authenticated = (payload: Uint8Array, protocol = 6): Uint8Array =>
  concat(bytes(protocol, 4, 0, 0, ...u32(1), ...u32(1)), zeros(12), payload);

/** The outer IPv4 header of a tunnel. */
export const outer = (payload: Uint8Array, protocol: number, given: Ipv4Options = {}): Uint8Array =>
  ipv4(payload, { source: '192.0.2.1', destination: '192.0.2.2', protocol, ...given });

export const inUdp = (port: number, payload: Uint8Array): Uint8Array => outer(udp(port, payload), 17);

// ------------------------------------------------------------------------------------------------------- PROXY protocol

/** Version 2 of the PROXY protocol, for TCP; `fields`: type-length-value fields after the addresses. */
export function proxyV2(source: string, destination: string, sourcePort: number, destinationPort: number, fields = zeros(0)): Uint8Array {
  const isIpv6 = source.includes(':');
  const address = (text: string): number[] => (isIpv6 ? ipv6Address(text) : text.split('.').map(Number));
  const addresses = bytes(...address(source), ...address(destination), ...u16(sourcePort), ...u16(destinationPort));
  const head = bytes(0x21, isIpv6 ? 0x21 : 0x11, ...u16(addresses.length + fields.length));
  return concat(text('\r\n\r\n\0\r\nQUIT\n'), head, addresses, fields);
}

// ------------------------------------------------------------------------------------------------------------ fragments

/** The fragments of an IPv4 packet without options, `size` bytes of payload each but the last. */
export function ipv4Fragments(packet: Uint8Array, size: number, identification = 7): Uint8Array[] {
  return piecesOf(packet.subarray(20), size).map(({ start, more, piece }) => {
    const fragment = ipv4(piece, {
      source: [...packet.subarray(12, 16)].join('.'),
      destination: [...packet.subarray(16, 20)].join('.'),
      protocol: packet[9]!,
      moreFragments: more,
      fragmentOffset: start / 8,
      identification,
    });
    return fragment;
  });
}

/** Likewise of an IPv6 packet without extension headers. */
export function ipv6Fragments(packet: Uint8Array, size: number, identification = 7): Uint8Array[] {
  return piecesOf(packet.subarray(40), size).map(({ start, more, piece }) =>
    ipv6(piece, {
      protocol: packet[6]!,
      extensions: [[44, bytes(0, 0, ...u16(start | (more ? 1 : 0)), ...u32(identification))]],
    }),
  );
}

function piecesOf(payload: Uint8Array, size: number): { start: number; more: boolean; piece: Uint8Array }[] {
  return Array.from({ length: Math.ceil(payload.length / size) }, (_, index) => ({
    start: index * size,
    more: (index + 1) * size < payload.length,
    piece: payload.subarray(index * size, (index + 1) * size),
  }));
}
