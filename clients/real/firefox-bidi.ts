/** Remote control of Firefox over WebDriver BiDi, by puppeteer. */
import type { Browser, Page } from 'puppeteer-core';
import type { FirefoxControl } from './firefox-control.ts';
import type { Point } from './page-scripts.ts';

/** The part of puppeteer's BiDi connection that is not in its public API: sending commands for which it has no method. */
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

/** Remote control over WebDriver BiDi. */
export class BidiControl implements FirefoxControl {
  readonly #bidi: BidiConnection;
  readonly #window: string;
  readonly #page: Page;

  private constructor(bidi: BidiConnection, window: string, page: Page) {
    this.#bidi = bidi;
    this.#window = window;
    this.#page = page;
  }

  /**
   * Connects to the BiDi server at `endpoint` (a `ws:` address). `null` where this version of Firefox gives no access to its window over BiDi (140 gives none).
   * @throws where the connection fails or there is no tab
   */
  static async connect(endpoint: string): Promise<BidiControl | null> {
    const { default: puppeteer } = await import('puppeteer-core');
    const browser = await puppeteer.connect({
      browserWSEndpoint: endpoint,
      protocol: 'webDriverBiDi',
      defaultViewport: null,
      networkEnabled: false,
      issuesEnabled: false,
    });
    const bidi = bidiConnectionOf(browser);
    const window = await browserWindow(bidi);
    if (window === null) {
      // Firefox allows one session, whichever protocol opened it: end this one, so that Marionette can open its own.
      await browser.disconnect();
      return null;
    }
    const [page] = await browser.pages();
    if (!page) throw new Error('Firefox opened no tab');
    return new BidiControl(bidi, window, page);
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

/** puppeteer's own BiDi connection. @throws where this version of puppeteer no longer has it there */
function bidiConnectionOf(browser: Browser): BidiConnection {
  const { connection } = browser as unknown as { connection?: BidiConnection };
  if (typeof connection?.send !== 'function')
    throw new Error('this version of puppeteer-core does not give access to its BiDi connection: npm ci');
  return connection;
}

/** Context id of the browser's own window; `null` where this version of Firefox gives no access to it. */
async function browserWindow(bidi: BidiConnection): Promise<string | null> {
  const { result } = await bidi.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
  return (result as ChromeTree).contexts.find(({ url }) => url.startsWith('chrome://browser/'))?.context ?? null;
}
