import CachePolicy from 'http-cache-semantics';
import type { CachePolicies } from '../profile.ts';

/** Header fields of a request or response by lower-case name. */
export type Fields = Record<string, string>;

/** The validators of a response (RFC 9110 §8.8), where it has them. */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

/** One stored response. */
export interface CacheEntry {
  status: number;
  fields: Fields;
  body: Buffer;
  /** The fields of its request, which `Vary` refers to. */
  requestFields: Fields;
  rules: CachePolicy;
}

const OK = 200;
const PARTIAL_CONTENT = 206;
/** Kept without limit where nothing else is said, by Chromium (net/http/http_response_headers.cc) and Firefox (nsHttpResponseHead.cpp). */
const PERMANENT_REDIRECTS = new Set([301, 308]);
/** Fields that describe the content of their own message: those of a 304 don't replace the stored ones. */
const CONTENT_FIELDS = new Set([
  'content-length',
  'content-encoding',
  'content-range',
  'transfer-encoding',
  'content-type',
  'connection',
  'keep-alive',
]);

/** Fields by lower-case name; several of one name joined by commas (RFC 9110 §5.3). */
export function fieldsOf(rawHeaders: readonly string[]): Fields {
  const fields: Fields = {};
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const value = rawHeaders[i + 1]!;
    fields[name] = name in fields ? `${fields[name]}, ${value}` : value;
  }
  return fields;
}

/** The validators of a stored response (RFC 9110 §8.8). */
export function validatorsOf(entry: CacheEntry): Validators {
  const { etag, 'last-modified': lastModified } = entry.fields;
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) };
}

/**
 * A browser's private HTTP cache (RFC 9111) for responses to GET. The library http-cache-semantics says what may be stored, for how long it
 * is fresh, and how old it is. `Vary` and `must-revalidate` are handled here: the library revalidates a `must-revalidate` response always,
 * RFC 9111 §5.2.2.2 requires that only once it is stale.
 */
export class HttpCache {
  readonly #entries = new Map<string, CacheEntry>();
  readonly #heuristic: CachePolicies['heuristic']['value'];

  constructor(policies: Pick<CachePolicies, 'heuristic'>) {
    this.#heuristic = policies.heuristic.value;
  }

  /** The stored response for this request, fresh or stale; `undefined` where there is none, or it varies (RFC 9111 §4.1). */
  lookup(url: string, requestFields: Fields): CacheEntry | undefined {
    const entry = this.#entries.get(url);
    if (!entry) return undefined;
    const varies = (entry.fields.vary ?? '').split(',').map((name) => name.trim().toLowerCase());
    if (varies.includes('*')) return undefined;
    return varies.every((name) => name === '' || entry.requestFields[name] === requestFields[name]) ? entry : undefined;
  }

  /** Whether any response is stored for the address. */
  has(url: string): boolean {
    return this.#entries.has(url);
  }

  /** Whether a stored response could be revalidated (RFC 9111 §4.3.1). */
  hasValidator(url: string): boolean {
    const entry = this.#entries.get(url);
    return entry !== undefined && Object.keys(validatorsOf(entry)).length > 0;
  }

  /** Whether it may be used without asking the server (RFC 9111 §4.2). */
  isFresh(entry: CacheEntry): boolean {
    return entry.rules.age() < this.#lifetimeS(entry);
  }

  #lifetimeS(entry: CacheEntry): number {
    const lifetime = entry.rules.maxAge();
    const control = entry.fields['cache-control'] ?? '';
    const explicit = entry.fields.expires !== undefined || /\bmax-age\s*=/i.test(control);
    if (explicit) return lifetime;
    if (/\bmust-revalidate\b/i.test(control)) return 0;
    if (PERMANENT_REDIRECTS.has(entry.status)) return Number.POSITIVE_INFINITY;
    return Math.min(lifetime, this.#heuristic.capS ?? lifetime);
  }

  /** Stores the response where RFC 9111 §3 allows it to a private cache; otherwise removes what was stored. Gives what is stored then. */
  store(
    url: string,
    requestFields: Fields,
    response: { status: number; rawHeaders: readonly string[]; body: Buffer },
  ): CacheEntry | undefined {
    const entry = this.#entry(url, requestFields, response.status, fieldsOf(response.rawHeaders), response.body);
    if (entry.rules.storable()) this.#entries.set(url, entry);
    else this.#entries.delete(url);
    return this.#entries.get(url);
  }

  /** Updates a stored response with the fields of a 304 (RFC 9111 §4.3.4) and gives the result. */
  freshen(url: string, requestFields: Fields, entry: CacheEntry, notModified: readonly string[]): CacheEntry {
    const said = Object.entries(fieldsOf(notModified)).filter(([name]) => !CONTENT_FIELDS.has(name));
    const next = this.#entry(url, requestFields, entry.status, { ...entry.fields, ...Object.fromEntries(said) }, entry.body);
    this.#entries.set(url, next);
    return next;
  }

  #entry(url: string, requestFields: Fields, status: number, fields: Fields, body: Buffer): CacheEntry {
    // The library handles complete responses only; the same rules apply to a stored partial one (RFC 9111 §3.3).
    const asWhole = status === PARTIAL_CONTENT ? OK : status;
    const rules = new CachePolicy(
      { url, method: 'GET', headers: requestFields },
      { status: asWhole, headers: fields },
      { shared: false, cacheHeuristic: this.#heuristic.fraction, immutableMinTimeToLive: 0 },
    );
    return { status, fields, body, requestFields, rules };
  }
}
