import net from 'node:net';
import { Cancelled, type OwnFailures } from '../own-failure.ts';
import { createResponseReader, type ResponseHead } from './response-reader.ts';

/** Longest wait for the server's FIN after the FIN of the client, in milliseconds. */
const CLOSE_GRACE_MS = 300;
/** An answer that does not say how long it is, is read no faster than this once it is long: the capture must keep up. Bytes, bytes a second. */
const LONG_BYTES = 2 ** 20;
const LONG_RATE = 64 * 2 ** 20;
/** An answer that is longer, and does not say how long it is, counts as one without end: its connection is dropped. Bytes. */
const ENDLESS_BYTES = 64 * 2 ** 20;

/** A request as the probe sends it, or a part of one. */
export interface WireRequest {
  /** `null` for what belongs to the request before it. */
  method: string | null;
  /** The request as it goes on the wire, one character a byte. */
  bytes: string;
}

/** One TCP connection of the probe: exact bytes out, responses in. A FIN of the server is answered immediately. */
export interface WireConnection {
  /** Sends the requests in one write, so that they share a segment where they fit into one. */
  send(requests: readonly WireRequest[]): void;
  /**
   * The next final response, read to its end.
   * @param bodyMs longest wait for its end once its head has come; default: `timeoutMs` alone counts
   * @returns `null` where the connection was closed first, or none came within `timeoutMs`
   */
  response(timeoutMs: number, bodyMs?: number): Promise<ResponseHead | null>;
  /** Resolves to true when another response has begun, an interim one too; to false when none came within `timeoutMs` or the connection was closed. */
  anyResponse(timeoutMs: number): Promise<boolean>;
  /** Final responses whose head has come. */
  readonly answered: number;
  /** Whether a final response has begun and not ended, or was so long that its connection was dropped. */
  readonly isUnfinished: boolean;
  /** Whether the server has closed its side, or the connection was reset. */
  readonly ended: boolean;
  /** Resolves to true when the first byte has come, to false when none came within `timeoutMs` or the connection was closed. */
  firstByte(timeoutMs: number): Promise<boolean>;
  /** Resolves to true when the server has closed the connection, to false when it has not within `timeoutMs`. */
  closedByServer(timeoutMs: number): Promise<boolean>;
  /** Closes with a FIN and waits a moment for the server's. */
  close(): Promise<void>;
  /** Closes the socket immediately. */
  destroy(): void;
}

/** The server to connect to, and how to read from it. */
export interface ConnectOptions {
  host: string;
  port: number;
  signal: AbortSignal;
  /** Is given every error of the socket, and of reading what comes. */
  failures: OwnFailures;
  /** Reads at most this many bytes a second from the socket, so that the server has to wait. */
  readRate?: number;
  /** Reads nothing for this long after the first bytes, in milliseconds. */
  readPauseMs?: number;
  /** Bytes after which an answer that does not say how long it is counts as one without end. Default 64 MiB. */
  endlessBytes?: number;
}

/**
 * Opens a connection.
 * @throws Error where it can't be established (ECONNREFUSED and others)
 */
export async function openConnection({ endlessBytes = ENDLESS_BYTES, ...options }: ConnectOptions): Promise<WireConnection> {
  const { host, port, signal, failures, readRate, readPauseMs } = options;
  signal.throwIfAborted();
  const socket = net.connect({ host, port, noDelay: true });
  // Not the `signal` option of the socket: it leaves a listener on the signal for every connection that has ended.
  const abort = () => socket.destroy(new Cancelled('the run was cancelled'));
  signal.addEventListener('abort', abort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', abort));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    // A RST that follows the handshake at once comes before the handshake is told of; only a refusal means that there was none.
    socket.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? resolve() : reject(error)));
    socket.on('error', failures.note);
  });

  const methods: string[] = [];
  const reader = createResponseReader(methods);
  const waiting = new Set<() => void>();
  let received = false;
  let ended = socket.destroyed;
  let isEndless = false;
  /** Responses that had begun when the last write was made. */
  let begunBefore = 0;
  const changed = () => {
    for (const check of [...waiting]) check();
  };
  const end = () => {
    ended = true;
    reader.end();
    changed();
  };
  socket.on('data', (chunk) => {
    const askedMs = readRate ? (chunk.length / readRate) * 1000 : readPauseMs && !received ? readPauseMs : 0;
    received = true;
    try {
      reader.push(chunk);
    } catch (error) {
      failures.note(error);
      socket.destroy();
      return;
    }
    if (reader.unannounced > endlessBytes) {
      isEndless = true;
      socket.destroy();
    }
    const pauseMs = reader.unannounced > LONG_BYTES ? Math.max(askedMs, (chunk.length / LONG_RATE) * 1000) : askedMs;
    if (pauseMs > 0) {
      socket.pause();
      setTimeout(() => socket.resume(), pauseMs);
    }
    changed();
  });
  socket.on('end', end);
  // A reset is a fact on the wire, not an error of the probe.
  socket.on('error', end);
  socket.on('close', end);

  /** The first value of `look` that is not undefined; `otherwise` after `timeoutMs`, or `bodyMs` after the head of a response. */
  const until = <T>(look: () => T | undefined, otherwise: T, timeoutMs: number, bodyMs?: number): Promise<T> =>
    new Promise((resolve) => {
      let bodyTimer: NodeJS.Timeout | undefined;
      const settle = (result: T) => {
        waiting.delete(check);
        clearTimeout(timer);
        clearTimeout(bodyTimer);
        resolve(result);
      };
      const check = () => {
        const found = look();
        if (found !== undefined) settle(found);
        else if (bodyMs !== undefined && reader.isInBody) bodyTimer ??= setTimeout(() => settle(otherwise), bodyMs);
      };
      const timer = setTimeout(() => settle(otherwise), timeoutMs);
      waiting.add(check);
      check();
    });

  return {
    send(requests) {
      begunBefore = reader.begun;
      methods.push(...requests.flatMap(({ method }) => method ?? []));
      if (!socket.destroyed) socket.write(requests.map((request) => request.bytes).join(''), 'latin1');
    },
    response: (timeoutMs, bodyMs) => until<ResponseHead | null>(() => reader.take() ?? (ended ? null : undefined), null, timeoutMs, bodyMs),
    anyResponse: (timeoutMs) => until(() => (reader.begun > begunBefore ? true : ended ? false : undefined), false, timeoutMs),
    get answered() {
      return reader.answered;
    },
    get isUnfinished() {
      return isEndless || (!ended && reader.isInBody);
    },
    get ended() {
      return ended;
    },
    firstByte: (timeoutMs) => until(() => (received ? true : ended ? false : undefined), false, timeoutMs),
    closedByServer: (timeoutMs) => until(() => (ended ? true : undefined), false, timeoutMs),
    async close() {
      if (socket.destroyed) return;
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      // Unread bytes must be consumed, or the FIN of the server is never seen.
      socket.resume();
      socket.end();
      const timer = setTimeout(() => socket.destroy(), CLOSE_GRACE_MS);
      await closed;
      clearTimeout(timer);
    },
    destroy: () => socket.destroy(),
  };
}
