import { setMaxListeners } from 'node:events';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { ClientProfile, RequestKind, Visit } from '../profile.ts';
import { ContentDecoder, decoded } from './content-decoder.ts';
import { type HtmlScanner, type Resource, scanCss, scanHtml } from './discover.ts';
import type { Fetched, Fetcher, FetchRequest } from './fetch.ts';
import { type Referrer, type ReferrerPolicy, referrerPolicy } from './referrer.ts';

/** What a page needs of the browser around it. */
export interface PageContext {
  profile: ClientProfile;
  fetcher: Fetcher;
  /** Favicons that were not found, by address. */
  missingFavicons: Set<string>;
  /** Media that the player holds whole, by address. */
  keptMedia: Set<string>;
  /** Resolves when the navigation's request may go out. */
  ready: Promise<void>;
}

const FIRST_ERROR_STATUS = 400;
/** From play to what it makes the browser ask for: captured here, chromium 156.0.8078.79. */
const PLAY_DELAY_MS = 30;

/** Media of a page. */
interface Media {
  url: URL;
  /** Bytes of the whole, where known; bytes received without a gap from the first asked for. */
  size: number | null;
  received: number;
  /** The server sends parts of it (206). */
  inRanges: boolean;
  /** What tells whether the file is still the same: its ETag, else its Last-Modified. */
  validator: string | null;
}

/** One page from its address to the last request that it leads to. */
export class Page {
  readonly url: URL;
  /** Resolves at the load event. */
  readonly loaded: Promise<void>;
  /** Resolves when every request that the page led to is answered or has failed. */
  readonly settled: Promise<void>;
  /** The media that the page plays, with the bytes received; `null` where it has none. */
  media: Media | null = null;

  readonly #context: PageContext;
  readonly #visit: Visit;
  readonly #abort = new AbortController();
  readonly #asked = new Set<string>();
  readonly #underway = new Set<Promise<unknown>>();
  /** What the load event waits for. */
  readonly #delayingLoad = new Set<Promise<unknown>>();
  readonly #loadingMedia = new Set<Promise<unknown>>();
  /** Resources found and not yet done with; those among them that hold up the page's first sight. */
  readonly #outstanding = new Set<Resource>();
  readonly #blocking = new Set<Resource>();
  readonly #pauses = new Map<Resource, Promise<void>>();
  /** Every stylesheet so far was fresh in the cache. */
  #laidOutAtOnce = true;
  /** Requests that wait until something else is done (`behind`, `tightMode`). */
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
    const document = this.#loadDocument(referrer);
    const content = document.then(() => this.#drained(this.#delayingLoad));
    this.loaded = content.then(() => Promise.race([this.#drained(this.#loadingMedia), this.#enoughMedia]));
    this.settled = content.then(() => this.#afterContent());
  }

  /** The page as one that leads to requests. */
  get referrer(): Referrer {
    return { url: this.url, policy: this.#policy };
  }

  /** Gives up whatever is still on its way. */
  leave(): void {
    this.#abort.abort();
    this.#release();
  }

  /** Seeks in the page's media: what is not yet there is asked for from that byte on, where the server sends ranges. */
  async seek(to: number): Promise<void> {
    // Until something of the media has come, or nothing will, there is no place to seek to.
    await Promise.race([this.#mediaBegun, this.settled]);
    const { media } = this;
    if (!media?.size) return;
    const policy = this.#context.profile.media.seek.value;
    if (!policy) return;
    const { alignment, range, givenUpAfterMs, askedAfterMs } = policy;
    const from = Math.floor((media.size * to) / alignment) * alignment;
    if (from < media.received) return;
    // The load event doesn't wait for what is jumped over.
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
    const scanner = scanHtml(this.url);
    const text = new TextDecoder();
    await this.#context.ready;
    const decoding = new ContentDecoder((chunk) => this.#discovered(scanner.write(text.decode(chunk, { stream: true })), this.referrer));
    const fetched = await this.#fetch('document', this.url, {
      ...this.#usual('document'),
      referrer,
      onData: (chunk, fields) => {
        this.#policy = this.#policyIn(fields);
        decoding.write(chunk, fields['content-encoding']);
      },
    });
    await decoding.end();
    this.#finishDocument(scanner, fetched);
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
    work.then(done, done);
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
        // What waits for the stylesheet goes out when its last byte is there; only what it names has to wait until it is parsed.
        this.#doneWith(resource);
        this.#discovered(scanCss(await decoded(fetched.body, fetched.fields['content-encoding']), url), {
          url,
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

  /** Waits as long as the browser takes to get to it, and for what goes before it. */
  async #cue(resource: Resource): Promise<void> {
    const { kind } = resource;
    const { behind } = this.#kind(kind);
    const leaders = () => [...this.#outstanding].filter((other) => behind?.includes(other.kind));
    const paused = this.#pauseBefore(resource, leaders());
    this.#pauses.set(resource, paused);
    await paused;
    const waitsFor = leaders();
    if (waitsFor.length > 0) this.#context.fetcher.anticipate();
    await this.#gone(waitsFor, kind);
  }

  /** Its delay; counted from the requests that it may have to wait for, however late this process comes to them. */
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

  /** Whether a cache that this visit asks holds it. */
  #isKnown(kind: RequestKind, url: URL): boolean {
    return !this.#bypassesCache && this.#context.fetcher.isKnown(kind, url);
  }

  get #bypassesCache(): boolean {
    return this.#context.profile.cache.subresources.value[this.#visit].mode === 'bypass';
  }

  /** Waits for a place among the limited kinds while the head is not done. */
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

  /** Asks for the favicon, once what it waits for is there. */
  async #askForFavicon(): Promise<void> {
    const { missingFavicons, profile } = this.#context;
    const favicon = this.#favicon;
    if (!favicon || (missingFavicons.has(favicon.href) && !profile.requests.faviconMissForgotten.value.includes(this.#visit))) return;
    await Promise.race([this.#pause(this.#kind('favicon').delayMs), this.#onSeek]);
    if (!this.#abort.signal.aborted) await this.#loadFavicon(favicon, this.#visit);
  }

  /** Without the load event: behind the stylesheets. */
  async #askForFaviconEarly(): Promise<void> {
    const styles = [...this.#outstanding].filter(({ kind }) => kind === 'stylesheet');
    await this.#gone(styles, 'favicon');
    await this.#askForFavicon();
  }

  /** Resolves when these are done with, or the page is left. */
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
    // It is for the browser's own window: leaving the page doesn't stop it.
    const { signal } = new AbortController();
    const fetched = await this.#fetch('favicon', favicon, { referrer: this.referrer, visit, signal, ...this.#usual('favicon') });
    if (fetched && fetched.status >= FIRST_ERROR_STATUS) this.#context.missingFavicons.add(favicon.href);
  }

  /** Presses play: with preload="auto" the media are on their way already. */
  async play(): Promise<void> {
    if (!this.media || !this.#context.profile.requests.faviconAtPlay.value || !this.#favicon) return;
    await this.#pause(PLAY_DELAY_MS);
    await this.#loadFavicon(this.#favicon, 'typed');
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0) return;
    await delay(ms, undefined, { signal: this.#abort.signal }).catch(() => {});
    // Where the timer comes late, what has arrived meanwhile is taken in first.
    await nextTurn();
  }

  /** A request that fails is a fact on the wire: the page goes on without it. */
  async #fetch(kind: RequestKind, url: URL, more: Partial<FetchRequest> & Pick<FetchRequest, 'referrer'>): Promise<Fetched | null> {
    const signal = more.signal ?? this.#abort.signal;
    if (signal.aborted) return null;
    return this.#context.fetcher.fetch({ kind, url, visit: this.#visit, ...more, signal }).catch(() => null);
  }
}

/** The whole size of what a response is, or is a part of. */
function sizeOf(fields: Record<string, string>): number | null {
  const total = /\/(\d+)\s*$/.exec(fields['content-range'] ?? '')?.[1] ?? fields['content-length'];
  return total === undefined ? null : Number(total);
}
