import { isOwnFailure } from '../own-failure.ts';
import type { ClientProfile, RequestKind, Visit, VisitPolicy } from '../profile.ts';
import { type CacheEntry, type Fields, fieldsOf, HttpCache, validatorsOf } from './cache.ts';
import { headerMap, headLines, isPotentiallyTrustworthy, requestHead, type Slots } from './head.ts';
import type { ConnectionPool, PooledReply } from './pool.ts';
import { type Referrer, refererOf } from './referrer.ts';

/** A request of a page. */
export interface FetchRequest {
  kind: RequestKind;
  url: URL;
  visit: Visit;
  /** The page or stylesheet that names it; `null` for an address that was typed. */
  referrer: Referrer | null;
  /** For a seek in media: the wanted range, and the validator that the file must still have. */
  sought?: { from: number; to: number | null; validator: string | null };
  /** Value of the `Priority` field. */
  urgency?: string;
  /** A script that doesn't block the parser. */
  deferred?: boolean;
  /** Cancels the request when aborted. The reason `FIN` or `RST` says how the connection is closed; otherwise the profile does. */
  signal: AbortSignal;
  /**
   * Called with each piece of the content as it arrives; once, with all of it, where it comes from the cache. `url` is where it came from, after
   * all redirects, whose own content is passed over.
   */
  onData?: (chunk: Buffer, fields: Fields, url: URL) => void;
}

/** The result of a fetch. After a 304 `status` is that of the stored response. */
export interface Fetched {
  /** Where it came from, after all redirects. */
  url: URL;
  status: number;
  fields: Fields;
  body: Buffer;
  /** All of the content has arrived. */
  complete: boolean;
  /** It was fresh in the cache, so that the server was not asked. */
  fromCache: boolean;
}

const NOT_MODIFIED = 304;
const PARTIAL_CONTENT = 206;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Redirects followed one after the other (Fetch Standard, 4.4). */
const REDIRECTS_MAX = 20;

/** Fetches resources by the profile's rules: asks the cache, writes the request head, stores the response. */
export class Fetcher {
  readonly #profile: ClientProfile;
  readonly #pool: ConnectionPool;
  readonly #cache: HttpCache;
  /** Addresses that the tab's memory cache holds. */
  readonly #inMemory = new Set<string>();

  constructor(profile: ClientProfile, pool: ConnectionPool) {
    this.#profile = profile;
    this.#pool = pool;
    this.#cache = new HttpCache(profile.cache);
  }

  /**
   * Fetches one resource, through redirects within the origin. A response that breaks off is given as not `complete`.
   * @throws the error of the connection where no response head came, and every failure of the client itself
   */
  async fetch(request: FetchRequest): Promise<Fetched> {
    let fetched = await this.#fetchOnce(request);
    for (let followed = 0; followed < REDIRECTS_MAX; followed++) {
      const next = redirectOf(fetched);
      if (!next) break;
      fetched = await this.#fetchOnce({ ...request, url: next });
    }
    return fetched;
  }

  async #fetchOnce(request: FetchRequest): Promise<Fetched> {
    const { kind, url, signal } = request;
    const visitPolicy = this.#visitPolicy(request);
    const slots = this.#slots(request, visitPolicy);
    const fields = headerMap(this.#lines(request, slots));
    const entry = visitPolicy.mode === 'bypass' ? undefined : this.#cache.lookup(url.href, fields);
    if (entry && visitPolicy.mode === 'default' && this.#cache.isFresh(entry)) return this.#fromCache(entry, request, true);

    const conditional = entry && !request.sought ? { ...slots, ...this.#conditions(kind, url, entry) } : slots;
    const target = `${url.pathname}${url.search}`;
    const head = requestHead('GET', target, this.#lines(request, conditional));
    const { priority: usual, deferredPriority = usual } = this.#profile.requests.kinds.value[kind];
    const priority = request.deferred ? deferredPriority : usual;
    const reply = await this.#pool.request({ target, head, priority, isDocument: kind === 'document', signal });
    if (entry && reply.status === NOT_MODIFIED) {
      await drain(reply);
      return this.#fromCache(this.#cache.freshen(url.href, fields, entry, reply.rawHeaders), request, false);
    }
    const fetched = await this.#read(reply, request);
    const whole = fetched.complete && !request.sought;
    if (whole && (reply.status !== PARTIAL_CONTENT || this.#profile.media.revalidation.value !== 'not-stored')) {
      this.#remember(kind, url, this.#cache.store(url.href, fields, { ...reply, body: fetched.body }));
    }
    return fetched;
  }

  /** Announces a request that will follow as soon as another resource has loaded. */
  anticipate(): void {
    this.#pool.anticipate();
  }

  /** Whether the memory cache holds it, fresh or stale; for media, whether the HTTP cache does. */
  isKnown(kind: RequestKind, url: URL): boolean {
    return this.#inMemory.has(url.href) || (kind === 'media' && this.#cache.has(url.href));
  }

  /** Whether it is known and can be revalidated; without a validator it is fetched as if it were not known. */
  isRevalidated(kind: RequestKind, url: URL): boolean {
    return this.isKnown(kind, url) && this.#cache.hasValidator(url.href);
  }

  #visitPolicy({ kind, visit }: FetchRequest): VisitPolicy {
    const { document, subresources } = this.#profile.cache;
    return (kind === 'document' ? document : subresources).value[visit];
  }

  #lines({ kind, url }: FetchRequest, slots: Slots): string[] {
    return headLines(this.#profile.requests.kinds.value[kind].head, slots, isPotentiallyTrustworthy(url));
  }

  #slots({ kind, url, referrer, sought, urgency }: FetchRequest, { cacheControl, pragma }: VisitPolicy): Slots {
    const range = sought ? `bytes=${sought.from}-${sought.to ?? ''}` : kind === 'media' ? this.#profile.media.firstRange.value : null;
    const referer = referrer && refererOf(referrer, url);
    const refererSlot = referrer?.policy ? 'referer-of-policy' : 'referer-by-default';
    return {
      host: url.host,
      site: referrer === null ? 'none' : referrer.url.origin === url.origin ? 'same-origin' : 'cross-site',
      // Every visit is one that the user started.
      user: '?1',
      ...(urgency === undefined ? {} : { priority: urgency }),
      ...(referer === null ? {} : { referer, [refererSlot]: referer }),
      ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }),
      ...(pragma === undefined ? {} : { pragma }),
      ...(range === null ? {} : { range }),
      ...(sought?.validator ? { 'if-range': sought.validator } : {}),
    };
  }

  /** The slots that make the request conditional on the stored response. */
  #conditions(kind: RequestKind, url: URL, entry: CacheEntry): Slots {
    const { etag, lastModified } = validatorsOf(entry);
    const revalidation = kind === 'media' ? this.#profile.media.revalidation.value : null;
    if (revalidation === 'open-range-with-if-range' && entry.status === PARTIAL_CONTENT) {
      const validator = etag ?? lastModified;
      return validator === undefined ? {} : { 'if-range': validator };
    }
    const isSizeKnown = entry.fields['content-length'] !== undefined;
    if (revalidation === 'closed-range-with-validators' && isSizeKnown && (etag ?? lastModified) !== undefined)
      return { range: `bytes=0-${entry.body.length - 1}`, ...this.#validatorSlots('disk', etag, lastModified) };
    return this.#validatorSlots(this.#inMemory.has(url.href) ? 'memory' : 'disk', etag, lastModified);
  }

  #validatorSlots(place: 'memory' | 'disk', etag: string | undefined, lastModified: string | undefined): Slots {
    const both = this.#profile.cache.validators.value === 'both';
    return {
      ...(etag === undefined ? {} : { [`${place}-if-none-match`]: etag }),
      ...(lastModified === undefined || (!both && etag !== undefined) ? {} : { [`${place}-if-modified-since`]: lastModified }),
    };
  }

  #remember(kind: RequestKind, url: URL, entry: CacheEntry | undefined): void {
    if (entry && this.#profile.cache.memoryCache.value.includes(kind)) this.#inMemory.add(url.href);
    else this.#inMemory.delete(url.href);
  }

  #fromCache({ status, fields, body }: CacheEntry, { url, onData }: FetchRequest, fromCache: boolean): Fetched {
    if (!redirectOf({ status, fields, url })) onData?.(body, fields, url);
    return { url, status, fields, body, complete: true, fromCache };
  }

  async #read(reply: PooledReply, { url, onData }: FetchRequest): Promise<Fetched> {
    const { status } = reply;
    const fields = fieldsOf(reply.rawHeaders);
    const isContent = redirectOf({ status, fields, url }) === null;
    const chunks: Buffer[] = [];
    const complete = await drain(reply, (chunk) => {
      chunks.push(chunk);
      if (isContent) onData?.(chunk, fields, url);
    });
    return { url, status, fields, body: Buffer.concat(chunks), complete, fromCache: false };
  }
}

/** Where a redirect leads within its origin; `null` for any other response: an emulated browser knows one origin. */
function redirectOf({ status, fields, url }: Pick<Fetched, 'status' | 'fields' | 'url'>): URL | null {
  if (!REDIRECTS.has(status) || fields.location === undefined || !URL.canParse(fields.location, url.href)) return null;
  const next = new URL(fields.location, url.href);
  return next.origin === url.origin ? next : null;
}

/** Reads a body; false where it ended early: closed by the server or cancelled here. @throws what is no fact on the wire */
async function drain(reply: PooledReply, onChunk?: (chunk: Buffer) => void): Promise<boolean> {
  try {
    for await (const chunk of reply.body) onChunk?.(chunk as Buffer);
    return true;
  } catch (error) {
    if (isOwnFailure(error)) throw error;
    return false;
  }
}
