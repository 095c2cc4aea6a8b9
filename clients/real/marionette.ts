/**
 * Firefox's Marionette protocol (Firefox Source Docs, "Marionette", protocol 3), as far as it is needed here. It gives access to the
 * browser's own window in every version; WebDriver BiDi does so only in newer ones. A message is its length in bytes, a colon and JSON:
 * `[0, id, command, parameters]` is a command, `[1, id, error, result]` its response.
 */
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FirefoxControl } from './firefox-control.ts';
import type { Point } from './page-scripts.ts';

/** Preferences for the profile: port 0 lets the system choose a free port. */
export const marionettePreferences: Readonly<Record<string, number>> = { 'marionette.port': 0 };

/** The file in the profile folder to which Firefox writes the port as soon as it listens. */
const PORT_FILE = 'MarionetteActivePort';
const POLL_MS = 20;
/** Without this, scripts that Marionette runs can't play media, even on a page with user activation. */
const ALLOW_PLAYING = "() => { Services.prefs.setIntPref('media.autoplay.default', 0); }";

interface MarionetteError {
  error: string;
  message: string;
}

type Message =
  | [type: 0, id: number, command: string, parameters: object]
  | [type: 1, id: number, error: MarionetteError | null, result: unknown];

/** Splits the bytes of a connection into messages. The first one, the server's greeting, is an object; the others are arrays. */
export class MessageReader {
  #held = Buffer.alloc(0);

  /** Takes the next bytes and gives the messages that are now complete. @throws where the bytes are not of this protocol */
  push(chunk: Buffer): unknown[] {
    this.#held = Buffer.concat([this.#held, chunk]);
    const messages: unknown[] = [];
    for (;;) {
      const colon = this.#held.indexOf(':');
      const digits = this.#held.toString('latin1', 0, colon < 0 ? Math.min(this.#held.length, 12) : colon);
      if (!/^\d{0,10}$/.test(digits) || colon === 0) throw new Error(`not a message of Marionette: ${JSON.stringify(digits)}`);
      const end = colon + 1 + Number(digits);
      if (colon < 0 || this.#held.length < end) return messages;
      messages.push(JSON.parse(this.#held.toString('utf8', colon + 1, end)));
      this.#held = this.#held.subarray(end);
    }
  }
}

/** Remote control over Marionette. */
export class Marionette implements FirefoxControl {
  readonly #socket: net.Socket;
  readonly #reader = new MessageReader();
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #id = 0;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const message of this.#reader.push(chunk)) if (Array.isArray(message)) this.#answered(message as Message);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Firefox closed the connection to its remote control'));
      this.#waiting.clear();
    });
  }

  /**
   * Connects to the Firefox that uses the profile folder `profile`, as soon as it listens.
   * @throws where it refuses the connection or the session; an AbortError where `signal` is aborted first
   */
  static async connect(profile: string, signal: AbortSignal): Promise<Marionette> {
    const marionette = new Marionette(net.connect(await portOf(profile, signal), '127.0.0.1'));
    await marionette.#ask('WebDriver:NewSession', {});
    await marionette.inWindow(ALLOW_PLAYING);
    return marionette;
  }

  inWindow(source: string, ...args: readonly (string | number)[]): Promise<unknown> {
    return this.#call('chrome', source, args);
  }

  inPage(source: string, ...args: readonly (string | number)[]): Promise<unknown> {
    return this.#call('content', source, args);
  }

  async click({ x, y }: Point): Promise<void> {
    await this.#ask('Marionette:SetContext', { value: 'content' });
    const at = { x: Math.round(x), y: Math.round(y) };
    const actions = [
      { type: 'pointerMove', ...at },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    await this.#ask('WebDriver:PerformActions', {
      actions: [{ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions }],
    });
  }

  async #call(where: 'chrome' | 'content', source: string, args: readonly (string | number)[]): Promise<unknown> {
    await this.#ask('Marionette:SetContext', { value: where });
    const result = await this.#ask('WebDriver:ExecuteScript', { script: `return (${source})(...arguments);`, args });
    return (result as { value: unknown }).value;
  }

  #ask(command: string, parameters: object): Promise<unknown> {
    const id = ++this.#id;
    const text = JSON.stringify([0, id, command, parameters]);
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new Error('Firefox closed the connection to its remote control'));
        return;
      }
      this.#waiting.set(id, { resolve, reject });
      this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
  }

  #answered([type, id, error, result]: Message): void {
    const waiting = type === 1 ? this.#waiting.get(id) : undefined;
    if (!waiting) return;
    this.#waiting.delete(id);
    if (error === null) waiting.resolve(result);
    else waiting.reject(new Error(`Firefox: ${(error as MarionetteError).error}: ${(error as MarionetteError).message}`));
  }
}

/** The port that Firefox listens on. Polls for the file, since nothing announces it. */
async function portOf(profile: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    const port = Number(await readFile(path.join(profile, PORT_FILE), 'utf8').catch(() => ''));
    if (port > 0) return port;
    await delay(POLL_MS, undefined, { signal });
  }
}
