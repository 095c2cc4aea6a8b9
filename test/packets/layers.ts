/** Emits what `harness/wire/` parses: one function a layer, checksums included. */

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

export const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, 'latin1'));

const u16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value)];
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

/** RFC 1071. */
export function checksum(data: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < data.length; index += 2) sum += (data[index]! << 8) | (data[index + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

// ------------------------------------------------------------------------------------------------------------------ link

export const ETHERTYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  ipv6: 0x86dd,
  pppoe: 0x8864,
  qinq: 0x88a8,
  oldQinq: 0x9100,
  mpls: 0x8847,
} as const;

export const etherTypeOf = (packet: Uint8Array): number => (packet[0]! >>> 4 === 6 ? ETHERTYPE.ipv6 : ETHERTYPE.ipv4);

export const ethernet = (payload: Uint8Array, etherType = etherTypeOf(payload)): Uint8Array =>
  concat(bytes(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, ...u16(etherType)), payload);

/** What follows an Ethernet header of type VLAN or QinQ: the tag and the next type. */
export const tag = (id: number, payload: Uint8Array, etherType = etherTypeOf(payload)): Uint8Array =>
  concat(bytes(...u16(id), ...u16(etherType)), payload);

export const pppoe = (packet: Uint8Array): Uint8Array =>
  concat(bytes(0x11, 0, 0, 1, ...u16(packet.length + 2), ...u16(packet[0]! >>> 4 === 6 ? 0x57 : 0x21)), packet);

/** LINKTYPE_NULL in the byte order of a little-endian machine, or of a big-endian one; LINKTYPE_LOOP is the latter. */
export const nullHeader = (packet: Uint8Array, littleEndian = true, family = packet[0]! >>> 4 === 6 ? 30 : 2): Uint8Array =>
  concat(littleEndian ? bytes(family, 0, 0, 0) : bytes(0, 0, 0, family), packet);

export const sll = (packet: Uint8Array, protocol = etherTypeOf(packet)): Uint8Array =>
  concat(bytes(...u16(0), ...u16(772), ...u16(6), 0, 0, 0, 0, 0, 0, 0, 0, ...u16(protocol)), packet);

export const sll2 = (packet: Uint8Array, protocol = etherTypeOf(packet)): Uint8Array =>
  concat(bytes(...u16(protocol), 0, 0, ...u32(1), ...u16(772), 0, 6, 0, 0, 0, 0, 0, 0, 0, 0), packet);

// -------------------------------------------------------------------------------------------------------------------- IP

export interface Ipv4Options {
  source?: string;
  destination?: string;
  protocol?: number;
  /** Header options, padded to 4 bytes by the caller. */
  options?: Uint8Array;
  /** What the header says instead of the truth. */
  totalLength?: number;
  moreFragments?: boolean;
  /** In units of 8 bytes. */
  fragmentOffset?: number;
  identification?: number;
}

const ipv4Address = (address: string): number[] => address.split('.').map(Number);

export function ipv4(payload: Uint8Array, given: Ipv4Options = {}): Uint8Array {
  const { source = '127.0.0.1', destination = '127.0.0.1', protocol = 6, options = new Uint8Array(0) } = given;
  const headerLength = 20 + options.length;
  const fragment = (given.moreFragments ? 0x2000 : 0) | (given.fragmentOffset ?? 0);
  const header = concat(
    bytes(
      0x40 | (headerLength / 4),
      0,
      ...u16(given.totalLength ?? headerLength + payload.length),
      ...u16(given.identification ?? 1),
      ...u16(fragment),
    ),
    bytes(64, protocol, 0, 0, ...ipv4Address(source), ...ipv4Address(destination)),
    options,
  );
  header.set(u16(checksum(header)), 10);
  return concat(header, payload);
}

export interface Ipv6Options {
  source?: string;
  destination?: string;
  /** Extension headers before the payload, as (number, bytes); each byte string's first byte is set to the next header's number. */
  extensions?: readonly (readonly [number, Uint8Array])[];
  payloadLength?: number;
  protocol?: number;
}

/** Full or `::` form. */
export function ipv6Address(address: string): number[] {
  const [head = '', rest] = address.split('::');
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const front = groups(head);
  const back = rest === undefined ? [] : groups(rest);
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back].flatMap(u16);
}

export function ipv6(payload: Uint8Array, given: Ipv6Options = {}): Uint8Array {
  const { source = '::1', destination = '::1', extensions = [], protocol = 6 } = given;
  const numbers = [...extensions.map(([number]) => number), protocol];
  const chain = extensions.map(([, content], index) => concat(bytes(numbers[index + 1]!), content.subarray(1)));
  const body = concat(...chain, payload);
  return concat(
    bytes(0x60, 0, 0, 0, ...u16(given.payloadLength ?? body.length), numbers[0]!, 64, ...ipv6Address(source), ...ipv6Address(destination)),
    body,
  );
}

// ------------------------------------------------------------------------------------------------------------------- TCP

export const FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 } as const;

export interface TcpOptionsGiven {
  mss?: number;
  windowScale?: number;
  sackPermitted?: boolean;
  sack?: readonly (readonly [number, number])[];
  timestamps?: readonly [number, number];
  /** Bytes as they are, before the padding. */
  raw?: Uint8Array;
}

export function tcpOptions(given: TcpOptionsGiven): Uint8Array {
  const parts: number[] = [];
  if (given.mss !== undefined) parts.push(2, 4, ...u16(given.mss));
  if (given.sackPermitted) parts.push(4, 2);
  if (given.timestamps) parts.push(8, 10, ...u32(given.timestamps[0]), ...u32(given.timestamps[1]));
  if (given.windowScale !== undefined) parts.push(1, 3, 3, given.windowScale);
  if (given.sack) parts.push(5, 2 + given.sack.length * 8, ...given.sack.flatMap(([left, right]) => [...u32(left), ...u32(right)]));
  if (given.raw) parts.push(...given.raw);
  while (parts.length % 4 !== 0) parts.push(0);
  return Uint8Array.from(parts);
}

export interface TcpGiven {
  sourcePort?: number;
  destinationPort?: number;
  seq?: number;
  ack?: number;
  flags?: number;
  window?: number;
  options?: TcpOptionsGiven;
  payload?: Uint8Array;
  /** In bytes, instead of the truth. */
  headerLength?: number;
}

export function tcp(given: TcpGiven = {}): Uint8Array {
  const { sourcePort = 40_000, destinationPort = 8080, seq = 0, ack = 0, flags = FLAG.ack, window = 512 } = given;
  const options = tcpOptions(given.options ?? {});
  const headerLength = given.headerLength ?? 20 + options.length;
  return concat(
    bytes(
      ...u16(sourcePort),
      ...u16(destinationPort),
      ...u32(seq),
      ...u32(ack),
      (headerLength / 4) << 4,
      flags,
      ...u16(window),
      0,
      0,
      0,
      0,
    ),
    options,
    given.payload ?? new Uint8Array(0),
  );
}
