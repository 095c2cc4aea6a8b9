/** Who may ask the server of a page. It stands on loopback, but every page that a browser has open can send requests there. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The address that is listened on. */
export const ADDRESS = '127.0.0.1';

export interface Asked {
  method: string;
  /** As the request names it: `/TOKEN/data/index`. */
  target: string;
  headers: Pick<IncomingHttpHeaders, 'host' | 'origin'>;
}

/** `path` is what comes after the token: empty for the page itself. */
export type Access = { status: 200; path: string } | { status: 403 | 405; why: string };

/** Where the page is. @param token in the path, so that what the page asks for by a relative address bears it too */
export const pageUrl = (port: number, token: string): string => `http://${ADDRESS}:${port}/${token}/`;

/**
 * Whether a request may be answered. Another name in `Host` is what DNS rebinding leaves there; another `Origin` is another page; and only whoever was given
 * the address of the page has its token.
 */
export function accessOf({ method, target, headers }: Asked, { port, token }: { port: number; token: string }): Access {
  const host = `${ADDRESS}:${port}`;
  if (headers.host !== host) return { status: 403, why: 'this is not the host that is served here' };
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) return { status: 403, why: 'another origin asks' };
  const [, first = '', ...rest] = target.split('?', 1).join('').split('/');
  if (!isSame(first, token)) return { status: 403, why: 'the token is missing or wrong: take the address that the command printed' };
  const path = rest.map(decoded).join('/');
  if (method === 'GET' || (method === 'POST' && rest[0] === 'again')) return { status: 200, path };
  return { status: 405, why: 'only GET, and POST to run a cell again' };
}

/** In a time that does not tell how much of it is right. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Fields of every answer. The page's own policy is in the page; this one adds what only a field can say. */
export const SECURITY_FIELDS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};
