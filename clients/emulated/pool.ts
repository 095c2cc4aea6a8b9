import type { Socket } from 'node:net';
import { addressOf } from '../address.ts';
import { Cancelled, OwnFailures } from '../own-failure.ts';
import type { ClosingPolicies, ConnectionPolicies } from '../profile.ts';
import { Connection, type Reply } from './connection.ts';

/** A request as the pool sees it. */
export interface Order {
  target: string;
  /** The whole head as text. */
  head: string;
  /** Lower values go first where several requests wait. */
  priority: number;
  isDocument: boolean;
  /**
   * Cancels the request when aborted; one that still waits is then not sent. The reason `FIN` or `RST` says how its connection is closed;
   * otherwise the profile does.
   */
  signal: AbortSignal;
}

/** A response and its connection. */
export interface PooledReply extends Reply {
  connection: Connection;
}

interface Waiting {
  order: Order;
  /** The connection that was opened for this request. */
  own: Connection | null;
  /** A second one for this request, opened because the first was slow to be established. */
  backup: Connection | null;
  resolve(connection: Connection): void;
  reject(error: Error): void;
}

const SECOND_MS = 1000;
/** A timer of Node that is set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const now = (): number => performance.now();

function wholeSteps(ms: number, stepMs: number): number {
  return Math.max(1, Math.floor(ms / stepMs)) * stepMs;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/** The connections of a browser to one origin: opens, assigns, keeps and closes them by the policies of the profile. */
export class ConnectionPool {
  readonly #policies: ConnectionPolicies;
  readonly #closing: ClosingPolicies;
  readonly #address: { host: string; port: number };
  readonly #connect: (() => Socket) | undefined;
  readonly #failures: OwnFailures;
  readonly #connections = new Set<Connection>();
  #waiting: Waiting[] = [];
  /** Established connections of waiting requests that are not assigned yet. */
  #connected: Connection[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** When the timer is due, on the monotonic clock. */
  #timerDue = Number.POSITIVE_INFINITY;
  #closed = false;

  /**
   * @param connect opens a connection; default: TCP to the origin
   * @param failures is given every error of a socket, also where no request waits for it
   */
  constructor(
    origin: URL,
    policies: ConnectionPolicies,
    closing: ClosingPolicies,
    connect?: () => Socket,
    failures: OwnFailures = new OwnFailures(),
  ) {
    this.#connect = connect;
    this.#failures = failures;
    this.#policies = policies;
    this.#closing = closing;
    this.#address = addressOf(origin);
  }

  /** Every connection that is not closed, in the order in which they were opened. */
  get connections(): readonly Connection[] {
    return [...this.#connections];
  }

  /** Opens connections until there are `wanted` of them or as many as a host may have. Idle, busy and connecting ones all count. */
  preconnect(wanted: number): void {
    this.#sweep();
    while (this.#connections.size < wanted && this.#openWithinLimit());
  }

  /**
   * Sends a request on an idle connection, or on the next one that becomes idle or is opened for it.
   * @throws where no connection can be established, or it breaks before the response head is complete (after the browser's own retry)
   */
  async request(order: Order): Promise<PooledReply> {
    for (;;) {
      const connection = await this.#assigned(order);
      const reused = connection.requests > 0;
      let begun = false;
      const giveUp = () => {
        const { reason } = order.signal;
        const how = reason === 'FIN' || reason === 'RST' ? reason : this.#closing.abort.value;
        if (how !== 'read-on') connection.close(how);
        else if (!begun) connection.close('FIN');
      };
      order.signal.addEventListener('abort', giveUp, { once: true });
      try {
        const reply = await connection.send(order.target, order.head);
        begun = true;
        reply.body.once('close', () => order.signal.removeEventListener('abort', giveUp));
        return { ...reply, connection };
      } catch (error) {
        order.signal.removeEventListener('abort', giveUp);
        const dead = reused && connection.bytesOfResponse === 0 && !order.signal.aborted && !this.#closed;
        if (!dead || !this.#policies.retryOnDeadConnection.value) throw error;
      }
    }
  }

  #assigned(order: Order): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
        reject(new Cancelled('the request was given up before it was sent'));
      };
      const settled = () => order.signal.removeEventListener('abort', giveUp);
      const entry: Waiting = {
        order,
        own: null,
        backup: null,
        resolve: (connection) => {
          settled();
          resolve(connection);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      if (this.#closed || order.signal.aborted) return giveUp();
      order.signal.addEventListener('abort', giveUp, { once: true });
      const later = this.#waiting.findIndex((other) => other.order.priority > order.priority);
      this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, entry);
      this.#sweep();
      this.#serve();
    });
  }

  /** Assigns idle connections to waiting requests, and opens connections for the rest. */
  #serve(): void {
    for (;;) {
      const entry = this.#waiting.find((waiting) => waiting.own === null);
      const connection = entry && this.#pick(entry.order);
      if (!connection) break;
      this.#give(connection, entry);
    }
    for (const entry of this.#waiting.filter((waiting) => waiting.own === null)) {
      entry.own = this.#unclaimed() ?? this.#openWithinLimit() ?? null;
      if (!entry.own) break;
      this.#backUp(entry, entry.own);
    }
    this.#schedule();
  }

  /** Opens a second connection for a request whose own is slow to be established. */
  #backUp(entry: Waiting, own: Connection): void {
    const afterMs = this.#policies.backupAfterMs.value;
    if (afterMs === null) return;
    const timer = setTimeout(() => {
      const isOverdue = !this.#closed && own.state === 'connecting' && this.#waiting.includes(entry) && entry.own === own;
      if (isOverdue) entry.backup = this.#openWithinLimit() ?? null;
    }, afterMs);
    timer.unref();
  }

  /** A connecting connection that was opened for no request. */
  #unclaimed(): Connection | undefined {
    return [...this.#connections].find((c) => c.state === 'connecting' && !this.#isBound(c));
  }

  /** Whether it was opened for a request that still waits. */
  #isBound(connection: Connection): boolean {
    return this.#waiting.some(({ own, backup }) => own === connection || backup === connection);
  }

  #openWithinLimit(): Connection | undefined {
    return this.#connections.size < this.#policies.perHost.value ? this.#open() : undefined;
  }

  #give(connection: Connection, entry: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== entry);
    if (connection.requests === 0) connection.begunByDocument = entry.order.isDocument;
    connection.reserve();
    entry.resolve(connection);
  }

  /** Assigns established connections to the requests that they were opened for. */
  #giveBound(): void {
    const batch = this.#connected.splice(0);
    if (this.#policies.binding.value.order === 'last-first')
      batch.reverse().sort((a, b) => Math.floor(a.openedAt) - Math.floor(b.openedAt));
    for (const connection of batch) {
      const owner = this.#waiting.find((waiting) => waiting.own === connection);
      if (!owner || !connection.isUsable) continue;
      const entry = this.#policies.binding.value.order === 'by-priority' ? this.#firstBound() : owner;
      // The request that it was opened for takes over the other one's connection.
      if (entry !== owner) [owner.own, owner.backup] = [entry.own, entry.backup];
      this.#give(connection, entry);
    }
    // A request whose own connection failed, or went to another, takes any.
    for (const entry of this.#waiting) if (entry.own && entry.own.state !== 'connecting') entry.own = null;
    this.#serve();
  }

  /** The most urgent request that has a connection of its own: `#waiting` is in the order of priority. */
  #firstBound(): Waiting {
    return this.#waiting.find(({ own }) => own !== null)!;
  }

  #pick(order: Order): Connection | undefined {
    const usable = [...this.#connections].filter((c) => c.isUsable && !this.#isBound(c));
    const used = usable.filter((c) => c.requests > 0);
    const spared = this.#policies.documentConnectionSpared.value && !order.isDocument;
    const preferred = spared ? used.filter((c) => !c.begunByDocument) : used;
    return this.#first(preferred) ?? this.#first(used) ?? usable[0];
  }

  #first(candidates: readonly Connection[]): Connection | undefined {
    const rank = {
      'most-recently-used': (c: Connection) => [-c.idleSince],
      'least-recently-used': (c: Connection) => [c.idleSince],
      'most-bytes-read': (c: Connection) => [-c.mostBytesRead, c.idleSince],
    }[this.#policies.pick.value];
    return [...candidates].sort((a, b) => compare(rank(a), rank(b)))[0];
  }

  #open(): Connection {
    const { tcpKeepAlive, closeDelayMs, reclaimMs } = this.#policies;
    const options = {
      ...this.#address,
      tcpKeepAlive: tcpKeepAlive.value,
      closeDelayMs: closeDelayMs.value,
      reclaimMs: reclaimMs.value,
      ...(this.#connect ? { connect: this.#connect } : {}),
    };
    const connection = new Connection(options, { changed: (which) => this.#changed(which), failed: this.#failures.note });
    this.#connections.add(connection);
    return connection;
  }

  /** Opens a connection for a request that must wait for another one first. */
  anticipate(): void {
    const ready = [...this.#connections].some((c) => c.isUsable || c.state === 'connecting');
    if (this.#policies.anticipates.value && !ready && !this.#closed) this.#openWithinLimit();
  }

  #changed(connection: Connection): void {
    if (connection.state === 'closed') {
      this.#connections.delete(connection);
      if (connection.error) this.#failOne(connection, connection.error);
    } else if (connection.spoiled !== null && connection.state === 'idle' && this.#policies.serverCloseAnswered.value === 'at-once') {
      connection.close('FIN');
      return;
    }
    if (this.#closed) return;
    const { batchMs } = this.#policies.binding.value;
    const backedUp = this.#waiting.find((waiting) => waiting.backup === connection);
    if (backedUp && connection.isUsable) [backedUp.own, backedUp.backup] = [connection, backedUp.own];
    if (!this.#waiting.some((waiting) => waiting.own === connection)) this.#serve();
    else this.#handOut(connection, batchMs);
  }

  /** Assigns the connection, now or together with others that are established within `batchMs`. */
  #handOut(connection: Connection, batchMs: number): void {
    const isFirst = this.#connected.push(connection) === 1;
    const isLast = ![...this.#connections].some((c) => c.state === 'connecting');
    if (batchMs === 0 || isLast) this.#giveBound();
    else if (isFirst) setTimeout(() => this.#giveBound(), batchMs);
  }

  /** A connection could not be established: its own request fails, or else the first one that waits. */
  #failOne(connection: Connection, error: Error): void {
    const entry = this.#waiting.find((waiting) => waiting.own === connection) ?? this.#waiting[0];
    this.#waiting = this.#waiting.filter((other) => other !== entry);
    entry?.reject(error);
  }

  /** When the idle time-out of the connection ends, in milliseconds of the monotonic clock. */
  #deadline(connection: Connection): number {
    const { usedIdleMs, unusedIdleMs, keepAliveHeader } = this.#policies;
    if (connection.requests === 0) return connection.quietSince + unusedIdleMs.value;
    const advertised = keepAliveHeader.value === 'obeyed' ? connection.advertisedTimeoutS : null;
    return connection.quietSince + (advertised === null ? usedIdleMs.value : advertised * SECOND_MS);
  }

  /** Closes idle connections that are past their time-out or must not be used again. Done before each request. */
  #sweep(): void {
    for (const connection of this.#connections) {
      if (connection.state !== 'idle') continue;
      if (connection.spoiled !== null || this.#deadline(connection) <= now()) connection.close('FIN');
    }
  }

  /** Starts the clean-up timer, or sets it to an earlier time, in whole steps. The rest of a step is waited for when it fires. */
  #schedule(): void {
    const cleanup = this.#policies.cleanup.value;
    const idle = [...this.#connections].filter((c) => c.state === 'idle');
    if (cleanup.by !== 'timer' || this.#closed) return;
    // Nothing is idle: the timer starts anew later.
    if (idle.length === 0) {
      this.#stopTimer();
      return;
    }
    const remaining = Math.min(...idle.map((c) => this.#deadline(c))) - now();
    const due = now() + wholeSteps(remaining, cleanup.stepMs) + cleanup.armAfterMs;
    if (due < this.#timerDue - cleanup.stepMs) this.#setTimer(due, cleanup.stepMs);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timerDue = Number.POSITIVE_INFINITY;
  }

  #setTimer(due: number, stepMs: number): void {
    clearTimeout(this.#timer);
    this.#timerDue = due;
    this.#timer = setTimeout(() => this.#cleanUp(stepMs), Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil(due - now()))));
  }

  /** Runs when the timer fires. For connections within their time-out the timer is set again, in whole steps, at least one. */
  #cleanUp(stepMs: number): void {
    this.#timerDue = Number.POSITIVE_INFINITY;
    this.#sweep();
    const remaining = [...this.#connections].filter((c) => c.state === 'idle').map((c) => this.#deadline(c) - now());
    if (remaining.length > 0) this.#setTimer(now() + wholeSteps(Math.min(...remaining), stepMs), stepMs);
  }

  /** Resolves when no connection is busy. */
  async quiet(): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.idle()));
  }

  /** Closes every idle connection. */
  closeIdle(): void {
    for (const connection of this.#connections) if (connection.state === 'idle') connection.close('FIN');
  }

  /** Closes every connection. Requests in progress fail. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const entry of this.#waiting.splice(0)) entry.reject(new Cancelled('the browser was closed'));
    for (const connection of this.#connections) {
      if (connection.state === 'busy' && this.#closing.abort.value === 'RST') connection.close('RST');
      else connection.close(this.#closing.quit.value);
    }
  }
}
