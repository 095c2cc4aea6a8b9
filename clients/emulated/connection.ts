import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import request from 'undici/lib/api/api-request.js';
import Client from 'undici/lib/dispatcher/client.js';
import type { CloseDelay, TcpKeepAlive } from '../profile.ts';
import { WireSocket } from './wire-socket.ts';

/** The longest delay of a timer in Node (24.8 days): undici's own timers must never close a connection. */
const NEVER_MS = 2 ** 31 - 1;
const NOT_MODIFIED = 304;
/** The longest response head that is taken, in bytes: Chromium's limit. undici's own is a sixteenth of it. */
const HEAD_LIMIT = 256 * 1024;

/** A response whose head has arrived; its body is still to be read. */
export interface Reply {
  status: number;
  /** As on the wire, in order: name, value, name, value… */
  rawHeaders: string[];
  body: Readable;
}

/** `connecting` until the handshake is complete; `busy` from the assignment of a request until its response counts as read. */
export type ConnectionState = 'connecting' | 'idle' | 'busy' | 'closed';

/** What a connection reports to its pool. */
export interface ConnectionEvents {
  /** Its state has changed, or the server has closed an idle connection. */
  changed(connection: Connection): void;
  /** Its socket has failed, by what the wire shows or by itself. */
  failed(error: Error): void;
}

/** Where a connection goes to, and the policies that it needs. */
export interface ConnectionOptions {
  host: string;
  port: number;
  tcpKeepAlive: TcpKeepAlive | null;
  /** Time from the last byte of a response that ends the connection to the close, in milliseconds. */
  closeDelayMs: CloseDelay;
  /** Time from the last byte of a response until the connection counts as idle, in milliseconds. */
  reclaimMs: number;
  /** Opens the connection; default: TCP to `host` and `port`. */
  connect?: () => Socket;
}

/**
 * One TCP connection of the browser. Each exchange gets an undici client of its own, which only parses: an undici client kept for the next
 * exchange would delay that request by a turn of the event loop, to see whether the server has closed.
 */
export class Connection {
  state: ConnectionState = 'connecting';
  /** Requests sent on it. */
  requests = 0;
  /** When it was opened; milliseconds of the monotonic clock. */
  readonly openedAt = performance.now();
  /**
   * Milliseconds of the monotonic clock: when the last byte before it became idle arrived, and (`quietSince`) when it was established or
   * last received data.
   */
  idleSince = 0;
  quietSince = 0;
  /** Most bytes of one response. */
  mostBytesRead = 0;
  /** Why it must not be used again: the server has sent FIN or RST, or bytes that answer no request. */
  spoiled: 'fin' | 'rst' | 'unsolicited' | null = null;
  /** The `timeout` of the last response's `Keep-Alive` field, in seconds; `null` where it had none. */
  advertisedTimeoutS: number | null = null;
  /** Its first request was for a document. */
  begunByDocument = false;
  /** Why it could not be established. */
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
    const wire = new WireSocket(this.#socket, (error) => this.#released(wire, error));
    // The errors of a request reach the caller through `send`.
    wire.on('error', () => {});
    const client = new Client(`http://${host.includes(':') ? `[${host}]` : host}:${port}`, {
      // In a microtask: undici doesn't look at its queue while it is asking for a socket.
      connect: (_, callback) => queueMicrotask(() => callback(null, wire as unknown as Socket)),
      pipelining: 1,
      keepAliveTimeout: NEVER_MS,
      keepAliveMaxTimeout: NEVER_MS,
      // undici subtracts this from the time-out in the server's `Keep-Alive`. Negative, it lifts that time-out above the maximum, so that
      // the field has no effect.
      keepAliveTimeoutThreshold: -NEVER_MS,
      maxHeaderSize: HEAD_LIMIT,
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

  /** Whether the next request may be sent on it. */
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
      this.#events.failed(error);
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
    // A slow reader may have paused it, and the FIN of the server must be noticed while it is idle.
    this.#socket.resume();
    this.state = 'idle';
    // Counted from the last byte, so that of two connections the one whose response ended later counts as used later, whichever was read
    // first here.
    this.idleSince = this.quietSince;
    for (const resolve of this.#settled.splice(0)) resolve();
    this.#events.changed(this);
  }

  /** Resolves when it is idle, or closed. */
  async idle(): Promise<void> {
    if (this.state === 'busy') await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  /** Marks it as busy; `send` must follow. */
  reserve(): void {
    this.state = 'busy';
  }

  /**
   * Sends one request on a reserved connection and resolves with the head of its final response. The connection stays busy until the body
   * is read to its end or destroyed.
   * @throws where the connection breaks before the response head is complete, or the response is not HTTP
   */
  async send(target: string, head: string): Promise<Reply> {
    this.requests++;
    const { tcpKeepAlive } = this.#options;
    if (this.requests === 1 && tcpKeepAlive && !tcpKeepAlive.unused) this.#startKeepAlive(tcpKeepAlive);
    this.#bytesAtRequest = this.#socket.bytesRead;
    const exchange = this.#openExchange();
    this.#exchange = exchange;
    exchange.wire.replaceNextHead(head);
    const { statusCode, headers, body } = await request.call(exchange.client, { method: 'GET', path: target, responseHeaders: 'raw' });
    const rawHeaders = headers as unknown as string[];
    this.#status = statusCode;
    this.advertisedTimeoutS = keepAliveTimeoutOf(rawHeaders);
    body.once('close', () => this.#answered());
    return { status: statusCode, rawHeaders, body };
  }

  /** Bytes received for the current response, or for the last one. */
  get bytesOfResponse(): number {
    return this.#socket.bytesRead - this.#bytesAtRequest;
  }

  #answered(): void {
    this.mostBytesRead = Math.max(this.mostBytesRead, this.bytesOfResponse);
    // undici releases a connection that can't be kept; `#released` has closed it then.
    if (this.state !== 'busy') return;
    this.#reclaimTimer = setTimeout(() => this.#becomeIdle(), this.#options.reclaimMs);
  }

  /** undici has released the socket: the response was the last one on this connection, or could not be parsed. */
  #released(wire: WireSocket, error: Error | null): void {
    if (this.#exchange?.wire !== wire) return;
    const { client } = this.#exchange;
    this.#exchange = null;
    if (error) this.#events.failed(error);
    // In a microtask: undici has yet to give its request the reason, and a client that is destroyed gives none.
    queueMicrotask(() => client.destroy().catch(() => {}));
    const { content, noContent } = this.#options.closeDelayMs;
    // undici's parser still runs in this turn of the event loop; `send` knows the status by the next one.
    setImmediate(() => {
      const delayMs = this.#status === NOT_MODIFIED ? noContent : content;
      if (delayMs === 0) this.#socket.destroy();
      else setTimeout(() => this.#socket.destroy(), delayMs);
    });
    this.#setClosed();
  }

  /** Closes the connection. As with close(2) on Linux, unread bytes turn the FIN into a RST. */
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
