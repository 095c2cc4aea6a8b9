/**
 * The field lines of a head are most often those of an earlier one, byte for byte: a client repeats its own, a server all but a few. What
 * was read of them is kept and shared, so that neither strings nor arrays are made for the next head with the same bytes.
 */
import { latin1 } from './bytes.ts';
import { type HeadFields, parseFields } from './head.ts';

/** Field blocks that are kept; a block takes the place of another with the same remainder. A power of two. */
const ENTRIES = 1024;
/** Longer blocks are read anew each time: keeping them would cost more memory than it saves time. */
const BYTES_MAX = 2048;
/** Bytes that the place in the cache is computed from. */
const SAMPLES = 24;

interface Entry {
  bytes: Uint8Array;
  fields: HeadFields;
}

const entries: (Entry | undefined)[] = new Array(ENTRIES);

/**
 * The fields of `bytes[start, end)`, the lines behind a start line that ended with CRLF, the empty line included; without control
 * characters. What is shared between heads must not be changed; `faults` is the caller's own.
 */
export function fieldsOf(bytes: Uint8Array, start: number, end: number): HeadFields {
  const length = end - start;
  if (length > BYTES_MAX) return parseFields(latin1(bytes, start, end), 0, false);
  const place = placeOf(bytes, start, end);
  const entry = entries[place];
  if (entry && isSame(entry.bytes, bytes, start, length)) return withOwnFaults(entry.fields);
  const fields = parseFields(latin1(bytes, start, end), 0, false);
  if (fields.faults.length > 0) return fields;
  entries[place] = { bytes: bytes.slice(start, end), fields };
  return withOwnFaults(fields);
}

function placeOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  const step = Math.max(1, (hash / SAMPLES) | 0);
  for (let index = end - 5; index >= start; index -= step) hash = (Math.imul(hash, 31) + bytes[index]!) | 0;
  return (hash ^ (hash >>> 10)) & (ENTRIES - 1);
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let index = 0; index < length; index++) if (known[index] !== bytes[start + index]) return false;
  return true;
}

const withOwnFaults = ({ headers, contentLengths, transferEncodings, connection, hosts, dates }: HeadFields): HeadFields => ({
  headers,
  contentLengths,
  transferEncodings,
  connection,
  hosts,
  dates,
  faults: [],
});
