import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientContext, ClientSession } from '../client.ts';
import { OwnFailures } from '../own-failure.ts';
import type { ClientProfile, Visit } from '../profile.ts';
import type { Action } from '../scenario.ts';
import { Fetcher } from './fetch.ts';
import { Page } from './page.ts';
import { ConnectionPool } from './pool.ts';
import type { Referrer } from './referrer.ts';

/** Longer than any profile's `reclaimMs`. */
const RECLAIM_LIMIT_MS = 100;

/** Settings besides the profile. */
export interface BrowserOptions {
  /** Pause between the last response and the end of an action, in milliseconds; default 0. */
  pauseMs?: number;
  /** Opens a connection; default: TCP to the origin. */
  connect?: () => Socket;
}

/** An emulated browser: behaves at one origin as its profile says. */
export class EmulatedBrowser implements ClientSession {
  readonly #profile: ClientProfile;
  readonly #origin: URL;
  readonly #pool: ConnectionPool;
  readonly #fetcher: Fetcher;
  readonly #pauseMs: number;
  readonly #missingFavicons = new Set<string>();
  readonly #keptMedia = new Set<string>();
  readonly #stopped = new AbortController();
  readonly #failures = new OwnFailures();
  #cacheDisabled = false;
  #page: Page | null = null;

  constructor(profile: ClientProfile, context: Pick<ClientContext, 'origin' | 'signal'>, { pauseMs = 0, connect }: BrowserOptions = {}) {
    this.#pauseMs = pauseMs;
    this.#profile = profile;
    this.#origin = new URL(context.origin);
    this.#pool = new ConnectionPool(this.#origin, profile.connections, profile.closing, connect, this.#failures);
    this.#fetcher = new Fetcher(profile, this.#pool);
    context.signal.addEventListener('abort', () => this.#closeConnections(), { once: true });
  }

  /** @throws where the action needs an open page and there is none, or is not one of a browser; ClientFailure where the browser itself fails */
  async act(action: Action): Promise<void> {
    await this.#failures.duringWork(this.#perform(action));
  }

  failure(): Error | null {
    return this.#failures.first;
  }

  async #perform(action: Action): Promise<void> {
    switch (action.do) {
      case 'navigate':
        return this.#visit(new URL(action.path, this.#origin), 'typed', null, action.until);
      case 'follow-link':
        return this.#visit(new URL(action.path, this.#origin), 'link', this.#openPage(action).referrer);
      case 'reload':
      case 'hard-reload':
        return this.#visit(this.#openPage(action).url, action.do, null);
      case 'disable-cache':
        this.#cacheDisabled = true;
        return;
      case 'play':
        return this.#openPage(action).play().catch(this.#failures.note);
      case 'seek':
        return this.#openPage(action).seek(action.to).catch(this.#failures.note);
      case 'leave':
        this.#leave();
        return;
      case 'quit':
        this.#leave();
        this.#closeConnections();
        return;
      case 'watch':
      case 'stop-server':
      case 'ask':
        throw new Error(`a browser can't act out "${action.do}"`);
    }
  }

  #openPage(action: Action): Page {
    if (!this.#page) throw new Error(`"${action.do}" needs a page: let "navigate" come first`);
    return this.#page;
  }

  async #visit(
    url: URL,
    how: Visit,
    referrer: Referrer | null,
    until: Extract<Action, { do: 'navigate' }>['until'] = 'settled',
  ): Promise<void> {
    if (url.origin !== this.#origin.origin) throw new Error(`this browser was opened for ${this.#origin.origin}, not for ${url.origin}`);
    this.#leave();
    const visit = this.#cacheDisabled ? 'cache-disabled' : how;
    const page = new Page(
      {
        profile: this.#profile,
        fetcher: this.#fetcher,
        failures: this.#failures,
        missingFavicons: this.#missingFavicons,
        keptMedia: this.#keptMedia,
        ready: this.#prepare(visit),
      },
      url,
      visit,
      referrer,
    );
    this.#page = page;
    if (typeof until === 'object') return void (await Promise.race([page.settled, this.#after(until.ms)]));
    await (until === 'load' ? page.loaded : page.settled);
    if (until === 'load') return;
    // Until the last connections count as idle. The download of a page that was left may take longer and is not waited for.
    await Promise.race([this.#pool.quiet(), this.#after(RECLAIM_LIMIT_MS)]);
    await this.#after(this.#pauseMs);
  }

  /** Opens and closes connections as a navigation does, and resolves when its request may be sent. */
  async #prepare(visit: Visit): Promise<void> {
    const { atOnce, requestAfterMs, later } = this.#profile.connections.navigation.value;
    if (this.#profile.cache.document.value[visit].closesIdle) this.#pool.closeIdle();
    this.#pool.preconnect(atOnce);
    if (later) this.#preconnectLater(later).catch(this.#failures.note);
    await this.#after(requestAfterMs);
  }

  async #preconnectLater({ afterMs, sockets }: { afterMs: number; sockets: number }): Promise<void> {
    await this.#after(afterMs);
    if (!this.#stopped.signal.aborted) this.#pool.preconnect(sockets);
  }

  async #after(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopped.signal }).catch(() => {});
  }

  #leave(): void {
    this.#page?.leave();
    this.#page = null;
  }

  #closeConnections(): void {
    this.#stopped.abort();
    this.#pool.close();
  }

  async close(): Promise<void> {
    this.#leave();
    this.#closeConnections();
  }
}
