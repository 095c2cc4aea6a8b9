/**
 * A real Chromium (or another browser of its engine), headless, driven over CDP through a pipe: a debugging port would be one
 * more connection on `lo`. Only the Page domain is on, because the Network domain changes caching; `disable-cache` turns it
 * on, as the developer tools do.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import puppeteer, { type Browser, type CDPSession } from 'puppeteer-core';
import { type ClientContext, type ClientSession, defineClient } from '../client.ts';
import type { Action } from '../scenario.ts';
import { seemOnline } from './online.ts';
import { FIND_LINK, PLAY, type Point, SEEK } from './page-scripts.ts';
import { type BrowserProgram, locate, programVersion } from './program.ts';
import { untilQuiet } from './quiet.ts';
import { untilStarted } from './started.ts';
import { LOAD_TIMEOUT_MS, START_TIMEOUT_MS } from './time-limits.ts';
import { within } from './within.ts';

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

/** Nothing answers there, and Chromium refuses the port (tcpmux) before it opens a socket. */
const NOWHERE = 'http://127.0.0.1:1/';

/**
 * No switch here touches how a page is loaded. Those of the last group keep the browser's own traffic away: its requests to
 * other hosts use the same socket pool, so that each of them closes the pool's half-closed connections before their time.
 */
const SWITCHES: readonly string[] = [
  '--headless',
  // Its own sandbox needs a user namespace of its own, which root and a nested user namespace don't get.
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

  constructor(browser: Browser, page: CDPSession, context: ClientContext) {
    this.#browser = browser;
    this.#page = page;
    this.#context = context;
    this.#port = Number(new URL(context.origin).port || 80);
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
        return this.#browser.close();
      case 'watch':
      case 'stop-server':
      case 'ask':
        throw new Error(`a browser can't act out "${action.do}"`);
    }
  }

  async close(): Promise<void> {
    this.#kill();
  }

  #kill(): void {
    const { pid, exitCode } = this.#browser.process() ?? {};
    if (!pid || exitCode !== null) return;
    try {
      // puppeteer gives the browser a process group of its own: its helper processes are in it.
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
    } catch {
      // It is gone.
    }
  }

  #quiet(): Promise<void> {
    return untilQuiet({ port: this.#port, signal: this.#context.signal });
  }

  /** As the address bar does: without a referrer, with the user's activation. */
  async #open(url: string): Promise<void> {
    await this.#page.send('Page.navigate', { url, transitionType: 'typed' });
  }

  /** Does what leads to a load, and resolves with its end: the load event, or the failure of the navigation. */
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

  /** Calls a function in the page, with the user's activation: media may play. */
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

async function open(context: ClientContext): Promise<ClientSession> {
  const located = locate(chromiumProgram);
  if ('skipped' in located) throw new Error(`${located.skipped.reason}: ${located.skipped.remedy}`);
  if (context.isolated) await seemOnline();
  const home = path.join(context.work, 'home');
  await mkdir(home, { recursive: true });
  const browser = await puppeteer.launch({
    executablePath: located.file,
    ignoreDefaultArgs: true,
    args: [...SWITCHES, `--user-data-dir=${path.join(context.work, 'profile')}`, '--remote-debugging-pipe', 'about:blank'],
    pipe: true,
    env: { ...process.env, HOME: home },
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

export const realChromium = defineClient({
  id: 'real-chromium',
  title: 'Chromium (real)',
  provenance: 'real',
  kind: 'browser',
  summary: `an installed Chromium, headless; ${chromiumProgram.variable} names another program of its engine`,
  version: () => programVersion(chromiumProgram),
  open,
});
