import type { MessageProblemKind } from '../model.ts';
import type { Fault, HeadFields } from './head-fields.ts';
import { MAX_HEADER_FIELDS, MAX_PROBLEMS } from './limits.ts';
import { isToken } from './start-line.ts';

/** 1 for what ends a line or is allowed nowhere in a head: all control characters but HTAB (RFC 9110 §5.5). */
const SPECIAL = new Uint8Array(256).fill(1, 0, 32);
SPECIAL[9] = 0;
SPECIAL[127] = 1;

/** Looks for the end of a head, and for bytes that it must not have, in one pass. */
export class HeadScan {
  /** A control character other than HTAB and line ends, or a CR without its LF. */
  controls = false;

  /**
   * The offset after the empty line that ends a head; −1 where that line is not in `bytes[from, end)`: the search then has to go on two bytes before `end`.
   * Lines end with CRLF; a bare LF ends one too (RFC 9112 §2.2).
   */
  findEnd(bytes: Uint8Array, from: number, end: number): number {
    for (let i = from; i < end; i++) {
      const byte = bytes[i]!;
      if (SPECIAL[byte] === 0) continue;
      if (byte === 13) {
        if (i + 1 < end && bytes[i + 1] !== 10) this.controls = true;
      } else if (byte !== 10) {
        this.controls = true;
      } else if (i + 1 < end) {
        const next = bytes[i + 1];
        if (next === 10) return i + 2;
        if (next === 13 && i + 2 < end && bytes[i + 2] === 10) return i + 3;
      }
    }
    return -1;
  }
}

/** The first line of a head, without its line end. */
export function firstLine(head: string): string {
  const lf = head.indexOf('\n');
  if (lf === -1) return head;
  return head.charCodeAt(lf - 1) === 13 ? head.slice(0, lf - 1) : head.slice(0, lf);
}

const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

/**
 * Reads the field lines of `head` from `at` on, which is after the start line's LF; a trailer section is `parseFields(section, 0, …)`. `controls`:
 * as `HeadScan` found it.
 */
export function parseFields(head: string, at: number, controls: boolean): HeadFields {
  const fields: HeadFields = {
    headers: [],
    contentLengths: [],
    transferEncodings: [],
    connection: '',
    closes: false,
    keepsAlive: false,
    counted: null,
    hosts: 0,
    dates: 0,
    faults: [],
  };
  const { headers, faults } = fields;
  let bareLf = at > 0 && head.charCodeAt(at - 2) !== 13;
  const length = head.length;
  // Kept until it is passed: without that, a head of many lines without a colon would be searched to its end at each of them.
  let colon = -1;
  /** Values of the last field and of the lines that continue it. */
  let folded: string[] | null = null;
  const unfold = (): void => {
    if (folded === null) return;
    const [name] = headers.pop()!;
    addFault(faults, 'obs-fold', `the value of ${quote(name)} goes on on the next line`);
    headers.push([name, folded.filter((part) => part !== '').join(' ')]);
    folded = null;
  };
  while (at < length) {
    let lf = head.indexOf('\n', at);
    // A head that was cut off: its last line is not whole.
    if (lf === -1) lf = length;
    let lineEnd = lf;
    if (lf > at && head.charCodeAt(lf - 1) === 13) lineEnd--;
    else if (lf < length) bareLf = true;
    if (lineEnd === at) break;
    const first = head.charCodeAt(at);
    if (first === 32 || first === 9) {
      const last = headers.at(-1);
      if (last === undefined) addFault(faults, 'invalid-header-name', 'whitespace before the first field');
      else (folded ??= [last[1]]).push(trim(head, at, lineEnd));
      at = lf + 1;
      continue;
    }
    if (folded !== null) unfold();
    if (colon < at) {
      colon = head.indexOf(':', at);
      if (colon === -1) colon = length;
    }
    const hasColon = colon < lineEnd;
    if (!hasColon) addFault(faults, 'invalid-header-name', `no colon in ${quote(head.slice(at, lineEnd))}`);
    const nameStop = hasColon ? colon : lineEnd;
    let nameEnd = nameStop;
    while (nameEnd > at && isBlank(head.charCodeAt(nameEnd - 1))) nameEnd--;
    const name = head.slice(at, nameEnd);
    if (hasColon && nameEnd < colon) addFault(faults, 'whitespace-before-colon', quote(name));
    if (hasColon && !isToken(name)) addFault(faults, 'invalid-header-name', quote(name));
    const value = trim(head, nameStop + 1, lineEnd);
    headers.push([name, value]);
    at = lf + 1;
  }
  unfold();
  if (bareLf) faults.push({ kind: 'bare-lf', detail: 'a line ends with LF alone' });
  if (controls) {
    const bad = headers.find(([, value]) => CONTROL.test(value));
    if (bad) faults.push({ kind: 'invalid-header-value', detail: `control character in ${quote(bad[0])}` });
  }
  for (let i = 0; i < headers.length; i++) note(fields, headers[i]![0], headers[i]![1]);
  fields.closes = connectionHas(fields.connection, 'close');
  fields.keepsAlive = connectionHas(fields.connection, 'keep-alive');
  if (fields.dates > 1) faults.push({ kind: 'duplicate-date', detail: `${fields.dates} Date fields` });
  if (headers.length > MAX_HEADER_FIELDS) {
    const beyond = headers.length - MAX_HEADER_FIELDS;
    headers.length = MAX_HEADER_FIELDS;
    faults.push({ kind: 'head-too-large', detail: `${beyond} fields beyond MAX_HEADER_FIELDS (${MAX_HEADER_FIELDS}) are not kept` });
  }
  return fields;
}

/** Adds a fault of which a head may have thousands: no more than a message keeps. */
function addFault(faults: Fault[], kind: MessageProblemKind, detail: string): void {
  if (faults.length < MAX_PROBLEMS) faults.push({ kind, detail });
}

/** Collects what framing and persistence depend on. Most fields are passed over by the length of their name. */
function note(fields: HeadFields, name: string, value: string): void {
  switch (name.length) {
    case 4: {
      const lower = name.toLowerCase();
      if (lower === 'host') fields.hosts++;
      else if (lower === 'date') fields.dates++;
      break;
    }
    case 10:
      if (name.toLowerCase() === 'connection') fields.connection += `${fields.connection === '' ? '' : ','}${value.toLowerCase()}`;
      break;
    case 14:
      if (name.toLowerCase() === 'content-length') fields.contentLengths.push(value);
      break;
    case 17:
      if (name.toLowerCase() === 'transfer-encoding') fields.transferEncodings.push(value.toLowerCase());
      break;
  }
}

/** Whether `Connection` has the option (RFC 9110 §7.6.1). */
function connectionHas(connection: string, option: string): boolean {
  if (connection === option) return true;
  return connection.includes(option) && connection.split(',').some((part) => part.trim() === option);
}

const isBlank = (code: number): boolean => code === 32 || code === 9;

function trim(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return start < end ? text.slice(start, end) : '';
}

/** A text in quotes, shortened. For messages. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
