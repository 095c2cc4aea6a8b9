import { defineQuestion, more, request } from '../question.ts';

/** Bytes of a list of numbers, one character each. */
const bytes = (...list: number[]): string => String.fromCharCode(...list);
const u16 = (value: number): string => bytes(value >> 8, value & 0xff);
/** A TLS vector: its length in two bytes, and what it holds. */
const vector = (content: string): string => u16(content.length) + content;
const extension = (type: number, content: string): string => u16(type) + vector(content);

/** A ClientHello for TLS 1.2 and 1.3 (RFC 8446 §4.1.2) without a key share: a server answers with a ServerHello, a retry or an alert. */
function clientHello(): string {
  const suites = [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0x009c].map(u16).join('');
  const extensions = [
    extension(0x0a, vector([0x1d, 0x17].map(u16).join(''))),
    extension(0x0b, bytes(1, 0)),
    extension(0x0d, vector([0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501].map(u16).join(''))),
    extension(0x2b, bytes(4) + u16(0x0304) + u16(0x0303)),
    extension(0x33, vector('')),
  ].join('');
  const random = 'wirematrix-asks-what-this-is-.-.';
  const body = u16(0x0303) + random + bytes(0) + vector(suites) + bytes(1, 0) + vector(extensions);
  const handshake = bytes(1, 0) + u16(body.length) + body;
  return bytes(0x16) + u16(0x0301) + vector(handshake);
}

/** The preface of HTTP/2 with empty SETTINGS (RFC 9113 §3.4). */
const HTTP2_PREFACE = `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${bytes(0, 0, 0, 4, 0, 0, 0, 0, 0)}`;

const FIRST_BYTES_MS = 2_000;

/** What a port speaks: the first questions to a server that nothing is known of. */
export const identify = [
  defineQuestion({ id: 'identify.http', title: 'a plain GET', spec: 'RFC 9112 §3', send: [request('GET')] }),
  defineQuestion({
    id: 'identify.tls',
    title: 'a ClientHello of TLS',
    spec: 'RFC 8446 §4.1.2',
    onlyUnanswered: true,
    turns: [{ send: [more(clientHello())], await: 'first-byte', timeoutMs: FIRST_BYTES_MS }],
  }),
  defineQuestion({
    id: 'identify.http2',
    title: 'the preface of HTTP/2',
    spec: 'RFC 9113 §3.4',
    onlyUnanswered: true,
    turns: [{ send: [more(HTTP2_PREFACE)], await: 'first-byte', timeoutMs: FIRST_BYTES_MS }],
  }),
];
