/**
 * A real Chromium (or another browser of its engine), headless, controlled over CDP through a pipe: a debugging port would add connections
 * on `lo`. Only the Page domain is enabled, because the Network domain changes caching; `disable-cache` enables that one, as the developer
 * tools do.
 */
import { realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, CDPSession } from 'puppeteer-core';
import { addressOf } from '../address.ts';
import { type ClientContext, type ClientSession, defineClient } from '../client.ts';
import type { Action } from '../scenario.ts';
import { EndWatch } from './end-watch.ts';
import { killGroup } from './kill-group.ts';
import { seemOnline } from './online.ts';
import { FIND_LINK, PLAY, type Point, SEEK } from './page-scripts.ts';
import { type BrowserProgram, locate, programVersion } from './program.ts';
import { untilQuiet } from './quiet.ts';
import { untilStarted } from './started.ts';
import { LOAD_TIMEOUT_MS, START_TIMEOUT_MS } from './time-limits.ts';
import { within } from './within.ts';

/** How an installed Chromium is found. */
export const chromiumProgram: BrowserProgram = {
  variable: 'WIREMATRIX_CHROMIUM',
  candidates: [
    'chromium',
    'chromium-browser',
    'google-chrome-stable',
    'google-chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  product: 'Chromium',
  remedy: 'apt-get update && apt-get install -y --no-install-recommends chromium',
};

/** An address that Chromium refuses before it opens a socket: port 1 (tcpmux) is on its list of unsafe ports. */
const NOWHERE = 'http://127.0.0.1:1/';

/**
 * No switch here changes how a page is loaded. Those of the last group suppress the browser's own traffic: its requests to other hosts use
 * the same socket pool, and each of them would close half-closed connections of that pool early.
 */
const SWITCHES: readonly string[] = [
  '--headless',
  // Its sandbox needs a user namespace, which neither root nor a process in a nested user namespace gets.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--password-store=basic',
  '--use-mock-keychain',

  '--disable-background-networking',
  '--disable-breakpad',
  '--disable-component-extensions-with-background-pages',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-sync',
  '--disable-features=NetworkTimeServiceQuerying,OptimizationGuideModelDownloading,OptimizationHints',
  `--component-updater=url-source=${NOWHERE}`,
  `--gaia-url=${NOWHERE}`,
];

class ChromiumSession implements ClientSession {
  readonly #browser: Browser;
  readonly #page: CDPSession;
  readonly #context: ClientContext;
  readonly #port: number;
  readonly #end: EndWatch;

  constructor(browser: Browser, page: CDPSession, context: ClientContext) {
    this.#browser = browser;
    this.#page = page;
    this.#context = context;
    this.#port = addressOf(new URL(context.origin)).port;
    this.#end = new EndWatch(browser.process());
    context.signal.addEventListener('abort', () => this.#kill(), { once: true });
  }

  async act(action: Action): Promise<void> {
    switch (action.do) {
      case 'navigate':
        await within(
          this.#load(() => this.#open(this.#context.origin + action.path)),
          action.until,
        );
        if (action.until === undefined || action.until === 'settled') await this.#quiet();
        return;
      case 'follow-link':
        await this.#load(async () => this.#press((await this.#call(FIND_LINK, this.#context.origin + action.path)) as Point));
        return this.#quiet();
      case 'reload':
      case 'hard-reload':
        await this.#load(() => this.#page.send('Page.reload', { ignoreCache: action.do === 'hard-reload' }));
        return this.#quiet();
      case 'disable-cache':
        await this.#page.send('Network.enable');
        await this.#page.send('Network.setCacheDisabled', { cacheDisabled: true });
        return;
      case 'play':
        await this.#call(PLAY);
        return this.#quiet();
      case 'seek':
        await this.#call(SEEK, action.to);
        return this.#quiet();
      case 'leave':
        return this.#load(() => this.#open('about:blank'));
      case 'quit':
        this.#end.expect();
        return this.#browser.close();
      case 'watch':
      case 'stop-server':
      case 'ask':
        throw new Error(`a browser can't act out "${action.do}"`);
    }
  }

  failure(): Error | null {
    return this.#end.failure();
  }

  async close(): Promise<void> {
    this.#kill();
  }

  #kill(): void {
    this.#end.expect();
    // puppeteer starts the browser in a process group of its own.
    killGroup(this.#browser.process());
  }

  #quiet(): Promise<void> {
    return untilQuiet({ port: this.#port, signal: this.#context.signal });
  }

  /** Opens an address as the address bar does: without a referrer, with user activation. */
  async #open(url: string): Promise<void> {
    await this.#page.send('Page.navigate', { url, transitionType: 'typed' });
  }

  /**
   * Calls `begin` and waits until the load that it starts has ended: at the load event, or where the navigation fails. At most
   * `LOAD_TIMEOUT_MS`.
   */
  async #load(begin: () => Promise<unknown>): Promise<void> {
    const ended = ['Page.loadEventFired', 'Page.frameStoppedLoading'] as const;
    let settle = (): void => {};
    const loaded = new Promise<void>((resolve) => {
      settle = resolve;
    });
    for (const event of ended) this.#page.on(event, settle);
    const timer = setTimeout(settle, LOAD_TIMEOUT_MS);
    try {
      await begin();
      await loaded;
    } finally {
      clearTimeout(timer);
      for (const event of ended) this.#page.off(event, settle);
    }
  }

  /** Calls a function, given as source text, in the page. It has user activation, so that media may play. @throws what it throws */
  async #call(source: string, ...values: unknown[]): Promise<unknown> {
    const { result, exceptionDetails } = await this.#page.send('Runtime.evaluate', {
      expression: `(${source})(...${JSON.stringify(values)})`,
      userGesture: true,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async #press({ x, y }: Point): Promise<void> {
    const mouse = (type: 'mouseMoved' | 'mousePressed' | 'mouseReleased') =>
      this.#page.send('Input.dispatchMouseEvent', { type, x, y, button: type === 'mouseMoved' ? 'none' : 'left', clickCount: 1 });
    await mouse('mouseMoved');
    await mouse('mousePressed');
    await mouse('mouseReleased');
  }
}

/** Longest name of a folder in which Chromium can make its socket `org.chromium.Chromium.XXXXXX/SingletonSocket` (unix(7): 107 bytes). */
const TMPDIR_MOST = 107 - 46;

/** The folder for temporary files, by a short name where its own is too long: Chromium is started where this process is. */
function temporaryFolder(): string {
  const folder = os.tmpdir();
  const isShort = Buffer.byteLength(folder) <= TMPDIR_MOST;
  return isShort || process.platform !== 'linux' || process.cwd() !== realpathSync(folder) ? folder : '/proc/self/cwd';
}

async function open(context: ClientContext): Promise<ClientSession> {
  const located = locate(chromiumProgram);
  if ('skipped' in located) throw new Error(`${located.skipped.reason}: ${located.skipped.remedy}`);
  if (context.isolated) await seemOnline();
  const args = [...SWITCHES, `--user-data-dir=${path.join(context.work, 'profile')}`, '--remote-debugging-pipe', 'about:blank'];
  const command = context.confine?.(located.file, args) ?? { file: located.file, args };
  const { default: puppeteer } = await import('puppeteer-core');
  const browser = await puppeteer.launch({
    executablePath: command.file,
    ignoreDefaultArgs: true,
    args: command.args,
    pipe: true,
    env: { ...process.env, TMPDIR: temporaryFolder() },
    defaultViewport: null,
    networkEnabled: false,
    issuesEnabled: false,
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
    timeout: START_TIMEOUT_MS,
  });
  try {
    const target = await browser.waitForTarget((candidate) => candidate.type() === 'page', { timeout: START_TIMEOUT_MS });
    const page = await target.createCDPSession();
    await page.send('Page.enable');
    await untilStarted(browser.process()?.pid ?? 0, context.signal);
    return new ChromiumSession(browser, page, context);
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** An installed Chromium as a client. */
export const realChromium = defineClient({
  id: 'real-chromium',
  title: 'Chromium (real)',
  provenance: 'real',
  kind: 'browser',
  summary: `an installed Chromium, headless; ${chromiumProgram.variable} names another browser of its engine`,
  version: () => programVersion(chromiumProgram),
  open,
});
