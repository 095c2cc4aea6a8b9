/** How a running Firefox is told what to do, in its own window and in the page. */
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { Marionette } from './marionette.ts';
import type { Point } from './page-scripts.ts';

export interface FirefoxControl {
  /** Calls a function, given as source text, in the browser's own window, and waits for the promise that it may return. @throws what it throws */
  inWindow(source: string, ...args: readonly (string | number)[]): Promise<unknown>;
  /** The same in the page. */
  inPage(source: string, ...args: readonly (string | number)[]): Promise<unknown>;
  /** Presses and lets go the main mouse button. */
  click(point: Point): Promise<void>;
}

/** The part of puppeteer's BiDi connection that is used beyond its public API: commands that it has no method for. */
interface BidiConnection {
  send(method: string, params: object): Promise<{ result: unknown }>;
}

interface ChromeTree {
  contexts: { context: string; url: string }[];
}

interface EvaluateResult {
  type: 'success' | 'exception';
  exceptionDetails?: { text: string };
}

/**
 * Takes control over WebDriver BiDi; over Marionette where this version has no access to its window over BiDi (140 has none).
 * `endpoint`: address of its BiDi server.
 * @throws where neither works
 */
export async function controlOf(endpoint: string, profile: string, signal: AbortSignal): Promise<FirefoxControl> {
  const browser = await puppeteer.connect({
    browserWSEndpoint: endpoint,
    protocol: 'webDriverBiDi',
    defaultViewport: null,
    networkEnabled: false,
    issuesEnabled: false,
  });
  const bidi = bidiConnectionOf(browser);
  const window = await chromeWindow(bidi);
  if (window === null) {
    // A Firefox has one session at most, whichever protocol it was asked for in.
    await browser.disconnect();
    return Marionette.connect(profile, signal);
  }
  const [page] = await browser.pages();
  if (!page) throw new Error('Firefox opened no tab');
  return new BidiControl(bidi, window, page);
}

class BidiControl implements FirefoxControl {
  readonly #bidi: BidiConnection;
  readonly #window: string;
  readonly #page: Page;

  constructor(bidi: BidiConnection, window: string, page: Page) {
    this.#bidi = bidi;
    this.#window = window;
    this.#page = page;
  }

  async inWindow(source: string, ...args: readonly (string | number)[]): Promise<void> {
    const { result } = await this.#bidi.send('script.callFunction', {
      functionDeclaration: source,
      arguments: args.map((value) => ({ type: typeof value, value })),
      target: { context: this.#window },
      awaitPromise: true,
    });
    const { type, exceptionDetails } = result as EvaluateResult;
    if (type === 'exception') throw new Error(`in Firefox's window: ${exceptionDetails?.text}`);
  }

  inPage(source: string, ...args: readonly (string | number)[]): Promise<unknown> {
    return this.#page.evaluate(`(${source})(...${JSON.stringify(args)})`);
  }

  click({ x, y }: Point): Promise<void> {
    return this.#page.mouse.click(x, y);
  }
}

/** @throws where puppeteer no longer has what is taken from it */
function bidiConnectionOf(browser: Browser): BidiConnection {
  const { connection } = browser as unknown as { connection?: BidiConnection };
  if (typeof connection?.send !== 'function')
    throw new Error('this version of puppeteer-core does not give access to its BiDi connection: npm ci');
  return connection;
}

/** The browser's own window; `null` where this version of Firefox gives no access to it. */
async function chromeWindow(bidi: BidiConnection): Promise<string | null> {
  const { result } = await bidi.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
  return (result as ChromeTree).contexts.find(({ url }) => url.startsWith('chrome://browser/'))?.context ?? null;
}
