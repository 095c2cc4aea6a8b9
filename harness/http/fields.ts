import type { HeaderField } from '../model.ts';

/** The parts of a message that carry fields. */
export interface WithHeaders {
  readonly headers: readonly HeaderField[];
}

/** The values of all field lines with this name, in order; names are compared without regard to case (RFC 9110 §5.1). */
export function fieldValues(message: WithHeaders, name: string): string[] {
  const lower = name.toLowerCase();
  const values: string[] = [];
  const { headers } = message;
  // Rules ask for hundreds of thousands of fields: before V8 has compiled it, taking pairs apart makes four objects for each.
  for (let place = 0; place < headers.length; place++) {
    const line = headers[place]!;
    if (line[0].length === lower.length && line[0].toLowerCase() === lower) values.push(line[1]);
  }
  return values;
}

/** The combined field value: the lines joined by a comma (RFC 9110 §5.2); `null` where there is none. */
export function field(message: WithHeaders, name: string): string | null {
  const values = fieldValues(message, name);
  return values.length === 0 ? null : values.join(', ');
}

/** The elements of a list-based field (RFC 9110 §5.6.1): empty ones left out, commas inside quoted strings kept. */
export function listElements(value: string | null): string[] {
  return value === null ? [] : splitOutsideQuotes(value, ',').filter((element) => element !== '');
}

/** Makes a function of a message's fields compute its result once for all messages that share them: most of a capture do (`recent-bytes.ts`). */
export function oncePerHead<T>(read: (message: WithHeaders) => T): (message: WithHeaders) => T {
  const known = new WeakMap<readonly HeaderField[], T>();
  return (message) => {
    const { headers } = message;
    if (!known.has(headers)) known.set(headers, read(message));
    return known.get(headers) as T;
  };
}

/** The options of `Connection`, in lower case (RFC 9110 §7.6.1). */
export const connectionOptions = oncePerHead((message): readonly string[] =>
  listElements(field(message, 'connection')).map((option) => option.toLowerCase()),
);

/**
 * `name`, `name=token` or `name="quoted string"` as a list's element or a parameter has it. The name is in lower case; `null` where there is no value.
 */
function nameAndValue(text: string): [name: string, value: string | null] {
  const equals = text.indexOf('=');
  if (equals === -1) return [text.trim().toLowerCase(), null];
  return [text.slice(0, equals).trim().toLowerCase(), unquote(text.slice(equals + 1).trim())];
}

/** The directives of `Cache-Control` (RFC 9111 §5.2), names in lower case; of two with one name the first counts. `null`: the directive has no argument. */
export function cacheControl(value: string | null): Map<string, string | null> {
  const directives = new Map<string, string | null>();
  for (const element of listElements(value)) {
    const [name, argument] = nameAndValue(element);
    if (name !== '' && !directives.has(name)) directives.set(name, argument);
  }
  return directives;
}

/** A directive's delta-seconds (RFC 9111 §1.2.2): seconds, at most 2^31; `null` where it is missing or no number. */
export function deltaSeconds(argument: string | null | undefined): number | null {
  if (argument === null || argument === undefined || !/^\d+$/.test(argument)) return null;
  return Math.min(Number(argument), 2 ** 31);
}

/** The value of `Content-Range`. */
export type ContentRange =
  /** `bytes 0-9/100`; `length` is `null` for `*`. */
  | { unit: string; first: number; last: number; length: number | null }
  /** An unsatisfied range, as a 416 names it: an asterisk before the length. */
  | { unit: string; first: null; last: null; length: number };

/** Reads `Content-Range` (RFC 9110 §14.4); `null` where it is missing or invalid (the last position before the first, or beyond the length). */
export function contentRange(value: string | null): ContentRange | null {
  const match =
    value === null ? null : /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (?:(\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)|\*\/(\d{1,15}))$/.exec(value);
  if (match === null) return null;
  const unit = match[1]!.toLowerCase();
  if (match[5] !== undefined) return { unit, first: null, last: null, length: Number(match[5]) };
  const first = Number(match[2]);
  const last = Number(match[3]);
  const length = match[4] === '*' ? null : Number(match[4]);
  if (last < first || (length !== null && last >= length)) return null;
  return { unit, first, last, length };
}

/** The value of `ETag`. */
export interface EntityTag {
  weak: boolean;
  /** Between the quotes. */
  opaque: string;
}

/** Reads `ETag` (RFC 9110 §8.8.3); `null` where it is missing or invalid (without quotes, say). */
export function entityTag(value: string | null): EntityTag | null {
  const match = value === null ? null : /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/.exec(value);
  return match === null ? null : { weak: match[1] !== undefined, opaque: match[2]! };
}

/** What kind of validator an `ETag` is; `none` where it is invalid. */
export function entityTagKind(value: string | null): 'strong' | 'weak' | 'none' {
  const tag = entityTag(value);
  return tag === null ? 'none' : tag.weak ? 'weak' : 'strong';
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const IMF_FIXDATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;
const RFC_850 = /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d):(\d\d):(\d\d) GMT$/;
const ASCTIME = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) (\d\d| \d) (\d\d):(\d\d):(\d\d) (\d{4})$/;

/**
 * An HTTP-date (RFC 9110 §5.6.7) in any of its three forms, as milliseconds since the epoch; `null` where it is missing or invalid. The day of
 * the week is not compared with the date. `nowMs`: a two-digit year that seems more than 50 years ahead of it is one of the past;
 * without it, 70 to 99 are of the last century.
 */
export function httpDate(value: string | null, nowMs?: number): number | null {
  if (value === null) return null;
  let match = IMF_FIXDATE.exec(value);
  if (match !== null) return dateMs(Number(match[3]), match[2]!, match[1]!, match[4]!, match[5]!, match[6]!);
  match = ASCTIME.exec(value);
  if (match !== null) return dateMs(Number(match[6]), match[1]!, match[2]!, match[3]!, match[4]!, match[5]!);
  match = RFC_850.exec(value);
  if (match === null) return null;
  const twoDigits = Number(match[3]);
  const century = nowMs === undefined ? null : Math.floor(new Date(nowMs).getUTCFullYear() / 100) * 100;
  const year = century === null ? twoDigits + (twoDigits < 70 ? 2000 : 1900) : century + twoDigits;
  const date = dateMs(year, match[2]!, match[1]!, match[4]!, match[5]!, match[6]!);
  if (date === null || nowMs === undefined) return date;
  const limit = new Date(nowMs);
  limit.setUTCFullYear(limit.getUTCFullYear() + 50);
  return date <= limit.getTime() ? date : dateMs(year - 100, match[2]!, match[1]!, match[4]!, match[5]!, match[6]!);
}

/** Whether it is an HTTP-date in one of the two forms that nobody may send any more. */
export const isObsoleteDate = (value: string): boolean => httpDate(value) !== null && !IMF_FIXDATE.test(value);

function dateMs(year: number, monthName: string, dayText: string, hourText: string, minuteText: string, secondText: string): number | null {
  const month = MONTHS.indexOf(monthName);
  const [day, hour, minute, second] = [Number(dayText), Number(hourText), Number(minuteText), Number(secondText)];
  // 60 is a leap second.
  if (month === -1 || hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  // The 31st of a shorter month would have become a day of the next.
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return null;
  return date.setUTCHours(hour, minute, second);
}

/** The parameters of `Keep-Alive`. */
export interface KeepAlive {
  /** Seconds. */
  timeout: number | null;
  /** Requests. */
  max: number | null;
}

/** The parameters of `Keep-Alive` (RFC 2068 §19.7.1.1; in use, though RFC 9112 §C.2.2 only names the field); `null` each where missing or no number. */
export function keepAlive(value: string | null): KeepAlive {
  const parameters = cacheControl(value);
  const whole = (text: string | null | undefined): number | null => (text && /^\d{1,15}$/.test(text) ? Number(text) : null);
  return { timeout: whole(parameters.get('timeout')), max: whole(parameters.get('max')) };
}

/** The value of `Content-Type`. */
export interface MediaType {
  /** `text/html`, in lower case. */
  type: string;
  /** Names in lower case; of two with one name the first counts. */
  parameters: Map<string, string>;
}

/** Reads `Content-Type` (RFC 9110 §8.3.1); `null` where it is missing or invalid. */
export function mediaType(value: string | null): MediaType | null {
  if (value === null) return null;
  const [type = '', ...rest] = splitOutsideQuotes(value, ';');
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(type)) return null;
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const [name, argument] = nameAndValue(part);
    if (name !== '' && argument !== null && !parameters.has(name)) parameters.set(name, argument);
  }
  return { type: type.toLowerCase(), parameters };
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  if (!text.includes('"')) return text.split(separator).map(trimBlanks);
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === '\\') i++;
    else if (c === '"') quoted = !quoted;
    else if (c === separator && !quoted) {
      parts.push(trimBlanks(text.slice(start, i)));
      start = i + 1;
    }
  }
  parts.push(trimBlanks(text.slice(start)));
  return parts;
}

const trimBlanks = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');

/** The value of a quoted string (RFC 9110 §5.6.4); anything else as it is. */
function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/g, '$1');
}
