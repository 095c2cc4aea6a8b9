import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Client } from 'undici';
import type { CloseDelay, TcpKeepAlive } from '../profile.ts';
import { WireSocket } from './wire-socket.ts';

/** The longest time that Node's timers know (24.8 days): undici's own timers never get to close a connection. */
const NEVER_MS = 2 ** 31 - 1;
const NOT_MODIFIED = 304;

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
  /** From the last byte of a response that ends the connection to the close; milliseconds. */
  closeDelayMs: CloseDelay;
  /** From the last byte of a response to the moment from which the connection counts as idle; milliseconds. */
  reclaimMs: number;
  /** Opens the connection; default: TCP to `host` and `port`. */
  connect?: () => Socket;
}

/**
 * One TCP connection of the browser, opened by us. Each exchange on it gets an undici client of its own, which parses and nothing else: kept from one
 * exchange to the next, undici would hold back the second request (it waits for a turn of the event loop, to see whether the server has closed).
 */
export class Connection {
  state: ConnectionState = 'connecting';
  /** Requests sent on it. */
  requests = 0;
  /** When it was opened; milliseconds of the monotonic clock. */
  readonly openedAt = performance.now();
  /** When what made it idle came, and when it was connected or last read from; milliseconds of the monotonic clock. */
  idleSince = 0;
  quietSince = 0;
  /** Most bytes of one response. */
  mostBytesRead = 0;
  /** The server has sent FIN or RST, or bytes that nobody asked for: not to be used again. */
  spoiled: 'fin' | 'rst' | 'unsolicited' | null = null;
  /** What the last response said in `Keep-Alive: timeout=`; seconds. */
  advertisedTimeoutS: number | null = null;
  /** The first request was for a document. */
  begunByDocument = false;
  /** Why no connection came about. */
  error: Error | null = null;

  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  #exchange: { wire: WireSocket; client: Client } | null = null;
  #keepAliveTimer: NodeJS.Timeout | undefined;
  #reclaimTimer: NodeJS.Timeout | undefined;
  #bytesAtRequest = 0;
  #settled: (() => void)[] = [];
  #status = 0;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#events = events;
    this.#options = options;
    this.#socket = options.connect?.() ?? connect({ host: options.host, port: options.port, allowHalfOpen: true, noDelay: true });
    this.#watch();
  }

  #openExchange(): { wire: WireSocket; client: Client } {
    const { host, port } = this.#options;
    const wire = new WireSocket(this.#socket, () => this.#released(wire));
    // The request reports its errors itself.
    wire.on('error', () => {});
    const client = new Client(`http://${host.includes(':') ? `[${host}]` : host}:${port}`, {
      // Not at once: undici doesn't look at its queue again while it is asking for a socket.
      connect: (_, callback) => queueMicrotask(() => callback(null, wire as unknown as Socket)),
      pipelining: 1,
      keepAliveTimeout: NEVER_MS,
      keepAliveMaxTimeout: NEVER_MS,
      // undici takes this from the server's hint: a negative threshold puts the hint beyond the maximum above.
      keepAliveTimeoutThreshold: -NEVER_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return { wire, client };
  }

  #closeExchange(): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.client.destroy().catch(() => {});
    exchange?.wire.destroy();
  }

  get isUsable(): boolean {
    return this.state === 'idle' && this.spoiled === null;
  }

  #watch(): void {
    const socket = this.#socket;
    socket.on('connect', () => {
      this.quietSince = performance.now();
      if (this.#options.tcpKeepAlive?.unused) this.#startKeepAlive(this.#options.tcpKeepAlive);
      this.#becomeIdle();
    });
    socket.on('data', (chunk: Buffer) => {
      this.quietSince = performance.now();
      if (this.#exchange) this.#exchange.wire.receive(chunk);
      else this.#spoil('unsolicited');
    });
    socket.on('end', () => {
      this.#exchange?.wire.receiveEnd();
      this.#spoil('fin');
    });
    socket.on('error', (error) => {
      if (this.state === 'connecting') this.error = error;
      this.spoiled = 'rst';
      this.#exchange?.wire.destroy(error);
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
    this.#closeExchange();
    // Stopped where the reader was slow: what the server does while the connection is idle must be seen.
    this.#socket.resume();
    this.state = 'idle';
    // From its last byte: of two answers, the one that came later counts as later, whichever was read first here.
    this.idleSince = this.quietSince;
    for (const resolve of this.#settled.splice(0)) resolve();
    this.#events.changed(this);
  }

  /** Resolves when it is idle, or closed. */
  async idle(): Promise<void> {
    if (this.state === 'busy') await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  /** Takes it out of the idle ones; `send` follows. */
  reserve(): void {
    this.state = 'busy';
  }

  /**
   * Sends one request on a reserved connection and resolves with the head of its final response. The connection stays busy until
   * the body is read to its end or destroyed.
   * @throws where the connection breaks before the head is whole, or the answer is no HTTP
   */
  async send(target: string, head: string): Promise<Reply> {
    this.requests++;
    const { tcpKeepAlive } = this.#options;
    if (this.requests === 1 && tcpKeepAlive && !tcpKeepAlive.unused) this.#startKeepAlive(tcpKeepAlive);
    this.#bytesAtRequest = this.#socket.bytesRead;
    const exchange = this.#openExchange();
    this.#exchange = exchange;
    exchange.wire.replaceNextHead(head);
    const { statusCode, headers, body } = await exchange.client.request({ method: 'GET', path: target, responseHeaders: 'raw' });
    const rawHeaders = headers as unknown as string[];
    this.#status = statusCode;
    this.advertisedTimeoutS = keepAliveTimeoutOf(rawHeaders);
    body.once('close', () => this.#answered());
    return { status: statusCode, rawHeaders, body };
  }

  /** The bytes that the current, or the last, response has brought. */
  get bytesOfResponse(): number {
    return this.#socket.bytesRead - this.#bytesAtRequest;
  }

  #answered(): void {
    this.mostBytesRead = Math.max(this.mostBytesRead, this.bytesOfResponse);
    // undici lets go of a connection that can't be kept, and `#released` has closed it then.
    if (this.state !== 'busy') return;
    this.#reclaimTimer = setTimeout(() => this.#becomeIdle(), this.#options.reclaimMs);
  }

  /** undici has let go: the answer was the last one here, or could not be understood. */
  #released(wire: WireSocket): void {
    if (this.#exchange?.wire !== wire) return;
    const { content, noContent } = this.#options.closeDelayMs;
    // `send` learns the status in this turn of the event loop, which undici's parser is still in.
    setImmediate(() => {
      const delayMs = this.#status === NOT_MODIFIED ? noContent : content;
      if (delayMs === 0) this.#socket.destroy();
      else setTimeout(() => this.#socket.destroy(), delayMs);
    });
    this.#setClosed();
  }

  /** Ends the connection. `FIN` is what close(2) sends where nothing is left unread; with unread bytes it is a RST, as on Linux. */
  close(how: 'FIN' | 'RST'): void {
    if (this.state === 'closed') return;
    if (how === 'RST' || this.spoiled === 'unsolicited') this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    this.#setClosed();
  }

  #setClosed(): void {
    if (this.state === 'closed') return;
    clearTimeout(this.#keepAliveTimer);
    clearTimeout(this.#reclaimTimer);
    this.state = 'closed';
    this.#closeExchange();
    for (const resolve of this.#settled.splice(0)) resolve();
    this.#events.changed(this);
  }
}

const TIMEOUT = /(?:^|[,;\s])timeout\s*=\s*"?(\d+)/i;

function keepAliveTimeoutOf(rawHeaders: readonly string[]): number | null {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'keep-alive') continue;
    const match = TIMEOUT.exec(rawHeaders[i + 1] ?? '');
    return match ? Number(match[1]) : null;
  }
  return null;
}
