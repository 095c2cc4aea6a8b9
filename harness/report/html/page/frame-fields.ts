/** A frame's fields, by the names that Wireshark gives them, with the bytes that they are in. */
import * as ipv4 from '../../../wire/ipv4.ts';
import * as ipv6 from '../../../wire/ipv6.ts';
import { newSegment, readSegment, type TcpSegment } from '../../../wire/segment.ts';
import * as tcp from '../../../wire/tcp.ts';
import { grouped } from '../../phrases/phrases.ts';
import type { Packet } from './packets.ts';

export interface Field {
  /** Of Wireshark, for a display filter. */
  name: string;
  value: string;
  /** Offsets within the frame; both 0 where it is in no byte. */
  start: number;
  end: number;
}

/** A frame in words: its two ends and what TCP says. */
export interface ReadFrame {
  packet: Packet;
  /** `127.0.0.1:8080`; empty where the frame holds no TCP segment. */
  from: string;
  to: string;
  /** `SYN, ACK`. */
  flags: string;
  /** Payload on the wire. */
  payloadLength: number;
  /** Where the captured payload is. */
  payload: readonly [start: number, end: number];
  fields: Field[];
}

const FLAGS = [
  [tcp.FIN, 'FIN'],
  [tcp.SYN, 'SYN'],
  [tcp.RST, 'RST'],
  [tcp.PSH, 'PSH'],
  [tcp.ACK, 'ACK'],
  [tcp.URG, 'URG'],
] as const;

/** The first sequence number of each direction, as Wireshark has it: `tcp.seq` counts from there. */
type Bases = Map<string, number>;

const FIXED = 20;

/** The segment in a packet; `null` where it holds none that can be read. */
function segmentOf({ linkType, bytes, originalLength }: Packet): TcpSegment | null {
  const segment = newSegment();
  return readSegment(linkType, bytes, 0, bytes.length, originalLength, segment) === null ? segment : null;
}

function endsOf({ bytes, ipVersion, source, destination, sourcePort, destinationPort }: TcpSegment): [from: string, to: string] {
  const text = (offset: number, port: number): string =>
    ipVersion === 4 ? `${ipv4.formatAddress(bytes, offset)}:${port}` : `[${ipv6.formatAddress(bytes, offset)}]:${port}`;
  return [text(source, sourcePort), text(destination, destinationPort)];
}

/** The two ends of a packet, as `ReadFrame` has them. */
export function packetEnds(packet: Packet): readonly [from: string, to: string] {
  const segment = segmentOf(packet);
  return segment === null ? ['', ''] : endsOf(segment);
}

/** Reads a frame of a capture. @param packets all of them, in order: sequence numbers count from the connection's first */
export function readFrame(packets: readonly Packet[], packet: Packet): ReadFrame {
  const segment = segmentOf(packet);
  const { bytes, originalLength, atUs } = packet;
  const fields: Field[] = [
    { name: 'frame.time_relative', value: `${(atUs / 1e6).toFixed(6)} s`, start: 0, end: 0 },
    { name: 'frame.len', value: `${grouped(originalLength)} B`, start: 0, end: 0 },
  ];
  if (segment === null) return { packet, from: '', to: '', flags: '', payloadLength: 0, payload: [0, 0], fields };
  const [from, to] = endsOf(segment);
  const bases = basesUpTo(packets, packet.frame, from, to);
  const header = segment.optionsStart - FIXED;
  const { ipVersion, source, addressBytes } = segment;
  const ip = ipVersion === 4 ? source - 12 : source - 8;
  const flags = FLAGS.flatMap(([bit, name]) => (segment.flags & bit ? [name] : [])).join(', ');
  const add = (name: string, value: string | number, start: number, length: number): void => {
    if (start + length <= bytes.length) fields.push({ name, value: String(value), start, end: start + length });
  };
  if (packet.linkType === 1) {
    add('eth.dst', macOf(bytes, 0), 0, 6);
    add('eth.src', macOf(bytes, 6), 6, 6);
  }
  if (ipVersion === 4) {
    add('ip.len', ipv4.totalLength(bytes, ip), ip + 2, 2);
    add('ip.id', `0x${ipv4.identification(bytes, ip).toString(16).padStart(4, '0')}`, ip + 4, 2);
    add('ip.ttl', bytes[ip + 8] ?? 0, ip + 8, 1);
  } else {
    add('ipv6.plen', ipv6.payloadLength(bytes, ip), ip + 4, 2);
    add('ipv6.hlim', bytes[ip + 7] ?? 0, ip + 7, 1);
  }
  const family = ipVersion === 4 ? 'ip' : 'ipv6';
  add(`${family}.src`, addressOf(from), source, addressBytes);
  add(`${family}.dst`, addressOf(to), segment.destination, addressBytes);
  add('tcp.srcport', segment.sourcePort, header, 2);
  add('tcp.dstport', segment.destinationPort, header + 2, 2);
  add('tcp.seq', relative(segment.seq, bases.get(from)), header + 4, 4);
  if (segment.flags & tcp.ACK) add('tcp.ack', relative(segment.ack, bases.get(to)), header + 8, 4);
  add('tcp.flags', flags, header + 12, 2);
  add('tcp.window_size_value', segment.window, header + 14, 2);
  for (const option of optionsOf(segment)) add(...option);
  const [payload, end] = [segment.payload, Math.min(segment.payloadEnd, bytes.length)];
  fields.push({ name: 'tcp.len', value: `${grouped(segment.payloadLength)} B`, start: payload, end });
  return { packet, from, to, flags, payloadLength: segment.payloadLength, payload: [payload, end], fields };
}

const macOf = (bytes: Uint8Array, start: number): string =>
  [...bytes.subarray(start, start + 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');

const addressOf = (end: string): string => end.slice(0, end.lastIndexOf(':')).replace(/^\[|\]$/g, '');

/** As Wireshark shows it, and the number on the wire. */
function relative(number: number, base: number | undefined): string {
  const raw = number >>> 0;
  return base === undefined ? String(raw) : `${grouped((raw - base) >>> 0)} (${raw})`;
}

/** The first sequence number of both directions: of the last SYN up to the frame, or of the first segment. */
function basesUpTo(packets: readonly Packet[], frame: number, from: string, to: string): Bases {
  const bases: Bases = new Map();
  for (const packet of packets.slice(0, frame)) {
    const segment = segmentOf(packet);
    if (segment === null) continue;
    const [source, destination] = endsOf(segment);
    if (!(source === from && destination === to) && !(source === to && destination === from)) continue;
    const isSyn = (segment.flags & tcp.SYN) !== 0;
    // Where no SYN was seen, Wireshark takes the first segment for the first byte.
    if (isSyn || !bases.has(source)) bases.set(source, isSyn ? segment.seq >>> 0 : (segment.seq - 1) >>> 0);
    if (!bases.has(destination) && segment.flags & tcp.ACK) bases.set(destination, (segment.ack - 1) >>> 0);
  }
  return bases;
}

type OptionField = readonly [name: string, value: string | number, start: number, length: number];

/** The options that the segments of this project have; each with its own bytes. */
function optionsOf({ bytes, optionsStart, optionsEnd }: TcpSegment): OptionField[] {
  const found: OptionField[] = [];
  const end = Math.min(optionsEnd, bytes.length);
  for (let at = optionsStart; at + 1 < end; ) {
    const kind = bytes[at] ?? 0;
    if (kind === 0) break;
    const length = kind === 1 ? 1 : (bytes[at + 1] ?? 0);
    if (length < 1 || at + length > end) break;
    const options = tcp.newOptions();
    tcp.readOptions(bytes, at, at + length, options);
    if (options.maximumSegmentSize >= 0) found.push(['tcp.options.mss_val', options.maximumSegmentSize, at, length]);
    if (options.windowScale >= 0) found.push(['tcp.options.wscale.shift', options.windowScale, at, length]);
    if (options.sackPermitted) found.push(['tcp.options.sack_perm', 1, at, length]);
    if (options.timestampValue >= 0) {
      found.push(['tcp.options.timestamp.tsval', options.timestampValue, at, length]);
      found.push(['tcp.options.timestamp.tsecr', options.timestampEchoReply, at, length]);
    }
    at += length;
  }
  return found;
}
