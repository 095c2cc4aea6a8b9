import { createServer, type Socket } from 'node:net';

/** Longest wait for data in milliseconds; `null`: no limit. */
export type Timeout = number | null;

/** The server's end of one connection, with the calls that a program makes on a socket. */
export class ModelSocket {
  readonly #socket: Socket;
  /** Received by the kernel, not yet read by the server. */
  #received: Buffer[] = [];
  #peerFinished = false;
  #gone = false;
  #wake: (() => void) | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    const wake = () => this.#wake?.();
    socket.on('data', (chunk: Buffer) => {
      this.#received.push(chunk);
      wake();
    });
    socket.on('end', () => {
      this.#peerFinished = true;
      wake();
    });
    socket.on('error', () => {
      this.#gone = true;
      wake();
    });
    socket.on('close', () => {
      this.#gone = true;
      wake();
    });
  }

  /** True where bytes are waiting that the server has not read. */
  get hasUnread(): boolean {
    return this.#received.length > 0;
  }

  /** True where the connection is closed or reset. */
  get gone(): boolean {
    return this.#gone;
  }

  /** One recv(2): at least one byte and at most `max`, or how the wait ended. */
  async receive(max: number, timeoutMs: Timeout = null): Promise<Buffer | 'finished' | 'timeout'> {
    const deadline = timeoutMs === null ? null : performance.now() + timeoutMs;
    while (this.#received.length === 0) {
      if (this.#peerFinished || this.#gone) return 'finished';
      const left = deadline === null ? null : deadline - performance.now();
      if (left !== null && left <= 0) return 'timeout';
      await this.#sleepUntilWoken(left);
    }
    const first = this.#received[0]!;
    if (first.length <= max) {
      this.#received.shift();
      return first;
    }
    this.#received[0] = first.subarray(max);
    return first.subarray(0, max);
  }

  #sleepUntilWoken(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }

  /** One send(2) or writev(2) for all parts together. Resolves when the kernel has taken them. */
  send(...parts: (Buffer | string)[]): Promise<void> {
    if (this.#gone || this.#socket.destroyed || this.#socket.writableEnded) return Promise.resolve();
    const bytes = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
    if (bytes.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** TCP_NODELAY. */
  setNoDelay(): void {
    this.#socket.setNoDelay(true);
  }

  /** shutdown(SHUT_WR): sends the FIN. */
  finish(): Promise<void> {
    if (this.#gone || this.#socket.writableEnded) return Promise.resolve();
    return new Promise((resolve) => {
      this.#socket.once('close', resolve);
      this.#socket.end(() => resolve());
    });
  }

  /** close(2). As in the kernel, unread bytes turn the FIN into a RST. */
  async close(): Promise<void> {
    if (this.#gone) return;
    if (this.hasUnread) this.#socket.resetAndDestroy();
    else {
      await this.finish();
      this.#socket.destroy();
    }
  }

  /**
   * Sends the FIN, then reads and drops until the peer has sent its own, is silent for `silenceMs`, or `totalMs` have passed. Milliseconds.
   */
  async lingeringClose(silenceMs: number, totalMs: number): Promise<void> {
    await this.finish();
    const deadline = performance.now() + totalMs;
    while (performance.now() < deadline) {
      const got = await this.receive(65_536, Math.min(silenceMs, deadline - performance.now()));
      if (typeof got === 'string') break;
    }
    await this.close();
  }
}

/** Listens, and passes each connection to `handle`, which must close it. @throws where it can't listen */
export function listenModel({ host, port }: { host: string; port: number }, handle: (socket: ModelSocket) => Promise<void>): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new ModelSocket(socket);
    // As in the servers modelled here, a handler that fails ends its connection, not the process.
    handle(connection).catch(() => connection.close());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}
