/**
 * Plain field lines (RFC 9112 §5), up to the empty line, and what they say of the body. Those of the last heads are kept, as in `http/recent-bytes.ts`: a
 * client repeats its own, and a server nearly all of them.
 */
import { FIELDS_AT, FRAMING_CHUNKED, FRAMING_CONTENT_LENGTH, FRAMING_NONE, HEAD_BYTES_MAX } from '../layout';

export const REQUEST: u32 = 0;
export const RESPONSE: u32 = 1;

/** What the lines say, set by `read`. Of a response without either field the framing is `FRAMING_NONE` too: it is not plain. */
export let framing: u32 = FRAMING_NONE;
export let contentLength: f64 = 0;

/** One entry: length, framing, content length, bytes. */
const ENTRY_FRAMING: usize = 4;
const ENTRY_CONTENT_LENGTH: usize = 8;
const ENTRY_BYTES: usize = 16;
const ENTRY_SIZE: u32 = <u32>ENTRY_BYTES + HEAD_BYTES_MAX;
const ENTRIES: u32 = 6;

/** Of each role: how many entries there are; then the entry that was found last, and the one to be forgotten next. */
let requestsKnown: u32 = 0;
let responsesKnown: u32 = 0;
let lastRequest: usize = 0;
let lastResponse: usize = 0;
let toForget: u32 = 0;

const SPACE: u8 = 32;
const HTAB: u8 = 9;
const DEL: u8 = 127;
const CRLF: u16 = 0x0a0d;
const CONTENT_LENGTH_DIGITS: usize = 15;

/** 1 for the characters of a token (RFC 9110 §5.6.2). */
const TOKEN = memory.data(256);
for (let code: u32 = 33; code < 127; code++) if (isTokenCharacter(code)) store<u8>(TOKEN + code, 1);

function isTokenCharacter(code: u32): bool {
  if ((code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 94 && code <= 122)) return true;
  switch (code) {
    case 33: // !
    case 35: // #
    case 36: // $
    case 37: // %
    case 38: // &
    case 39: // '
    case 42: // *
    case 43: // +
    case 45: // -
    case 46: // .
    case 124: // |
    case 126: // ~
      return true;
    default:
      return false;
  }
}

/** Reads the field lines that `[at, end)` begins with. Gives the place after the empty line; 0 where they are not plain, or not whole. */
export function read(role: u32, at: usize, end: usize): usize {
  const last = role === REQUEST ? lastRequest : lastResponse;
  if (last !== 0 && isEntry(last, at, end)) return at + found(last);
  const entries: usize = FIELDS_AT + role * ENTRIES * ENTRY_SIZE;
  const known = role === REQUEST ? requestsKnown : responsesKnown;
  for (let index: u32 = 0; index < known; index++) {
    const entry = entries + index * ENTRY_SIZE;
    if (entry === last || !isEntry(entry, at, end)) continue;
    if (role === REQUEST) lastRequest = entry;
    else lastResponse = entry;
    return at + found(entry);
  }
  const stop = scan(role, at, end);
  if (stop !== 0) keep(role, entries, at, stop);
  return stop;
}

function isEntry(entry: usize, at: usize, end: usize): bool {
  const length: usize = load<u32>(entry);
  return length <= end - at && isSame(entry + ENTRY_BYTES, at, length);
}

/** Sets what the entry says, and gives its length. */
function found(entry: usize): usize {
  framing = load<u32>(entry, ENTRY_FRAMING);
  contentLength = load<f64>(entry, ENTRY_CONTENT_LENGTH);
  return load<u32>(entry);
}

/** From the end on: what differs (dates, tags, lengths) is seldom in the first lines. */
function isSame(known: usize, at: usize, length: usize): bool {
  while (length >= 8) {
    length -= 8;
    if (load<u64>(known + length) !== load<u64>(at + length)) return false;
  }
  while (length > 0) {
    length--;
    if (load<u8>(known + length) !== load<u8>(at + length)) return false;
  }
  return true;
}

function keep(role: u32, entries: usize, at: usize, stop: usize): void {
  const length = stop - at;
  if (length > <usize>HEAD_BYTES_MAX) return;
  let index = toForget++ % ENTRIES;
  if (role === REQUEST) {
    if (requestsKnown < ENTRIES) index = requestsKnown++;
  } else if (responsesKnown < ENTRIES) index = responsesKnown++;
  const entry = entries + index * ENTRY_SIZE;
  store<u32>(entry, <u32>length);
  store<u32>(entry, framing, ENTRY_FRAMING);
  store<f64>(entry, contentLength, ENTRY_CONTENT_LENGTH);
  memory.copy(entry + ENTRY_BYTES, at, length);
}

function scan(role: u32, at: usize, end: usize): usize {
  let hosts: u32 = 0;
  let dates: u32 = 0;
  framing = FRAMING_NONE;
  contentLength = 0;
  while (end - at >= 2) {
    if (load<u16>(at) === CRLF) return role === REQUEST && (hosts !== 1 || framing !== FRAMING_NONE) ? 0 : at + 2;
    const name = at;
    while (at < end && load<u8>(TOKEN + load<u8>(at)) !== 0) at++;
    const nameLength = at - name;
    if (nameLength === 0 || at === end || load<u8>(at) !== 58) return 0;
    at++;
    while (at < end && isBlank(load<u8>(at))) at++;
    const value = at;
    while (at < end && isText(load<u8>(at))) at++;
    if (end - at < 2 || load<u16>(at) !== CRLF) return 0;
    let valueEnd = at;
    while (valueEnd > value && isBlank(load<u8>(valueEnd - 1))) valueEnd--;
    at += 2;
    // A line that begins with a blank continues the one before it (obs-fold).
    switch (<u32>nameLength) {
      case 4:
        if (is(name, 'host', 4)) hosts++;
        else if (is(name, 'date', 4)) dates++;
        break;
      case 10:
        if (is(name, 'connection', 10) && !(valueEnd - value === 10 && is(value, 'keep-alive', 10))) return 0;
        break;
      case 14:
        if (is(name, 'content-length', 14) && !isLength(value, valueEnd)) return 0;
        break;
      case 17:
        if (!is(name, 'transfer-encoding', 17)) break;
        if (framing !== FRAMING_NONE || valueEnd - value !== 7 || !is(value, 'chunked', 7)) return 0;
        framing = FRAMING_CHUNKED;
        break;
      default:
    }
    if (dates > 1) return 0;
  }
  return 0;
}

function isLength(at: usize, end: usize): bool {
  if (framing !== FRAMING_NONE || at === end || end - at > CONTENT_LENGTH_DIGITS) return false;
  framing = FRAMING_CONTENT_LENGTH;
  contentLength = 0;
  for (; at < end; at++) {
    const digit: u32 = load<u8>(at) - 48;
    if (digit > 9) return false;
    contentLength = contentLength * 10 + <f64>digit;
  }
  return true;
}

/** Whether the bytes are `lower`, without regard to case. */
function is(at: usize, lower: string, length: u32): bool {
  for (let index: u32 = 0; index < length; index++) {
    const byte = <u32>load<u8>(at + index);
    const known = <u32>lower.charCodeAt(index);
    if (byte !== known && (known < 97 || byte !== known - 32)) return false;
  }
  return true;
}

function isBlank(byte: u8): bool {
  return byte === SPACE || byte === HTAB;
}

/** What a field value may have; a control character ends the line, or is not plain. */
function isText(byte: u8): bool {
  return (byte >= SPACE && byte !== DEL) || byte === HTAB;
}
