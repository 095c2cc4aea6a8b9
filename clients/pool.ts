import { Connection, type Reply } from './connection.ts';
import type { ConnectionPolicies } from './profile.ts';

/** A request as the pool sees it. */
export interface Order {
  target: string;
  /** The whole head as text. */
  head: string;
  /** Lower goes first where several wait. */
  priority: number;
  /** Aborted: not sent any more where it still waits. */
  signal: AbortSignal;
}

/** A reply, and the connection that it comes on. */
export interface PooledReply extends Reply {
  connection: Connection;
}

interface Waiting {
  order: Order;
  resolve(connection: Connection): void;
  reject(error: Error): void;
}

const now = (): number => performance.now();

/** The connections of a browser to one origin, opened, shared out, kept and closed by the profile's policies. */
export class ConnectionPool {
  readonly #policies: ConnectionPolicies;
  readonly #host: string;
  readonly #port: number;
  readonly #connections = new Set<Connection>();
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(origin: URL, policies: ConnectionPolicies) {
    this.#policies = policies;
    this.#host = origin.hostname.replace(/^\[|\]$/g, '');
    this.#port = Number(origin.port || 80);
  }

  /** Every connection that is not closed, in the order in which they were opened. */
  get connections(): readonly Connection[] {
    return [...this.#connections];
  }

  /** Opens what is missing to that many connections, idle, busy and connecting ones counted together. */
  preconnect(wanted: number): void {
    this.#sweep();
    while (this.#connections.size < Math.min(wanted, this.#policies.perHost.value)) this.#open();
  }

  /**
   * Sends a request on a free connection, or on the next that becomes free or is opened for it.
   * @throws where no connection can be had, or the connection breaks before the response's head is whole (after the browser's own retry)
   */
  async request(order: Order): Promise<PooledReply> {
    for (;;) {
      const connection = await this.#assigned(order);
      const reused = connection.requests > 0;
      try {
        const reply = await connection.send(order.target, order.head);
        return { ...reply, connection };
      } catch (error) {
        const dead = reused && connection.bytesOfResponse === 0 && !order.signal.aborted && !this.#closed;
        if (!dead || !this.#policies.retryOnDeadConnection.value) throw error;
      }
    }
  }

  #assigned(order: Order): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const entry: Waiting = { order, resolve, reject };
      const give = (error: Error) => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
        reject(error);
      };
      if (this.#closed || order.signal.aborted) return give(new Error('the request was given up before it was sent'));
      order.signal.addEventListener('abort', () => give(new Error('the request was given up before it was sent')), { once: true });
      const later = this.#waiting.findIndex((other) => other.order.priority > order.priority);
      this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, entry);
      this.#sweep();
      this.#serve();
    });
  }

  /** Gives idle connections to those who wait, and opens what is still missing. */
  #serve(): void {
    while (this.#waiting.length > 0) {
      const connection = this.#pick();
      if (!connection) break;
      const entry = this.#waiting.shift()!;
      connection.reserve();
      entry.resolve(connection);
    }
    let connecting = [...this.#connections].filter((c) => c.state === 'connecting').length;
    while (connecting < this.#waiting.length && this.#connections.size < this.#policies.perHost.value) {
      this.#open();
      connecting++;
    }
    this.#schedule();
  }

  #pick(): Connection | undefined {
    const usable = [...this.#connections].filter((c) => c.isUsable);
    const used = usable.filter((c) => c.requests > 0);
    if (used.length === 0) return usable[0];
    const rank = {
      'most-recently-used': (c: Connection) => -c.idleSince,
      'least-recently-used': (c: Connection) => c.idleSince,
      'most-bytes-read': (c: Connection) => -c.mostBytesRead,
    }[this.#policies.pick.value];
    return used.reduce((best, c) => (rank(c) < rank(best) ? c : best));
  }

  #open(): void {
    const connection = new Connection(
      { host: this.#host, port: this.#port, tcpKeepAlive: this.#policies.tcpKeepAlive.value },
      { changed: (which) => this.#changed(which) },
    );
    this.#connections.add(connection);
  }

  #changed(connection: Connection): void {
    if (connection.state === 'closed') {
      this.#connections.delete(connection);
      if (connection.error) this.#waiting.shift()?.reject(connection.error);
    } else if (connection.spoiled !== null && connection.state === 'idle' && this.#policies.serverCloseAnswered.value === 'at-once') {
      connection.close('FIN');
      return;
    }
    if (!this.#closed) this.#serve();
  }

  /** When the connection is overdue, on the monotonic clock in milliseconds. */
  #deadline(connection: Connection): number {
    const { usedIdleMs, unusedIdleMs, keepAliveHeader } = this.#policies;
    if (connection.requests === 0) return connection.idleSince + unusedIdleMs.value;
    const { timeoutS, max } = connection.advertised;
    if (keepAliveHeader.value === 'ignored') return connection.idleSince + usedIdleMs.value;
    if (max === 0) return connection.idleSince;
    return connection.idleSince + (timeoutS === null ? usedIdleMs.value : timeoutS * 1000);
  }

  /** Closes what is overdue or spoiled: the clean-up that comes before each request. */
  #sweep(): void {
    for (const connection of this.#connections) {
      if (connection.state !== 'idle') continue;
      if (connection.spoiled !== null || this.#deadline(connection) <= now()) connection.close('FIN');
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#policies.cleanup.value !== 'timer' || this.#closed) return;
    const idle = [...this.#connections].filter((c) => c.state === 'idle');
    if (idle.length === 0) return;
    const next = Math.min(...idle.map((c) => this.#deadline(c)));
    this.#timer = setTimeout(
      () => {
        this.#sweep();
        this.#schedule();
      },
      Math.max(0, Math.ceil(next - now())),
    );
  }

  /** Closes every connection. What is under way fails. */
  close(how: { idle: 'FIN' | 'RST'; busy: 'FIN' | 'RST' }): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const entry of this.#waiting.splice(0)) entry.reject(new Error('the browser was closed'));
    for (const connection of this.#connections) connection.close(connection.state === 'busy' ? how.busy : how.idle);
  }
}
