/** From a frame to the TCP segment in it: link layer, IPv4 or IPv6, TCP, and whatever encapsulations lie between. */
import { DOUBLE_ZERO } from './double-zero.ts';
import { openEtherType } from './ethertype.ts';
import type { Fragments } from './fragments.ts';
import * as ipv4 from './ipv4.ts';
import * as ipv6 from './ipv6.ts';
import { LINK_CUT, networkOffset } from './link.ts';
import { openLink } from './link-layers.ts';
import { LINK_CUT_SHORT, type Next, type Place } from './place.ts';
import * as tcp from './tcp.ts';
import { openIpPayload, TCP_FOLLOWS } from './tunnels.ts';

/** One TCP segment. There is one object of it, filled again for each frame. */
export interface TcpSegment {
  /** The frame that it came in, and when: nanoseconds since the capture's first packet. Set by who reads the capture. */
  frame: number;
  timeNs: number;
  bytes: Uint8Array;
  /** 4 or 6. */
  ipVersion: number;
  /** Offsets of the addresses; `addressBytes` (4 or 16) each. */
  source: number;
  destination: number;
  addressBytes: number;
  sourcePort: number;
  destinationPort: number;
  /** As signed 32-bit numbers, for arithmetic that wraps. */
  seq: number;
  ack: number;
  flags: number;
  window: number;
  optionsStart: number;
  optionsEnd: number;
  /** Payload that was captured: `bytes[payload, payloadEnd)`. */
  payload: number;
  payloadEnd: number;
  /** Payload on the wire: more than was captured where the snap length cut it. */
  payloadLength: number;
  /**
   * `tcp-bad-data-offset`: the header claims to be shorter than 20 bytes. `tcp-header-too-long`: it claims more than the packet has.
   * Ports and numbers can be read all the same, but not where the payload begins.
   */
  fault: 'tcp-bad-data-offset' | 'tcp-header-too-long' | null;
}

/** A segment to be filled. */
export const newSegment = (): TcpSegment => ({
  frame: 0,
  timeNs: DOUBLE_ZERO,
  bytes: new Uint8Array(0),
  ipVersion: 4,
  source: 0,
  destination: 0,
  addressBytes: 4,
  sourcePort: 0,
  destinationPort: 0,
  seq: 0,
  ack: 0,
  flags: 0,
  window: 0,
  optionsStart: 0,
  optionsEnd: 0,
  payload: 0,
  payloadEnd: 0,
  payloadLength: 0,
  fault: null,
});

/** Why no TCP segment could be read from a frame: a name of `protocol-names.ts`, or of a fault. `isOrdinary` says whether anything is wrong with the frame. */
export type NoSegment = string;

/** Packets within packets are followed this deep. */
export const TUNNELS_MAX = 16;

/**
 * Fills `segment` from the frame `bytes[start, end)` that was `originalLength` long on the wire. Its `timeNs` has to be set before. Without `fragments`
 * no fragment is kept.
 * @returns `null`, or why the frame holds no segment
 */
export function readSegment(
  linkType: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  originalLength: number,
  segment: TcpSegment,
  fragments: Fragments | null = null,
): NoSegment | null {
  const offset = networkOffset(linkType, bytes, start, end);
  const wireEnd = start + originalLength;
  if (offset >= 0) return readNetwork(bytes, offset, end, wireEnd, segment, fragments, 0);
  if (offset === LINK_CUT) return LINK_CUT_SHORT;
  const place = { bytes, offset: start, end, wireEnd };
  return readInner(openLink(linkType, place), place, segment, fragments, 0);
}

/** `next`: what is at the place. */
function readInner(next: Next, place: Place, segment: TcpSegment, fragments: Fragments | null, depth: number): NoSegment | null {
  const opened = openEtherType(next, place);
  if (typeof opened === 'string') return opened;
  return readNetwork(place.bytes, place.offset, place.end, place.wireEnd, segment, fragments, depth);
}

/** `wireEnd`: the offset at which the packet ended on the wire; beyond `end` where the snap length cut it. */
function readNetwork(
  bytes: Uint8Array,
  offset: number,
  end: number,
  wireEnd: number,
  segment: TcpSegment,
  fragments: Fragments | null,
  depth: number,
): NoSegment | null {
  if (offset >= end) return 'ip-cut-short';
  if (depth > TUNNELS_MAX) return 'ip-too-many-tunnels';
  const version = bytes[offset]! >>> 4;
  if (version === 4) return readIpv4(bytes, offset, end, wireEnd, segment, fragments, depth);
  if (version === 6) return readIpv6(bytes, offset, end, wireEnd, segment, fragments, depth);
  return 'ip-bad-version';
}

function readIpv4(
  bytes: Uint8Array,
  offset: number,
  end: number,
  wireEnd: number,
  segment: TcpSegment,
  fragments: Fragments | null,
  depth: number,
): NoSegment | null {
  const fault = ipv4.headerFault(bytes, offset, end);
  if (fault) return fault;
  const total = ipv4.totalLength(bytes, offset);
  // After the IP packet there may be padding or a frame check sequence.
  if (total !== 0 && offset + total < wireEnd) wireEnd = offset + total;
  if (ipv4.isFragment(bytes, offset)) {
    if (fragments === null) return 'ipv4-fragment';
    if (end >= wireEnd) {
      const whole = fragments.ipv4(bytes, offset, wireEnd, segment.timeNs);
      return typeof whole === 'string' ? whole : readNetwork(whole, 0, whole.length, whole.length, segment, fragments, depth + 1);
    }
    // A fragment that the snap length cut can't be reassembled. The first one still shows the TCP header.
    if (ipv4.fragment(bytes, offset).start > 0) return 'ipv4-fragment';
  }
  const protocol = ipv4.protocol(bytes, offset);
  const upper = offset + ipv4.headerLength(bytes, offset);
  if (protocol === tcp.PROTOCOL_NUMBER) {
    takeIpv4(segment, offset);
    return readTcp(bytes, upper, end, wireEnd, segment);
  }
  const place = placeAt(bytes, upper, end, wireEnd);
  const next = openIpPayload(protocol, place);
  if (next !== TCP_FOLLOWS) return readInner(next, place, segment, fragments, depth + 1);
  takeIpv4(segment, offset);
  return readTcp(bytes, place.offset, place.end, place.wireEnd, segment);
}

function readIpv6(
  bytes: Uint8Array,
  offset: number,
  end: number,
  wireEnd: number,
  segment: TcpSegment,
  fragments: Fragments | null,
  depth: number,
): NoSegment | null {
  const fault = ipv6.headerFault(offset, end);
  if (fault) return fault;
  const length = ipv6.payloadLength(bytes, offset);
  if (length !== 0 && offset + ipv6.HEADER_BYTES + length < wireEnd) wireEnd = offset + ipv6.HEADER_BYTES + length;
  const extensionFault = ipv6.walkExtensions(bytes, offset, end);
  if (extensionFault === 'ipv6-fragment' && fragments !== null && end >= wireEnd) {
    const whole = fragments.ipv6(bytes, offset, ipv6.upperLayer.offset, wireEnd, segment.timeNs);
    return typeof whole === 'string' ? whole : readNetwork(whole, 0, whole.length, whole.length, segment, fragments, depth + 1);
  }
  if (extensionFault) return extensionFault;
  const { protocol, offset: upper } = ipv6.upperLayer;
  if (protocol !== tcp.PROTOCOL_NUMBER) {
    const place = placeAt(bytes, upper, end, wireEnd);
    return readInner(openIpPayload(protocol, place), place, segment, fragments, depth + 1);
  }
  segment.ipVersion = 6;
  segment.addressBytes = ipv6.ADDRESS_BYTES;
  segment.source = ipv6.sourceAddress(offset);
  segment.destination = ipv6.destinationAddress(offset);
  return readTcp(bytes, upper, end, wireEnd, segment);
}

const placeAt = (bytes: Uint8Array, offset: number, end: number, wireEnd: number): Place => ({
  bytes,
  offset,
  end: end < wireEnd ? end : wireEnd,
  wireEnd,
});

function takeIpv4(segment: TcpSegment, offset: number): void {
  segment.ipVersion = 4;
  segment.addressBytes = ipv4.ADDRESS_BYTES;
  segment.source = ipv4.sourceAddress(offset);
  segment.destination = ipv4.destinationAddress(offset);
}

function readTcp(bytes: Uint8Array, offset: number, end: number, wireEnd: number, segment: TcpSegment): NoSegment | null {
  if (end > wireEnd) end = wireEnd;
  if (end - offset < tcp.HEADER_READABLE) return 'tcp-cut-short';
  const headerLength = tcp.headerLength(bytes, offset);
  const payload = offset + headerLength;
  segment.bytes = bytes;
  segment.sourcePort = tcp.sourcePort(bytes, offset);
  segment.destinationPort = tcp.destinationPort(bytes, offset);
  segment.seq = tcp.sequenceNumber(bytes, offset);
  segment.ack = tcp.acknowledgmentNumber(bytes, offset);
  segment.flags = tcp.flags(bytes, offset);
  segment.window = tcp.windowSize(bytes, offset);
  segment.optionsStart = offset + tcp.HEADER_MIN;
  segment.optionsEnd = payload < end ? payload : end;
  segment.payload = payload;
  segment.payloadEnd = payload < end ? end : payload;
  segment.payloadLength = payload < wireEnd ? wireEnd - payload : 0;
  segment.fault = payload > wireEnd ? 'tcp-header-too-long' : headerLength < tcp.HEADER_MIN ? 'tcp-bad-data-offset' : null;
  return null;
}
