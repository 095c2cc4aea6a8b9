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
  if (method === 'HEAD' || isInterim(status) || status === 204 || status === 304) return NONE;
  return framing;
}

/** 1xx (RFC 9110 §15.2). A code below 100 is invalid and counts as 5xx (§15). */
export const isInterim = (status: number): boolean => status >= 100 && status < 200;

/** Rules 4 to 6: by transfer coding or by length; `null` where neither field is there. */
function codedOrCounted(version: string, fields: HeadFields): Framing | null {
  const { contentLengths, transferEncodings, faults } = fields;
  if (transferEncodings.length > 0) {
    const codings = transferEncodings.join(',');
    if (contentLengths.length > 0) {
      faults.push({
        kind: 'transfer-encoding-with-content-length',
        detail: `Transfer-Encoding: ${codings}, Content-Length: ${contentLengths.join(', ')}`,
      });
      checkedLength(fields);
    }
    if (version === '1.0' || version === '0.9') faults.push({ kind: 'transfer-encoding-in-http10', detail: codings });
    const last = codings.slice(codings.lastIndexOf(',') + 1).trim();
    if (last === 'chunked') return CHUNKED;
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
    const length = /^\d{1,20}$/.test(value) ? Number(value) : Number.NaN;
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
