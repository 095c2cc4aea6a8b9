import type { ProbeTargets } from '../client.ts';
import type { ResponseHead } from './response-reader.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** What `near-end` leaves of a file. */
const TAIL_BYTES = 10;
const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

/** What the probe knows of a server, by the names that questions use in braces. */
export type Known = Map<string, string>;

const hexOf = ({ length }: string): string => length.toString(16).padStart(4, '0');

/** What is known before the first question, from the address and the targets of the server. */
export const knownOf = (host: string, targets: ProbeTargets): Known => {
  const marked = (mark: string) => `${targets.page}${targets.page.includes('?') ? '&' : '?'}wirematrix=${mark}`;
  const hidden = `GET ${marked('hidden')} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  return new Map([
    ['host', host],
    ...Object.entries(targets),
    // The target of a request that follows another one, and a whole request that stands in a body, with its length as four hexadecimal digits.
    ['second', marked('second')],
    // What may be as long as one likes is appended to it.
    ['padded', marked('')],
    ['hidden', hidden],
    ['hidden-hex', hexOf(hidden)],
    ['hidden-twice-hex', hexOf(hidden + hidden)],
  ]);
};

/**
 * Stores what a response shows. Names: `etag`; `etag-toggled` (weak where it was strong, strong where it was weak); `etag-strong` (only
 * where it is strong); `etag-weak`; `last-modified`; `last-modified-later` and `-earlier` (by a day); `condition` (the header line that makes a GET
 * conditional); `near-end` (the position of the tenth byte from the end, by Content-Length).
 */
export function learn(known: Known, head: ResponseHead): void {
  const sent = head.headers.get('etag');
  // A value that is not an entity tag (RFC 9110 §8.8.3) can't be sent in If-None-Match or If-Range.
  const etag = sent && ENTITY_TAG.test(sent) ? sent : null;
  const lastModified = head.headers.get('last-modified');
  if (etag) {
    const opaque = etag.replace(/^W\//, '');
    known.set('etag', etag);
    known.set('etag-toggled', etag === opaque ? `W/${etag}` : opaque);
    if (etag === opaque) known.set('etag-strong', etag);
    known.set('etag-weak', `W/${opaque}`);
  }
  if (lastModified) {
    known.set('last-modified', lastModified);
    const date = Date.parse(lastModified);
    if (Number.isFinite(date)) {
      known.set('last-modified-later', new Date(date + DAY_MS).toUTCString());
      known.set('last-modified-earlier', new Date(date - DAY_MS).toUTCString());
    }
  }
  const length = head.headers.get('content-length');
  if (length && /^\d{1,15}$/.test(length) && Number(length) > TAIL_BYTES) known.set('near-end', String(Number(length) - TAIL_BYTES));
  if (etag) known.set('condition', `If-None-Match: ${etag}`);
  else if (lastModified) known.set('condition', `If-Modified-Since: ${lastModified}`);
}

/**
 * Replaces each `{name}` by its value; `null` where one is not known. `{length}` is the number of bytes after the first empty line of the filled text: the
 * Content-Length of a request with a body.
 */
export function fill(text: string, known: Known): string | null {
  const names = [...text.matchAll(/\{([a-z-]+)\}/g)].map(([, name]) => name as string);
  if (names.some((name) => name !== LENGTH && !known.has(name))) return null;
  const filled = text.replaceAll(/\{([a-z-]+)\}/g, (whole, name: string) => (name === LENGTH ? whole : (known.get(name) as string)));
  if (!names.includes(LENGTH)) return filled;
  return filled.replaceAll(`{${LENGTH}}`, String(filled.length - filled.indexOf(EMPTY_LINE) - EMPTY_LINE.length));
}

const LENGTH = 'length';
const EMPTY_LINE = '\r\n\r\n';
