/**
 * The PROXY protocol (haproxy.org, proxy-protocol.txt), versions 1 and 2: a header that a proxy or load balancer puts before the first byte of the
 * client's stream, to say whose connection it forwards.
 */
import type { Endpoint, ProxyHeader } from '../model.ts';
import { uint16 } from '../wire/bytes.ts';
import { formatAddress as formatIpv4 } from '../wire/ipv4.ts';
import { formatAddress as formatIpv6 } from '../wire/ipv6.ts';
import { latin1 } from './bytes.ts';

/** §2.1: the longest line of version 1, CRLF included. */
export const PROXY_LINE_MAX = 107;

const SIGNATURE_1 = Uint8Array.from(Buffer.from('PROXY '));
const SIGNATURE_2 = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
/** Signature, version and command, family and transport, length of what follows. */
const HEADER_2_BYTES = SIGNATURE_2.length + 4;

const VERSION_2_LOCAL = 0x20;
const VERSION_2_PROXY = 0x21;
const TCP_OVER_IPV4 = 0x11;
const TCP_OVER_IPV6 = 0x21;

/**
 * Reads the header that `bytes[start, end)`, the first bytes of a stream, begins with.
 * @returns `null` where there is none; `incomplete` where more bytes are needed
 */
export function proxyHeader(bytes: Uint8Array, start = 0, end = bytes.length): ProxyHeader | 'incomplete' | null {
  const first = bytes[start];
  if (start >= end || (first !== SIGNATURE_1[0] && first !== SIGNATURE_2[0])) return null;
  if (beginsWith(SIGNATURE_1, bytes, start, end)) return end - start < SIGNATURE_1.length ? 'incomplete' : readLine(bytes, start, end);
  if (beginsWith(SIGNATURE_2, bytes, start, end)) return end - start < HEADER_2_BYTES ? 'incomplete' : readBinary(bytes, start, end);
  return null;
}

/** As far as there are bytes. */
function beginsWith(signature: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = Math.min(signature.length, end - start);
  for (let index = 0; index < length; index++) if (bytes[start + index] !== signature[index]) return false;
  return true;
}

const LINE = /^PROXY (?:(TCP[46]) ([0-9a-fA-F.:]+) ([0-9a-fA-F.:]+) (\d{1,5}) (\d{1,5})|UNKNOWN(?: [^\r\n]*)?)\r\n$/;

/** §2.1. */
function readLine(bytes: Uint8Array, start: number, end: number): ProxyHeader | 'incomplete' | null {
  const most = Math.min(end, start + PROXY_LINE_MAX);
  const lf = bytes.subarray(start, most).indexOf(0x0a);
  if (lf === -1) return end - start < PROXY_LINE_MAX ? 'incomplete' : null;
  const found = LINE.exec(latin1(bytes, start, start + lf + 1));
  if (found === null) return null;
  const [, family, source, destination, sourcePort, destinationPort] = found;
  const endpoint = (address: string | undefined, port: string | undefined): Endpoint | null =>
    family === undefined ? null : { address: address!, port: Number(port) };
  return { version: 1, length: lf + 1, source: endpoint(source, sourcePort), destination: endpoint(destination, destinationPort) };
}

/** §2.2: the addresses may be followed by type-length-value fields, which the length counts. */
function readBinary(bytes: Uint8Array, start: number, end: number): ProxyHeader | 'incomplete' | null {
  const command = bytes[start + 12]!;
  if (command !== VERSION_2_LOCAL && command !== VERSION_2_PROXY) return null;
  const length = HEADER_2_BYTES + uint16(bytes, start + 14);
  if (end - start < length) return 'incomplete';
  const family = command === VERSION_2_PROXY ? bytes[start + 13] : 0;
  const addresses = start + HEADER_2_BYTES;
  const size = family === TCP_OVER_IPV4 ? 4 : family === TCP_OVER_IPV6 ? 16 : 0;
  if (size === 0 || length < HEADER_2_BYTES + size * 2 + 4) return { version: 2, length, source: null, destination: null };
  const format = size === 4 ? formatIpv4 : formatIpv6;
  const ports = addresses + size * 2;
  return {
    version: 2,
    length,
    source: { address: format(bytes, addresses), port: uint16(bytes, ports) },
    destination: { address: format(bytes, addresses + size), port: uint16(bytes, ports + 2) },
  };
}
