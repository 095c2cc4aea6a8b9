/**
 * A real Firefox, headless, controlled over WebDriver BiDi or Marionette. Both listen on loopback, so that a capture of `lo` must be
 * limited to the server's port, as the lane's is. Actions run in the browser's own window (firefox-scripts.ts) and so do what the address
 * bar, the menu or the key does; BiDi's own `navigate` counts as following a link, and its `reload` can't bypass the cache.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { endWithParent } from '../../harness/system/programs.ts';
import { addressOf } from '../address.ts';
import { type ClientContext, type ClientSession, defineClient } from '../client.ts';
import type { Action } from '../scenario.ts';
import { EndWatch } from './end-watch.ts';
import { BidiControl } from './firefox-bidi.ts';
import type { FirefoxControl } from './firefox-control.ts';
import { firefoxPreferences, userJs } from './firefox-preferences.ts';
import { ACTIVATE, DISABLE_CACHE, EXPECT_LOAD, HARD_RELOAD, LOAD_ENDED, QUIT, RELOAD, TYPE_ADDRESS } from './firefox-scripts.ts';
import { killGroup } from './kill-group.ts';
import { Marionette, marionettePreferences } from './marionette.ts';
import { seemOnline } from './online.ts';
import { FIND_LINK, PLAY, type Point, SEEK } from './page-scripts.ts';
import { type BrowserProgram, locate, programVersion } from './program.ts';
import { untilQuiet } from './quiet.ts';
import { untilStarted } from './started.ts';
import { LOAD_TIMEOUT_MS, START_TIMEOUT_MS } from './time-limits.ts';
import { within } from './within.ts';

/** How an installed Firefox is found. */
export const firefoxProgram: BrowserProgram = {
  variable: 'WIREMATRIX_FIREFOX',
  candidates: ['firefox-esr', 'firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'],
  product: 'Mozilla Firefox',
  remedy: 'apt-get update && apt-get install -y --no-install-recommends firefox-esr',
};

const QUIT_TIMEOUT_MS = 10_000;

class FirefoxSession implements ClientSession {
  readonly #process: FirefoxProcess;
  readonly #control: FirefoxControl;
  readonly #context: ClientContext;
  readonly #port: number;

  constructor(process: FirefoxProcess, control: FirefoxControl, context: ClientContext) {
    this.#process = process;
    this.#control = control;
    this.#context = context;
    this.#port = addressOf(new URL(context.origin)).port;
  }

  async act(action: Action): Promise<void> {
    switch (action.do) {
      case 'navigate':
        await within(
          this.#load(() => this.#control.inWindow(TYPE_ADDRESS, this.#context.origin + action.path)),
          action.until,
        );
        if (action.until === undefined || action.until === 'settled') await this.#quiet();
        return;
      case 'follow-link':
        await this.#load(() => this.#press(this.#context.origin + action.path));
        return this.#quiet();
      case 'reload':
      case 'hard-reload':
        await this.#load(() => this.#control.inWindow(action.do === 'reload' ? RELOAD : HARD_RELOAD));
        return this.#quiet();
      case 'disable-cache':
        await this.#control.inWindow(DISABLE_CACHE);
        return;
      case 'play':
        await this.#control.inWindow(ACTIVATE);
        await this.#control.inPage(PLAY);
        return this.#quiet();
      case 'seek':
        await this.#control.inPage(SEEK, action.to);
        return this.#quiet();
      case 'leave':
        return this.#load(() => this.#control.inWindow(TYPE_ADDRESS, 'about:blank'));
      case 'quit':
        this.#process.end.expect();
        // Firefox may close the connection before it answers this command.
        this.#control.inWindow(QUIT).catch(() => {});
        return this.#process.ended(QUIT_TIMEOUT_MS);
      case 'watch':
      case 'stop-server':
      case 'ask':
        throw new Error(`a browser can't act out "${action.do}"`);
    }
  }

  failure(): Error | null {
    return this.#process.end.failure();
  }

  async close(): Promise<void> {
    this.#process.kill();
  }

  #quiet(): Promise<void> {
    return untilQuiet({ port: this.#port, signal: this.#context.signal });
  }

  async #load(begin: () => Promise<unknown>): Promise<void> {
    await this.#control.inWindow(EXPECT_LOAD);
    await begin();
    await this.#control.inWindow(LOAD_ENDED, LOAD_TIMEOUT_MS);
  }

  async #press(url: string): Promise<void> {
    await this.#control.click((await this.#control.inPage(FIND_LINK, url)) as Point);
  }
}

/** The Firefox process and its helper processes, in a process group of their own. */
class FirefoxProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly end: EndWatch;

  constructor({ file, args }: { file: string; args: string[] }) {
    // Firefox doesn't notice when this process has ended; Chromium does, by its pipe.
    const command = endWithParent(file, args);
    this.#child = spawn(command.file, command.args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: process.platform !== 'win32',
      env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: '1', MOZ_REMOTE_SETTINGS_DEVTOOLS: '1' },
    });
    this.end = new EndWatch(this.#child);
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', () => resolve());
    });
  }

  /**
   * The address of its WebDriver BiDi server, from the line that Firefox prints as soon as it listens.
   * @throws where Firefox ends, or prints no such line within `timeoutMs`
   */
  endpoint(timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      let log = '';
      const fail = (why: string) =>
        reject(new Error(`Firefox ${why}${log === '' ? '' : `; it wrote:\n${log.trim().split('\n').slice(-8).join('\n')}`}`));
      const timer = setTimeout(() => fail(`did not start within ${timeoutMs / 1000} s`), timeoutMs);
      this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        log = (log + text).slice(-20_000);
        const found = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(log);
        if (!found?.[1]) return;
        clearTimeout(timer);
        resolve(`${found[1]}/session`);
      });
      void this.#exited.then(() => {
        clearTimeout(timer);
        fail('ended while it was starting');
      });
    });
  }

  /** Waits until the process has ended, at most `timeoutMs`. @throws where it still runs */
  async ended(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Firefox did not quit within ${timeoutMs / 1000} s`)), timeoutMs);
    });
    try {
      await Promise.race([this.#exited, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The id of its process group. */
  get group(): number {
    return this.#child.pid ?? 0;
  }

  kill(): void {
    this.end.expect();
    killGroup(this.#child);
  }
}

async function open(context: ClientContext): Promise<ClientSession> {
  const located = locate(firefoxProgram);
  if ('skipped' in located) throw new Error(`${located.skipped.reason}: ${located.skipped.remedy}`);
  if (context.isolated) await seemOnline();
  const profile = path.join(context.work, 'profile');
  await mkdir(profile, { recursive: true });
  await writeFile(path.join(profile, 'user.js'), userJs({ ...firefoxPreferences, ...marionettePreferences }));
  const args = [
    '--headless',
    '--no-remote',
    '--profile',
    profile,
    '--remote-debugging-port=0',
    '--marionette',
    '--remote-allow-system-access',
    'about:blank',
  ];
  const child = new FirefoxProcess(context.confine?.(located.file, args) ?? { file: located.file, args });
  context.signal.addEventListener('abort', () => child.kill(), { once: true });
  try {
    const endpoint = await child.endpoint(START_TIMEOUT_MS);
    const starting = AbortSignal.any([context.signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
    const control = (await BidiControl.connect(endpoint)) ?? (await Marionette.connect(profile, starting));
    await untilStarted(child.group, context.signal);
    return new FirefoxSession(child, control, context);
  } catch (error) {
    child.kill();
    throw error;
  }
}

/** An installed Firefox as a client. */
export const realFirefox = defineClient({
  id: 'real-firefox',
  title: 'Firefox (real)',
  provenance: 'real',
  kind: 'browser',
  summary: `an installed Firefox, headless; ${firefoxProgram.variable} names another Firefox`,
  version: () => programVersion(firefoxProgram),
  open,
});
