/**
 * Exchanges that are only listed: a line each, in the order in which they ended, to the letter as `commands/analysis-text.ts` writes it. (Two hundred thousand
 * lines take longer to write there than all else takes here.)
 */
import {
  BEFORE_STREAM,
  BEFORE_STREAM_BYTES,
  BEHIND_STREAM,
  BEHIND_STREAM_BYTES,
  BODY_BYTES,
  CLIENT,
  FRAMING,
  FRAMING_CHUNKED,
  FRAMING_CONTENT_LENGTH,
  HEAD_FRAME,
  HEAD_NS,
  LIST_AT,
  LIST_BYTES,
  LISTED_AS,
  REQUEST_HEAD,
  STATUS,
  STREAM,
  TARGET_BYTES,
} from '../layout';

/** `GET `, which stands before the target. */
const METHOD_BYTES: usize = 4;
/** As in `analysis-text.ts`: of a longer target one character less, and an ellipsis. */
const TARGET_SHOWN: usize = 60;
const ZERO: u8 = 48;

/** Behind the last line. */
export let listEnd: usize = LIST_AT;

export function isFull(): bool {
  return listEnd >= <usize>(LIST_AT + LIST_BYTES);
}

export function emptyList(): void {
  listEnd = LIST_AT;
}

/** Lists the exchange of `connection` that ends with frame `last`. */
export function list(connection: usize, last: u32, endNs: f64): void {
  const server: usize = load<u32>(connection, LISTED_AS);
  copy(server + BEFORE_STREAM, load<u32>(server, BEFORE_STREAM_BYTES));
  number(load<u32>(connection, STREAM));
  copy(server + BEHIND_STREAM, load<u32>(server, BEHIND_STREAM_BYTES));
  const targetBytes: usize = load<u32>(connection, TARGET_BYTES);
  if (targetBytes <= TARGET_SHOWN) {
    copy(connection + REQUEST_HEAD, METHOD_BYTES + targetBytes);
  } else {
    copy(connection + REQUEST_HEAD, METHOD_BYTES + TARGET_SHOWN - 1);
    text('\u2026');
  }
  text('  ');
  number(load<u32>(connection, STATUS));
  text(', ');
  number(<u64>load<f64>(connection, BODY_BYTES));
  const framing = load<u32>(connection, FRAMING);
  text(
    framing === FRAMING_CONTENT_LENGTH
      ? ' bytes (content-length), '
      : framing === FRAMING_CHUNKED
        ? ' bytes (chunked), '
        : ' bytes (none), ',
  );
  milliseconds(endNs - load<f64>(connection + CLIENT, HEAD_NS));
  text(' ms, frames ');
  number(load<u32>(connection + CLIENT, HEAD_FRAME));
  text('-');
  number(last);
  text('\n');
}

function copy(from: usize, count: usize): void {
  memory.copy(listEnd, from, count);
  listEnd += count;
}

function text(characters: string): void {
  listEnd += String.UTF8.encodeUnsafe(changetype<usize>(characters), characters.length, listEnd);
}

function number(value: u64): void {
  let digits: usize = 1;
  for (let rest = value; rest >= 10; rest /= 10) digits++;
  listEnd += digits;
  let at = listEnd;
  do {
    store<u8>(--at, ZERO + <u8>(value % 10));
    value /= 10;
  } while (value !== 0);
}

/** With three decimals at most, and no zeros at the end. */
function milliseconds(ns: f64): void {
  const microseconds = <u64>Math.round(ns / 1e3);
  number(microseconds / 1000);
  let rest = <u32>(microseconds % 1000);
  if (rest === 0) return;
  text('.');
  for (let unit: u32 = 100; rest !== 0; unit /= 10) {
    store<u8>(listEnd++, ZERO + <u8>(rest / unit));
    rest %= unit;
  }
}
