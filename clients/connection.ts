import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Client } from 'undici';
import type { TcpKeepAlive } from './profile.ts';
import { WireSocket } from './wire-socket.ts';

/** The longest time that Node's timers know (24.8 days): undici's own timers never get to close a connection. */
const NEVER_MS = 2 ** 31 - 1;

/** A response whose head has come; its body is still to be read. */
export interface Reply {
  status: number;
  /** As on the wire, in order: name, value, name, value… */
  rawHeaders: string[];
  body: Readable;
}

export type ConnectionState = 'connecting' | 'idle' | 'busy' | 'closed';

export interface ConnectionEvents {
  /** Its state, or what is known of the server's side, has changed. */
  changed(connection: Connection): void;
}

export interface ConnectionOptions {
  host: string;
  port: number;
  tcpKeepAlive: TcpKeepAlive | null;
}

/** One TCP connection of the browser, opened by us, with an undici client on top that only parses. */
export class Connection {
  state: ConnectionState = 'connecting';
  /** Requests sent on it. */
  requests = 0;
  /** When it became idle; milliseconds of the monotonic clock. */
  idleSince = 0;
  /** Most bytes of one response. */
  mostBytesRead = 0;
  /** The server has sent FIN or RST, or bytes that nobody asked for: not to be used again. */
  spoiled: 'fin' | 'rst' | 'unsolicited' | null = null;
  /** What the last response said in `Keep-Alive`: seconds and remaining requests. */
  advertised: { timeoutS: number | null; max: number | null } = { timeoutS: null, max: null };
  /** Why no connection came about. */
  error: Error | null = null;

  readonly #socket: Socket;
  readonly #wire: WireSocket;
  readonly #client: Client;
  readonly #events: ConnectionEvents;
  readonly #keepAlive: TcpKeepAlive | null;
  #keepAliveTimer: NodeJS.Timeout | undefined;
  #bytesAtRequest = 0;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#events = events;
    this.#keepAlive = options.tcpKeepAlive;
    this.#socket = connect({ host: options.host, port: options.port, allowHalfOpen: true, noDelay: true });
    this.#wire = new WireSocket(this.#socket, () => this.#released());
    this.#client = new Client(`http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${options.port}`, {
      // Not at once: undici doesn't look at its queue again while it is asking for a socket.
      connect: (_, callback) => queueMicrotask(() => callback(null, this.#wire as unknown as Socket)),
      pipelining: 1,
      keepAliveTimeout: NEVER_MS,
      keepAliveMaxTimeout: NEVER_MS,
      // undici takes this from the server's hint: a negative threshold puts the hint beyond the maximum above.
      keepAliveTimeoutThreshold: -NEVER_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    // Its requests report their errors themselves.
    this.#wire.on('error', () => {});
    this.#watch();
  }

  get isUsable(): boolean {
    return this.state === 'idle' && this.spoiled === null;
  }

  #watch(): void {
    const socket = this.#socket;
    socket.on('connect', () => {
      if (this.#keepAlive?.unused) this.#startKeepAlive(this.#keepAlive);
      this.#becomeIdle();
    });
    socket.on('data', (chunk: Buffer) => {
      if (this.state === 'busy') this.#wire.receive(chunk);
      else this.#spoil('unsolicited');
    });
    socket.on('end', () => {
      if (this.state === 'busy') this.#wire.receiveEnd();
      this.#spoil('fin');
    });
    socket.on('error', (error) => {
      if (this.state === 'connecting') this.error = error;
      this.spoiled = 'rst';
      if (this.state === 'busy') this.#wire.destroy(error);
    });
    socket.on('close', () => this.#setClosed());
  }

  #spoil(how: NonNullable<Connection['spoiled']>): void {
    this.spoiled ??= how;
    if (this.state === 'idle') this.#events.changed(this);
  }

  #startKeepAlive(settings: TcpKeepAlive): void {
    this.#socket.setKeepAlive(true, settings.idleS * 1000);
    const { then } = settings;
    if (!then) return;
    this.#keepAliveTimer = setTimeout(() => this.#socket.setKeepAlive(true, then.idleS * 1000), then.afterS * 1000);
    this.#keepAliveTimer.unref();
  }

  #becomeIdle(): void {
    this.state = 'idle';
    this.idleSince = performance.now();
    this.#events.changed(this);
  }

  /** Takes it out of the idle ones; `send` follows. */
  reserve(): void {
    this.state = 'busy';
  }

  /**
   * Sends one request on a reserved connection and resolves with the head of its final response. The connection is busy until the body is read to its end or destroyed.
   * @throws where the connection breaks before the head is whole, or the answer is no HTTP
   */
  async send(target: string, head: string): Promise<Reply> {
    this.requests++;
    if (this.requests === 1 && this.#keepAlive && !this.#keepAlive.unused) this.#startKeepAlive(this.#keepAlive);
    this.#bytesAtRequest = this.#socket.bytesRead;
    this.#wire.replaceNextHead(head);
    const { statusCode, headers, body } = await this.#client.request({ method: 'GET', path: target, responseHeaders: 'raw' });
    const rawHeaders = headers as unknown as string[];
    this.advertised = keepAliveOf(rawHeaders);
    body.once('close', () => this.#answered());
    return { status: statusCode, rawHeaders, body };
  }

  /** The bytes that the current, or the last, response has brought. */
  get bytesOfResponse(): number {
    return this.#socket.bytesRead - this.#bytesAtRequest;
  }

  #answered(): void {
    this.mostBytesRead = Math.max(this.mostBytesRead, this.bytesOfResponse);
    // undici lets go of a connection that can't be kept; `#released` has closed it then.
    if (this.state === 'busy') this.#becomeIdle();
  }

  /** undici has let go: the answer was the last one here, was given up, or could not be understood. */
  #released(): void {
    if (this.state !== 'closed') this.close('FIN');
  }

  /** Ends the connection. `FIN` is what close(2) sends where nothing is left unread; with unread bytes it is a RST, as on Linux. */
  close(how: 'FIN' | 'RST'): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    if (how === 'RST' || this.spoiled === 'unsolicited') this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    this.#setClosed();
  }

  #setClosed(): void {
    clearTimeout(this.#keepAliveTimer);
    this.state = 'closed';
    this.#wire.destroy();
    this.#client.destroy().catch(() => {});
    this.#events.changed(this);
  }
}

const TIMEOUT = /(?:^|[,;\s])timeout\s*=\s*"?(\d+)/i;
const MAX = /(?:^|[,;\s])max\s*=\s*"?(\d+)/i;

function keepAliveOf(rawHeaders: readonly string[]): Connection['advertised'] {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'keep-alive') continue;
    const value = rawHeaders[i + 1] ?? '';
    const number = (pattern: RegExp) => {
      const match = pattern.exec(value);
      return match ? Number(match[1]) : null;
    };
    return { timeoutS: number(TIMEOUT), max: number(MAX) };
  }
  return { timeoutS: null, max: null };
}
