import { setMaxListeners } from 'node:events';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { OwnFailures } from '../own-failure.ts';
import type { ClientProfile, RequestKind, Visit } from '../profile.ts';
import { ContentDecoder, decoded } from './content-decoder.ts';
import { type HtmlScanner, type Resource, scanCss, scanHtml } from './discover.ts';
import type { Fetched, Fetcher, FetchRequest } from './fetch.ts';
import { type Referrer, type ReferrerPolicy, referrerPolicy } from './referrer.ts';

/** What a page uses of its browser. */
export interface PageContext {
  profile: ClientProfile;
  fetcher: Fetcher;
  /** Is given every error of the page's load; the page itself goes on. */
  failures: OwnFailures;
  /** Addresses of favicons that were not found. */
  missingFavicons: Set<string>;
  /** Addresses of media that the player keeps completely. */
  keptMedia: Set<string>;
  /** Resolves when the navigation's request may be sent. */
  ready: Promise<void>;
}

const FIRST_ERROR_STATUS = 400;
/** From the start of playback to the request that it causes, in milliseconds: captured here, chromium 156.0.8078.79. */
const PLAY_DELAY_MS = 30;

/** The media of a page, and how much of them has arrived. */
interface Media {
  url: URL;
  /** Bytes of the whole file, `null` where unknown; and the offset up to which they have arrived. */
  size: number | null;
  received: number;
  /** The server answers range requests (206). */
  inRanges: boolean;
  /** Validator for `If-Range`: the ETag, or else Last-Modified. */
  validator: string | null;
}

/** The load of one page, from its navigation to the last request that it causes. */
export class Page {
  /** Where it is, after all redirects. */
  url: URL;
  /** Resolves at the load event. */
  readonly loaded: Promise<void>;
  /** Resolves when every request that the page caused is answered or has failed. */
  readonly settled: Promise<void>;
  /** The media of the page; `null` where it has none. */
  media: Media | null = null;

  readonly #context: PageContext;
  readonly #visit: Visit;
  readonly #abort = new AbortController();
  readonly #asked = new Set<string>();
  readonly #underway = new Set<Promise<unknown>>();
  /** What the load event waits for. */
  readonly #delayingLoad = new Set<Promise<unknown>>();
  readonly #loadingMedia = new Set<Promise<unknown>>();
  /** Resources that are found and have not finished; and those of them that block rendering. */
  readonly #outstanding = new Set<Resource>();
  readonly #blocking = new Set<Resource>();
  readonly #pauses = new Map<Resource, Promise<void>>();
  /** Every stylesheet so far was fresh in the cache. */
  #laidOutAtOnce = true;
  /** Requests that wait for others to finish (`waitsFor`, `tightMode`). */
  #held: { priority: number; resume: () => void }[] = [];
  #limitedUnderway = 0;
  #favicon: URL | null = null;
  #policy: ReferrerPolicy | null = null;

  constructor(context: PageContext, url: URL, visit: Visit, referrer: Referrer | null) {
    this.#context = context;
    this.url = url;
    this.#visit = visit;
    // Every request of the page listens to it.
    setMaxListeners(0, this.#abort.signal);
    const { note } = context.failures;
    const document = this.#loadDocument(referrer).catch(note);
    const content = document.then(() => this.#drained(this.#delayingLoad));
    this.loaded = content.then(() => Promise.race([this.#drained(this.#loadingMedia), this.#enoughMedia]));
    this.settled = content.then(() => this.#afterContent()).catch(note);
  }

  /** The page as the referrer of its requests. */
  get referrer(): Referrer {
    return { url: this.url, policy: this.#policy };
  }

  /** Cancels every request that is still in progress. */
  leave(): void {
    this.#abort.abort();
    this.#release();
  }

  /**
   * Seeks in the page's media, `to` as a fraction of their length (0 to 1). Where that part has not arrived and the server answers ranges,
   * requests it from there on.
   */
  async seek(to: number): Promise<void> {
    // The length is known with the first byte of the media; wait for that, or until none will come.
    await Promise.race([this.#mediaBegun, this.settled]);
    const { media } = this;
    if (!media?.size) return;
    const policy = this.#context.profile.media.seek.value;
    if (!policy) return;
    const { alignment, range, givenUpAfterMs, askedAfterMs } = policy;
    const from = Math.floor((media.size * to) / alignment) * alignment;
    if (from < media.received) return;
    // The load event doesn't wait for the part that is skipped.
    this.#haveEnoughMedia();
    this.#sought();
    if (!media.inRanges) return;
    const closed = range === 'closed';
    const sought = { from, to: closed ? media.size - 1 : null, validator: closed ? media.validator : null };
    await this.#pause(givenUpAfterMs);
    this.#mediaAbort.abort('FIN');
    await this.#pause(askedAfterMs);
    await this.#loadMedia(media.url, sought);
  }

  #usual(kind: RequestKind): { urgency?: string } {
    const usual = this.#kind(kind).urgency?.usual;
    return usual ? { urgency: usual } : {};
  }

  #mediaAbort = new AbortController();
  #beginMedia: () => void = () => {};
  #haveEnoughMedia: () => void = () => {};
  #sought: () => void = () => {};
  readonly #onSeek = new Promise<void>((resolve) => {
    this.#sought = resolve;
  });
  readonly #enoughMedia = new Promise<void>((resolve) => {
    this.#haveEnoughMedia = resolve;
  });
  readonly #mediaBegun = new Promise<void>((resolve) => {
    this.#beginMedia = resolve;
  });

  async #loadDocument(referrer: Referrer | null): Promise<void> {
    let scanner: HtmlScanner | null = null;
    const scan = (): HtmlScanner => (scanner ??= scanHtml(this.url));
    const text = new TextDecoder();
    await this.#context.ready;
    const decoding = new ContentDecoder((chunk) => this.#discovered(scan().write(text.decode(chunk, { stream: true })), this.referrer));
    const fetched = await this.#fetch('document', this.url, {
      ...this.#usual('document'),
      referrer,
      onData: (chunk, fields, url) => {
        this.url = url;
        this.#policy = this.#policyIn(fields);
        decoding.write(chunk, fields['content-encoding']);
      },
    });
    await decoding.end();
    this.#finishDocument(scan(), fetched);
  }

  #finishDocument(scanner: HtmlScanner, fetched: Fetched | null): void {
    const { resources, favicon } = scanner.end();
    this.#discovered(resources, this.referrer);
    if (!fetched) return;
    this.#favicon = favicon;
    if (this.#context.profile.requests.faviconAfter.value === 'stylesheets') this.#track(this.#underway, this.#askForFaviconEarly());
  }

  #policyIn(fields: Record<string, string>): ReferrerPolicy | null {
    return this.#context.profile.requests.referrerPolicy.value === 'obeyed' ? referrerPolicy(fields['referrer-policy']) : null;
  }

  #discovered(resources: readonly Resource[], referrer: Referrer): void {
    for (const resource of resources) {
      if (this.#asked.has(resource.url.href)) continue;
      this.#asked.add(resource.url.href);
      const work = this.#loadResource(resource, referrer);
      this.#track(this.#underway, work);
      this.#track(resource.kind === 'media' ? this.#loadingMedia : this.#delayingLoad, work);
    }
  }

  #kind(kind: RequestKind) {
    return this.#context.profile.requests.kinds.value[kind];
  }

  #track(set: Set<Promise<unknown>>, work: Promise<unknown>): void {
    set.add(work);
    const done = () => set.delete(work);
    work.then(done, (error) => {
      this.#context.failures.note(error);
      done();
    });
  }

  async #drained(set: Set<Promise<unknown>>): Promise<void> {
    while (set.size > 0) await Promise.allSettled([...set]);
  }

  async #loadResource(resource: Resource, referrer: Referrer): Promise<void> {
    const { kind, url } = resource;
    const blocks = resource.inHead && (kind === 'stylesheet' || kind === 'script');
    if (blocks) this.#blocking.add(resource);
    this.#outstanding.add(resource);
    try {
      await this.#cue(resource);
      await this.#place(kind);
      try {
        if (kind === 'media') return await this.#loadMedia(url);
        const fetched = await this.#fetch(kind, url, { referrer, deferred: resource.deferred, ...this.#urgency(resource) });
        if (kind !== 'stylesheet' || !fetched) return;
        if (!fetched.fromCache) this.#laidOutAtOnce = false;
        // Requests that wait for the stylesheet are sent at its last byte; only those that it names wait until it is parsed.
        this.#doneWith(resource);
        this.#discovered(scanCss(await decoded(fetched.body, fetched.fields['content-encoding']), fetched.url), {
          url: fetched.url,
          policy: this.#policyIn(fetched.fields),
        });
      } finally {
        this.#leavePlace(kind);
      }
    } finally {
      this.#doneWith(resource);
    }
  }

  #doneWith(resource: Resource): void {
    this.#blocking.delete(resource);
    this.#outstanding.delete(resource);
    this.#release();
  }

  /** Waits for the delay of the browser, and for the requests that go first. */
  async #cue(resource: Resource): Promise<void> {
    const { kind } = resource;
    const { waitsFor } = this.#kind(kind);
    const leaders = () => [...this.#outstanding].filter((other) => waitsFor?.includes(other.kind));
    const paused = this.#pauseBefore(resource, leaders());
    this.#pauses.set(resource, paused);
    await paused;
    const remaining = leaders();
    if (remaining.length > 0) this.#context.fetcher.anticipate();
    await this.#gone(remaining, kind);
  }

  /**
   * Waits for the delay of the resource. Where others go first, only the difference to their delay is waited for after theirs: late timers
   * can't change the order then.
   */
  async #pauseBefore(resource: Resource, leaders: readonly Resource[]): Promise<void> {
    await Promise.all(leaders.map((leader) => this.#pauses.get(leader)));
    await this.#pause(this.#delayOf(resource) - Math.max(0, ...leaders.map((leader) => this.#delayOf(leader))));
  }

  #delayOf({ kind, url }: Resource): number {
    const { delayMs, knownDelayMs } = this.#kind(kind);
    return !this.#bypassesCache && this.#context.fetcher.isRevalidated(kind, url) ? (knownDelayMs ?? delayMs) : delayMs;
  }

  #urgency({ kind, url, deferred }: Resource): { urgency?: string } {
    const { urgency } = this.#kind(kind);
    if (!urgency || (deferred && urgency.deferred === null)) return {};
    const chosen = this.#isKnown(kind, url) ? urgency.known : this.#laidOutAtOnce ? urgency.laidOut : undefined;
    const value = chosen ?? urgency.usual;
    return value === null ? {} : { urgency: value };
  }

  /** Whether a cache that this visit uses holds it. */
  #isKnown(kind: RequestKind, url: URL): boolean {
    return !this.#bypassesCache && this.#context.fetcher.isKnown(kind, url);
  }

  get #bypassesCache(): boolean {
    return this.#context.profile.cache.subresources.value[this.#visit].mode === 'bypass';
  }

  /** Waits, while the head loads, until fewer requests of the limited kinds are in progress than `tightMode` allows. */
  async #place(kind: RequestKind): Promise<void> {
    const tight = this.#context.profile.requests.tightMode.value;
    if (!tight?.limited.includes(kind)) return;
    while (this.#blocking.size > 0 && this.#limitedUnderway >= tight.limit && !this.#abort.signal.aborted) await this.#holdUp(kind);
    this.#limitedUnderway++;
  }

  #leavePlace(kind: RequestKind): void {
    if (this.#context.profile.requests.tightMode.value?.limited.includes(kind)) this.#limitedUnderway--;
  }

  #holdUp(kind: RequestKind): Promise<void> {
    const { priority } = this.#kind(kind);
    return new Promise((resume) => this.#held.push({ priority, resume }));
  }

  #release(): void {
    for (const { resume } of this.#held.splice(0).sort((a, b) => a.priority - b.priority)) resume();
  }

  async #loadMedia(url: URL, sought?: FetchRequest['sought']): Promise<void> {
    const { keptMedia, profile } = this.#context;
    if (keptMedia.has(url.href)) {
      this.media = { url, size: null, received: Number.POSITIVE_INFINITY, inRanges: false, validator: null };
      return;
    }
    this.#mediaAbort = new AbortController();
    const { size = null, inRanges = false, validator = null } = this.media ?? {};
    const media: Media = { url, size, received: sought?.from ?? 0, inRanges, validator };
    this.media = media;
    const signal = AbortSignal.any([this.#abort.signal, this.#mediaAbort.signal]);
    const onData = (chunk: Buffer, fields: Record<string, string>) => {
      media.received += chunk.length;
      media.size = sizeOf(fields) ?? media.size;
      media.inRanges = fields['content-range'] !== undefined;
      media.validator = fields.etag ?? fields['last-modified'] ?? null;
      this.#beginMedia();
      if (media.size !== null && media.received >= media.size * profile.requests.loadEventMediaShare.value) this.#haveEnoughMedia();
    };
    const fetched = await this.#fetch('media', url, {
      referrer: this.referrer,
      signal,
      onData,
      ...(sought ? { sought } : {}),
      ...this.#usual('media'),
    });
    if (fetched?.complete && !sought && fetched.status < FIRST_ERROR_STATUS && profile.media.kept.value) keptMedia.add(url.href);
  }

  /** Requests the favicon after its delay. */
  async #askForFavicon(): Promise<void> {
    const { missingFavicons, profile } = this.#context;
    const favicon = this.#favicon;
    if (!favicon || (missingFavicons.has(favicon.href) && !profile.requests.faviconMissForgotten.value.includes(this.#visit))) return;
    await Promise.race([this.#pause(this.#kind('favicon').delayMs), this.#onSeek]);
    if (!this.#abort.signal.aborted) await this.#loadFavicon(favicon, this.#visit);
  }

  /** Requests the favicon after the stylesheets, without waiting for the load event. */
  async #askForFaviconEarly(): Promise<void> {
    const styles = [...this.#outstanding].filter(({ kind }) => kind === 'stylesheet');
    await this.#gone(styles, 'favicon');
    await this.#askForFavicon();
  }

  /** Resolves when these have loaded or failed, or the page is left. */
  async #gone(resources: readonly Resource[], kind: RequestKind): Promise<void> {
    while (resources.some((resource) => this.#outstanding.has(resource)) && !this.#abort.signal.aborted) {
      await this.#holdUp(kind);
    }
  }

  async #afterContent(): Promise<void> {
    if (this.#context.profile.requests.faviconAfter.value === 'load') {
      await this.loaded;
      await this.#askForFavicon();
    }
    await this.#drained(this.#underway);
  }

  async #loadFavicon(favicon: URL, visit: Visit): Promise<void> {
    // The favicon belongs to the browser's window: leaving the page doesn't cancel it.
    const { signal } = new AbortController();
    const fetched = await this.#fetch('favicon', favicon, { referrer: this.referrer, visit, signal, ...this.#usual('favicon') });
    if (fetched && fetched.status >= FIRST_ERROR_STATUS) this.#context.missingFavicons.add(favicon.href);
  }

  /** Starts playback. With preload="auto" the media are being loaded already. */
  async play(): Promise<void> {
    if (!this.media || !this.#context.profile.requests.faviconAtPlay.value || !this.#favicon) return;
    await this.#pause(PLAY_DELAY_MS);
    await this.#loadFavicon(this.#favicon, 'typed');
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0) return;
    await delay(ms, undefined, { signal: this.#abort.signal }).catch(() => {});
    // If the timer was late, take in first what has arrived in the meantime.
    await nextTurn();
  }

  /** A request that fails on the wire is a fact there: the page goes on without it. */
  async #fetch(kind: RequestKind, url: URL, more: Partial<FetchRequest> & Pick<FetchRequest, 'referrer'>): Promise<Fetched | null> {
    const signal = more.signal ?? this.#abort.signal;
    if (signal.aborted) return null;
    return this.#context.fetcher.fetch({ kind, url, visit: this.#visit, ...more, signal }).catch((error) => {
      this.#context.failures.note(error);
      return null;
    });
  }
}

/** Size of the whole file by `Content-Range` or `Content-Length`; `null` where neither gives it. */
function sizeOf(fields: Record<string, string>): number | null {
  const total = /\/(\d+)\s*$/.exec(fields['content-range'] ?? '')?.[1] ?? fields['content-length'];
  return total === undefined ? null : Number(total);
}
