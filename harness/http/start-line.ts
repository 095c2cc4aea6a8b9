import { latin1 } from './bytes.ts';

const LF = 10;
const CR = 13;
const SPACE = 32;
const HTAB = 9;
const DEL = 127;

/** Longest method name that is taken for one (the longest registered is `UPDATEREDIRECTREF`, 17). */
const MAX_METHOD_LENGTH = 32;

/** 1 for the characters of a token (RFC 9110 §5.6.2). */
const TOKEN = new Uint8Array(256);
for (const c of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") TOKEN[c.charCodeAt(0)] = 1;

/** Whether a text is a token (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  if (text.length === 0) return false;
  for (let i = 0; i < text.length; i++) if (TOKEN[text.charCodeAt(i)] !== 1) return false;
  return true;
}

/** Where the line ends that begins at `at`: the offset of its CRLF, or −1 where a control character other than HTAB comes first, a bare LF among them. */
export function endOfLine(bytes: Uint8Array, at: number, end: number): number {
  for (let i = at; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= SPACE && byte !== DEL) continue;
    if (byte === CR) return i + 1 < end && bytes[i + 1] === LF ? i : -1;
    if (byte !== HTAB) return -1;
  }
  return -1;
}

/** `HTTP/` */
const HTTP_SLASH = [72, 84, 84, 80, 47] as const;

/** Whether `bytes[at, end)` begins as a status line, as far as it goes. */
export function mayBeStatusLine(bytes: Uint8Array, at: number, end: number): boolean {
  const length = Math.min(HTTP_SLASH.length, end - at);
  for (let i = 0; i < length; i++) if (bytes[at + i] !== HTTP_SLASH[i]) return false;
  return true;
}

/** Whether `bytes[at, end)` begins as a request line, as far as it goes: a token and a space. */
export function mayBeRequestLine(bytes: Uint8Array, at: number, end: number): boolean {
  const stop = Math.min(end, at + MAX_METHOD_LENGTH + 1);
  let i = at;
  while (i < stop && TOKEN[bytes[i]!] === 1) i++;
  if (i === at) return false;
  if (i === end) return true;
  return bytes[i] === SPACE && i < stop;
}

/** `HTTP/1.1 200 OK`: the code may be followed by nothing (servers leave the space out). */
const STATUS_LINE = /^HTTP\/1\.\d \d{3}(?: |$)/;
/** `GET / HTTP/1.1`: methods in capitals as all registered ones are; anything may be the target. */
const REQUEST_LINE = /^[A-Z][A-Z-]* \S.* HTTP\/1\.\d$/;
/** As far as the snap length left it: at least the version, and at least the beginning of the target. */
const BROKEN_STATUS_LINE = /^HTTP\/1\.\d(?: \d{0,3}| \d{3}[ \r].*)?$/;
const BROKEN_REQUEST_LINE = /^(?:[A-Z][A-Z-]{2,31} (?:\/|\*|https?:\/\/)|CONNECT \S)/;

/**
 * What the bytes certainly begin with: a whole request line, a whole status line, or neither (`null`). With this a parser finds the next message
 * after bytes that it could not read, and TCP finds out which end is the client where the SYN was not captured.
 * `cut`: the snap length cut off what follows; then the line may be cut off.
 */
export function looksLike(bytes: Uint8Array, start: number, end: number, cut = false): 'request' | 'response' | null {
  const first = bytes[start];
  if (first === undefined || first < 65 || first > 90 || (end - start < 12 && !cut)) return null;
  const status = mayBeStatusLine(bytes, start, end);
  if (!status && !mayBeRequestLine(bytes, start, end)) return null;
  let lineEnd = bytes.subarray(start, end).indexOf(LF);
  if (lineEnd === -1) return cut ? looksLikeBroken(latin1(bytes, start, end)) : null;
  lineEnd += start;
  if (bytes[lineEnd - 1] === CR) lineEnd--;
  const line = latin1(bytes, start, lineEnd);
  if (status) return STATUS_LINE.test(line) ? 'response' : null;
  return REQUEST_LINE.test(line) ? 'request' : null;
}

function looksLikeBroken(line: string): 'request' | 'response' | null {
  if (BROKEN_STATUS_LINE.test(line)) return 'response';
  return BROKEN_REQUEST_LINE.test(line) ? 'request' : null;
}

/** `PRI * HTTP/2.0` */
const HTTP_2_PREFACE = 'PRI * HTTP/2.0\r\n';
/** A record of TLS (RFC 8446 §5.1): its type, and the two bytes of a version. */
const TLS_TYPE_MIN = 20;
const TLS_TYPE_MAX = 23;
const TLS_MAJOR = 3;
const TLS_MINOR_MAX = 4;
/** A greeting or reply of SMTP, FTP, NNTP and the like: three digits and a text. */
const REPLY_LINE = /^[1-5]\d\d[ -][^\r\n]*\r?\n/;
const REPLY_SHOWN = 512;

/** The protocol that the first bytes of one side certainly show, where it is none of HTTP/1.x. `isServer`: whose bytes they are. */
export function otherProtocol(bytes: Uint8Array, start: number, end: number, isServer: boolean): 'tls' | 'http/2' | 'other' | null {
  const first = bytes[start]!;
  if (first >= TLS_TYPE_MIN && first <= TLS_TYPE_MAX)
    return end - start > 2 && bytes[start + 1] === TLS_MAJOR && bytes[start + 2]! <= TLS_MINOR_MAX ? 'tls' : null;
  if (isServer && isSettingsFrame(bytes, start, end)) return 'http/2';
  if (isServer)
    return first >= 49 && first <= 53 && REPLY_LINE.test(latin1(bytes, start, Math.min(end, start + REPLY_SHOWN))) ? 'other' : null;
  return first === 80 && latin1(bytes, start, Math.min(end, start + HTTP_2_PREFACE.length)) === HTTP_2_PREFACE ? 'http/2' : null;
}

/** Whether a server's bytes begin as its preface in HTTP/2 does: with a SETTINGS frame of stream 0 (RFC 9113 §3.4, §6.5). */
const isSettingsFrame = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start >= 9 &&
  bytes[start] === 0 &&
  bytes[start + 3] === 4 &&
  bytes[start + 4] === 0 &&
  bytes[start + 5] === 0 &&
  bytes[start + 6] === 0 &&
  bytes[start + 7] === 0 &&
  bytes[start + 8] === 0 &&
  (bytes[start + 1]! * 256 + bytes[start + 2]!) % 6 === 0;

/** The parts of a request line. */
export interface RequestLine {
  method: string;
  target: string;
  version: string;
  /** What RFC 9112 §3 forbids about it; `null` where nothing. */
  fault: string | null;
}

/** A request line without faults, and its place in a head. */
export interface PlainRequestLine extends RequestLine {
  /** The line without its CRLF, and the offset after the CRLF. */
  text: string;
  end: number;
}

/** ` HTTP/1.` */
const SPACE_HTTP_1 = [SPACE, ...HTTP_SLASH, 49, 46] as const;
const ZERO = 48;
const ONE = 49;
/** `GET ` */
const GET_SPACE = 0x47455420;

/**
 * Reads the request line that `bytes[at, end)` begins with, where it has no faults and its version is 1.0 or 1.1: as `parseRequestLine`, but with only
 * one string made of the bytes. `null` where it has faults or is not whole.
 */
export function readPlainRequestLine(bytes: Uint8Array, at: number, end: number): PlainRequestLine | null {
  let target = at;
  let method = 'GET';
  if (end - at > 4 && ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) === GET_SPACE) {
    target += 4;
  } else {
    while (target < end && TOKEN[bytes[target]!] === 1) target++;
    if (target === at || target >= end || bytes[target] !== SPACE) return null;
    method = latin1(bytes, at, target);
    target++;
  }
  let stop = target;
  while (stop < end && bytes[stop]! > SPACE && bytes[stop] !== DEL) stop++;
  // The version, CR and LF follow.
  const digit = stop + SPACE_HTTP_1.length;
  if (stop === target || digit + 3 > end || bytes[digit + 1] !== CR || bytes[digit + 2] !== LF) return null;
  for (let i = 0; i < SPACE_HTTP_1.length; i++) if (bytes[stop + i] !== SPACE_HTTP_1[i]) return null;
  const minor = bytes[digit];
  if (minor !== ONE && minor !== ZERO) return null;
  const version = minor === ONE ? '1.1' : '1.0';
  // A part of a string costs less than strings put together.
  const text = latin1(bytes, at, digit + 1);
  return { method, target: text.slice(target - at, stop - at), version, fault: null, text, end: digit + 3 };
}

/** Reads a request line (RFC 9112 §3). `null`: the line is no HTTP/1 request at all, not even a bad one. */
export function parseRequestLine(line: string): RequestLine | null {
  const space = line.indexOf(' ');
  if (space < 1) return null;
  const method = line.slice(0, space);
  if (method !== 'GET' && !isToken(method)) return null;
  const mark = line.lastIndexOf(' HTTP/');
  if (mark < space) {
    // HTTP/0.9: `GET /path` and nothing more (RFC 1945 §4.1). Other protocols have a GET too, of keys and the like.
    if (method !== 'GET' || line.charCodeAt(space + 1) !== 47) return null;
    return { method, target: line.slice(space + 1), version: '0.9', fault: 'no version' };
  }
  const target = mark === space ? '' : line.slice(space + 1, mark);
  const version = line.slice(mark + 6);
  if (version.startsWith('2')) return null;
  let fault: string | null = null;
  if (target === '') fault = 'no target';
  else if (/[\t\v\f\r ]/.test(target)) fault = 'whitespace in the target';
  else if (!/^\d\.\d$/.test(version)) fault = 'the version is not of the form DIGIT.DIGIT';
  return { method, target, version, fault };
}

/** The parts of a status line. */
export interface StatusLine {
  version: string;
  status: number;
  reason: string;
  /** What RFC 9112 §4 forbids about it; `null` where nothing. */
  fault: string | null;
}

/** Reads a status line (RFC 9112 §4). `null`: the line is no HTTP/1 status line at all. A bare CR counts as a space (RFC 9112 §2.2). */
export function parseStatusLine(line: string): StatusLine | null {
  const bareCr = line.includes('\r');
  const match = /^HTTP\/(\S*)([ \t]+)(\d{1,9})(?:( )(.*))?$/.exec(bareCr ? line.replaceAll('\r', ' ') : line);
  if (match === null) return null;
  const version = match[1]!;
  const status = Number(match[3]);
  let fault: string | null = null;
  if (!/^\d\.\d$/.test(version)) fault = 'the version is not of the form DIGIT.DIGIT';
  else if (match[2] !== ' ') fault = 'more than one space before the status code';
  else if (match[3]!.length !== 3) fault = 'the status code has not three digits';
  else if (bareCr) fault = 'a CR without its LF';
  else if (match[4] === undefined) fault = 'no space after the status code';
  return { version, status, reason: match[5] ?? '', fault };
}

/** Reads a status line that is cut off. `null` where the code is not whole. */
export function partialStatusLine(line: string): StatusLine | null {
  const start = parseStatusLine(line);
  return start === null || !/^\S+[ \t]+\d{3}(?!\d)/.test(line) ? null : { ...start, fault: null };
}

/** `GET ` and nothing more. */
const METHOD_ALONE = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|TRACE|CONNECT) $/;

/** Reads a request line that is cut off. `null` where it does not begin with a method in capitals and a target: other protocols have commands in capitals. */
export function partialRequestLine(line: string): RequestLine | null {
  if (!BROKEN_REQUEST_LINE.test(line) && !METHOD_ALONE.test(line)) return null;
  const match = /^([A-Z][A-Z-]{2,31}) (\S*)/.exec(line);
  return match === null ? null : { method: match[1]!, target: match[2]!, version: '', fault: null };
}
