import type { Framing, HeadFields } from './head-fields.ts';

const NONE: Framing = { kind: 'none', length: 0 };
const CHUNKED: Framing = { kind: 'chunked', length: 0 };
const CLOSE: Framing = { kind: 'close', length: 0 };
const TUNNEL: Framing = { kind: 'tunnel', length: 0 };

/** The framing of a request's body (RFC 9112 §6.3). Adds what it finds wrong to `fields.faults`. */
export function requestFraming(version: string, fields: HeadFields): Framing {
  return codedOrCounted(version, fields) ?? NONE;
}

/** The framing of the body of a response to `method` (RFC 9112 §6.3). `null`: the request was not seen, and is taken for a GET. */
export function responseFraming(version: string, status: number, method: string | null, fields: HeadFields): Framing {
  // Read in any case: faults of the fields are reported even where the fields don't count.
  const framing = codedOrCounted(version, fields) ?? CLOSE;
  if (status === 101) return TUNNEL;
  if (method === 'CONNECT' && status >= 200 && status < 300) return TUNNEL;
  if (isInterim(status) || status === 204) {
    // RFC 9110 §8.6, RFC 9112 §6.1.
    if (fields.contentLengths.length > 0)
      fields.faults.push({
        kind: 'content-length-not-allowed',
        detail: `Content-Length: ${fields.contentLengths.join(', ')} in a ${status}`,
      });
    if (fields.transferEncodings.length > 0)
      fields.faults.push({ kind: 'transfer-encoding-not-allowed', detail: `Transfer-Encoding in a ${status}` });
    return NONE;
  }
  return method === 'HEAD' || status === 304 ? NONE : framing;
}

/** 1xx (RFC 9110 §15.2). A code below 100 is invalid and counts as 5xx (§15). */
export const isInterim = (status: number): boolean => status >= 100 && status < 200;

/** Rules 4 to 6: by transfer coding or by length; `null` where neither field is there. */
function codedOrCounted(version: string, fields: HeadFields): Framing | null {
  const { contentLengths, transferEncodings, faults } = fields;
  if (transferEncodings.length > 0) {
    // A recipient passes over empty elements of a list (RFC 9110 §5.6.1.2).
    const list = transferEncodings
      .join(',')
      .split(',')
      .map((coding) => coding.trim())
      .filter((coding) => coding !== '');
    const codings = list.join(', ');
    if (contentLengths.length > 0) {
      faults.push({
        kind: 'transfer-encoding-with-content-length',
        detail: `Transfer-Encoding: ${codings}, Content-Length: ${contentLengths.join(', ')}`,
      });
      checkedLength(fields);
    }
    if (version === '1.0' || version === '0.9') faults.push({ kind: 'transfer-encoding-in-http10', detail: codings });
    if (list.filter((coding) => coding === 'chunked').length > 1) faults.push({ kind: 'chunked-twice', detail: codings });
    if (list.at(-1) === 'chunked') return CHUNKED;
    faults.push({ kind: 'transfer-encoding-not-chunked', detail: codings });
    return CLOSE;
  }
  if (contentLengths.length === 0) return null;
  if (fields.counted !== null) return fields.counted;
  const faultsBefore = faults.length;
  const length = checkedLength(fields);
  if (length === null) return null;
  const counted: Framing = { kind: 'content-length', length };
  if (faults.length === faultsBefore) fields.counted = counted;
  return counted;
}

/** The value of `Content-Length`; several different ones are an unrecoverable error for a recipient; here the first one counts. */
function checkedLength({ contentLengths, faults }: HeadFields): number | null {
  const values =
    contentLengths.length === 1 && !contentLengths[0]!.includes(',')
      ? contentLengths
      : contentLengths
          .join(',')
          .split(',')
          .map((v) => v.trim());
  let first: number | null = null;
  let different = false;
  for (const value of values) {
    const length = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(length)) {
      faults.push({ kind: 'invalid-content-length', detail: JSON.stringify(value.slice(0, 60)) });
      continue;
    }
    if (first === null) first = length;
    else if (length !== first) different = true;
  }
  if (values.length > 1)
    faults.push({ kind: different ? 'conflicting-content-length' : 'duplicate-content-length', detail: values.slice(0, 8).join(', ') });
  return first;
}
