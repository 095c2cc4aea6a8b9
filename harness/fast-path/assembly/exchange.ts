/**
 * Plain exchanges (RFC 9112): a GET whose head is one segment; then, and not earlier, a final response whose head is whole in its first segment and whose
 * body, by Content-Length or chunked, ends with a segment.
 */
import {
  ANSWERED,
  ANSWERING,
  ASKED,
  BODY_BYTES,
  BODY_WIRE_BYTES,
  CHUNK_DATA,
  CHUNK_DATA_END,
  CHUNK_SIZE,
  CHUNK_STATE,
  CLIENT,
  FRAMING,
  FRAMING_CHUNKED,
  FRAMING_NONE,
  HEAD_BYTES,
  HEAD_BYTES_MAX,
  HEAD_FRAME,
  HEAD_NS,
  IDLE,
  MESSAGE_OFFSET,
  PAYLOAD_BYTES,
  REMAINING,
  REQUEST_HEAD,
  RESPONSE_END_NS,
  RESPONSE_HEAD,
  RESPONSE_LARGEST,
  RESPONSE_LAST_FRAME,
  RESPONSE_SEGMENTS,
  SEGMENT_FRAMES,
  SEGMENT_SIZES,
  SEGMENTS_KEPT,
  SERVER,
  STATE,
  STATUS,
  TARGET_BYTES,
} from '../layout';
import * as connections from './connections';
import * as fields from './fields';
import * as segment from './segment';

/** Set by `payload`: the segment at hand ends an exchange. */
export let whole: bool = false;

/** As the bytes are in memory: `GET `, then ` HTT` `P/1.` `1` CRLF, then `HTTP` `/1.1`. */
const GET_SPACE: u32 = 0x20544547;
const SPACE_HTT: u32 = 0x54544820;
const P_SLASH_1_DOT: u32 = 0x2e312f50;
const ONE_CRLF: u32 = 0x0a0d31;
const HTTP: u32 = 0x50545448;
const SLASH_1_1: u32 = 0x312e312f;
const CRLF: u16 = 0x0a0d;
const SPACE: u8 = 32;
const DEL: u8 = 127;
const REQUEST_LINE_REST: usize = 11;
/** `HTTP/1.1 200 ` */
const STATUS_LINE_MIN: usize = 13;
/** Fewer than make a number beyond 2^53. */
const CHUNK_SIZE_DIGITS: u32 = 12;

/** Takes the payload at hand into account. False where it is not plain: then nothing that counts in the present `STATE` has changed. */
export function payload(frame: u32, timeNs: f64): bool {
  if (connections.fromClient) return request(frame, timeNs);
  const state = load<u32>(connections.found, STATE);
  if (state === ASKED) return response(frame, timeNs);
  return state === ANSWERING && body(segment.payload, 0, frame, timeNs);
}

function request(frame: u32, timeNs: f64): bool {
  const connection = connections.found;
  const start = segment.payload;
  const end = segment.payloadEnd;
  const length = end - start;
  const state = load<u32>(connection, STATE);
  if ((state !== IDLE && state !== ANSWERED) || length > <usize>HEAD_BYTES_MAX || length < 4 || load<u32>(start) !== GET_SPACE)
    return false;
  const target = start + 4;
  let at = target;
  while (at < end && load<u8>(at) > SPACE && load<u8>(at) < DEL) at++;
  const targetBytes = at - target;
  if (targetBytes === 0 || end - at <= REQUEST_LINE_REST) return false;
  if (load<u32>(at) !== SPACE_HTT || load<u32>(at, 4) !== P_SLASH_1_DOT || (load<u32>(at, 8) & 0xff_ffff) !== ONE_CRLF) return false;
  if (fields.read(fields.REQUEST, at + REQUEST_LINE_REST, end) !== end) return false;
  const side = connection + CLIENT;
  memory.copy(connection + REQUEST_HEAD, start, length);
  store<u32>(connection, <u32>targetBytes, TARGET_BYTES);
  store<f64>(side, load<f64>(side, PAYLOAD_BYTES), MESSAGE_OFFSET);
  store<u32>(side, <u32>length, HEAD_BYTES);
  store<u32>(side, frame, HEAD_FRAME);
  store<f64>(side, timeNs, HEAD_NS);
  store<u32>(connection, ASKED, STATE);
  return true;
}

function response(frame: u32, timeNs: f64): bool {
  const connection = connections.found;
  const start = segment.payload;
  const end = segment.payloadEnd;
  if (
    end - start < STATUS_LINE_MIN ||
    load<u32>(start) !== HTTP ||
    load<u32>(start, 4) !== SLASH_1_1 ||
    load<u8>(start, 8) !== SPACE ||
    load<u8>(start, 12) !== SPACE
  )
    return false;
  const hundreds: u32 = <u32>load<u8>(start, 9) - 48;
  const tens: u32 = <u32>load<u8>(start, 10) - 48;
  const ones: u32 = <u32>load<u8>(start, 11) - 48;
  // Neither interim responses nor invalid codes.
  if (hundreds < 2 || hundreds > 5 || tens > 9 || ones > 9) return false;
  let at = start + STATUS_LINE_MIN;
  while (at < end && load<u8>(at) >= SPACE && load<u8>(at) < DEL) at++;
  if (end - at < 2 || load<u16>(at) !== CRLF) return false;
  const headEnd = fields.read(fields.RESPONSE, at + 2, end);
  if (headEnd === 0 || headEnd - start > <usize>HEAD_BYTES_MAX) return false;
  const status = hundreds * 100 + tens * 10 + ones;
  let framing = fields.framing;
  let length = fields.contentLength;
  if (status === 204 || status === 304) {
    framing = FRAMING_NONE;
    length = 0;
  } else if (framing === FRAMING_NONE) return false;

  store<u32>(connection, framing, FRAMING);
  store<f64>(connection, length, REMAINING);
  store<u32>(connection, CHUNK_SIZE, CHUNK_STATE);
  store<f64>(connection, 0, BODY_BYTES);
  store<f64>(connection, 0, BODY_WIRE_BYTES);
  store<u32>(connection, 0, RESPONSE_SEGMENTS);
  store<u32>(connection, 0, RESPONSE_LARGEST);
  store<u32>(connection, status, STATUS);
  if (!body(headEnd, headEnd - start, frame, timeNs)) return false;
  const side = connection + SERVER;
  memory.copy(connection + RESPONSE_HEAD, start, headEnd - start);
  store<f64>(side, load<f64>(side, PAYLOAD_BYTES), MESSAGE_OFFSET);
  store<u32>(side, <u32>(headEnd - start), HEAD_BYTES);
  store<u32>(side, frame, HEAD_FRAME);
  store<f64>(side, timeNs, HEAD_NS);
  return true;
}

/** Takes the bytes of the body from `at` on into account. Before them the segment has `headBytes` of a head. */
function body(at: usize, headBytes: usize, frame: u32, timeNs: f64): bool {
  const connection = connections.found;
  const end = segment.payloadEnd;
  const framing = load<u32>(connection, FRAMING);
  const count = <f64>(end - at);
  let remaining = load<f64>(connection, REMAINING);
  let ends: bool;
  if (framing === FRAMING_CHUNKED) {
    if (!chunks(connection, at, end)) return false;
    ends = lastChunk;
  } else {
    if (count > remaining) return false;
    remaining -= count;
    store<f64>(connection, remaining, REMAINING);
    store<f64>(connection, load<f64>(connection, BODY_BYTES) + count, BODY_BYTES);
    ends = remaining === 0;
  }
  store<f64>(connection, load<f64>(connection, BODY_WIRE_BYTES) + count, BODY_WIRE_BYTES);
  const size = <u32>(end - at + headBytes);
  const segments = load<u32>(connection, RESPONSE_SEGMENTS);
  if (segments < <u32>SEGMENTS_KEPT) {
    store<u32>(connection + (segments << 2), size, SEGMENT_SIZES);
    store<u32>(connection + (segments << 2), frame, SEGMENT_FRAMES);
  }
  store<u32>(connection, segments + 1, RESPONSE_SEGMENTS);
  if (size > load<u32>(connection, RESPONSE_LARGEST)) store<u32>(connection, size, RESPONSE_LARGEST);
  store<u32>(connection, frame, RESPONSE_LAST_FRAME);
  store<f64>(connection, timeNs, RESPONSE_END_NS);
  store<u32>(connection, ends ? ANSWERED : ANSWERING, STATE);
  whole = ends;
  return true;
}

/** Set by `chunks`: the last chunk and the empty line after it are there. */
let lastChunk: bool = false;

/** The chunked coding (RFC 9112 §7.1) in `[at, end)`: sizes without extensions, each whole with its line end, and no trailer section. */
function chunks(connection: usize, at: usize, end: usize): bool {
  let state = load<u32>(connection, CHUNK_STATE);
  let remaining = load<f64>(connection, REMAINING);
  let content: f64 = 0;
  lastChunk = false;
  while (at < end) {
    if (state === CHUNK_DATA) {
      const there = <f64>(end - at);
      const taken = remaining < there ? remaining : there;
      at += <usize>taken;
      content += taken;
      remaining -= taken;
      if (remaining === 0) state = CHUNK_DATA_END;
      continue;
    }
    if (state === CHUNK_DATA_END) {
      if (end - at < 2 || load<u16>(at) !== CRLF) return false;
      at += 2;
      state = CHUNK_SIZE;
      continue;
    }
    let digits: u32 = 0;
    let size: f64 = 0;
    for (let digit = hexadecimal(load<u8>(at)); digit >= 0; digit = at < end ? hexadecimal(load<u8>(at)) : -1) {
      size = size * 16 + <f64>digit;
      digits++;
      at++;
    }
    if (digits === 0 || digits > CHUNK_SIZE_DIGITS || end - at < 2 || load<u16>(at) !== CRLF) return false;
    at += 2;
    if (size === 0) {
      if (end - at !== 2 || load<u16>(at) !== CRLF) return false;
      lastChunk = true;
      break;
    }
    remaining = size;
    state = CHUNK_DATA;
  }
  store<u32>(connection, state, CHUNK_STATE);
  store<f64>(connection, remaining, REMAINING);
  store<f64>(connection, load<f64>(connection, BODY_BYTES) + content, BODY_BYTES);
  return true;
}

function hexadecimal(byte: u32): i32 {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
