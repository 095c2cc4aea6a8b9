/** Where the time went in a capture: what its exchanges and connections add up to, in constant memory. */
import type { ExchangeSummary } from '../http/exchange-summary.ts';
import type { Connection, Endpoint } from '../model.ts';
import { type DurationSummary, Durations } from '../observe/durations.ts';
import { type ProxiedPair, proxiedPairs } from '../observe/proxied.ts';
import { type Stall, type StallCause, stallsAcross, stallsOf } from '../observe/stalls.ts';
import { type TimedConnection, type TimedPart, TimedParts, timingOf } from '../observe/timing.ts';
import { PerServer } from './per-server.ts';

/** Stalls that are given, the worst ones; each server counts all of its own. */
export const STALLS_MAX = 200;

/** The time that one server's exchanges took. */
export interface ServerTiming extends Record<TimedPart, DurationSummary | null> {
  /** So many of its exchanges are in the percentiles. */
  covers: number;
  /** Of all its stalls. */
  stalls: Partial<Record<StallCause, { count: number; totalMs: number }>>;
}

/** What a capture shows of time beyond single exchanges. */
export interface TimesTaken {
  /** The longest first; at most `STALLS_MAX`. */
  stalls: Stall[];
  proxied: ProxiedPair[];
}

interface OfServer {
  exchanges: number;
  durations: Record<TimedPart, Durations>;
  stalls: ServerTiming['stalls'];
}

const newServer = (): OfServer => ({
  exchanges: 0,
  durations: {
    connect: new Durations(),
    request: new Durations(),
    firstByte: new Durations(),
    transfer: new Durations(),
    total: new Durations(),
  },
  stalls: {},
});

/** Gathers where the time went, as the capture is read. */
export class TimeTaken {
  readonly #servers = new PerServer(newServer);
  readonly #parts = new TimedParts();
  #stalls: Stall[] = [];

  /** Each exchange as it ends. */
  exchange(exchange: ExchangeSummary, endpoint: Endpoint, connection: TimedConnection): void {
    const server = this.#servers.of(endpoint);
    if (server === null) return;
    server.exchanges++;
    const { connect, request, firstByte, transfer, total } = server.durations;
    const parts = this.#parts.moveTo(exchange, connection);
    // One by one: a loop over their names would take longer than all else here.
    if (connect.add(parts.connect)) nameLongest(connect, 'connect', exchange, connection);
    if (request.add(parts.request)) nameLongest(request, 'request', exchange, connection);
    if (firstByte.add(parts.firstByte)) nameLongest(firstByte, 'firstByte', exchange, connection);
    if (transfer.add(parts.transfer)) nameLongest(transfer, 'transfer', exchange, connection);
    if (total.add(parts.total)) nameLongest(total, 'total', exchange, connection);
  }

  /** Each connection when it is over. */
  connection(connection: Connection): void {
    for (const stall of stallsOf(connection)) this.#note(stall);
  }

  /** What those connections show together that are kept. */
  end(kept: readonly Connection[]): TimesTaken {
    for (const stall of stallsAcross(kept)) this.#note(stall);
    return { stalls: this.#worst(), proxied: proxiedPairs(kept) };
  }

  ofServer(endpoint: Endpoint): ServerTiming | null {
    const server = this.#servers.known(endpoint);
    if (server === null) return null;
    const { connect, request, firstByte, transfer, total } = server.durations;
    return {
      covers: server.exchanges,
      connect: connect.summary(),
      request: request.summary(),
      firstByte: firstByte.summary(),
      transfer: transfer.summary(),
      total: total.summary(),
      stalls: server.stalls,
    };
  }

  #note(stall: Stall): void {
    const server = this.#servers.of(stall.server);
    if (server !== null) {
      const sum = (server.stalls[stall.cause] ??= { count: 0, totalMs: 0 });
      sum.count++;
      sum.totalMs = Math.round((sum.totalMs + stall.ms) * 1e3) / 1e3;
    }
    this.#stalls.push(stall);
    if (this.#stalls.length >= 2 * STALLS_MAX) this.#stalls = this.#worst();
  }

  #worst(): Stall[] {
    return this.#stalls.sort((a, b) => b.ms - a.ms || a.startMs - b.startMs).slice(0, STALLS_MAX);
  }
}

const nameLongest = (durations: Durations, part: TimedPart, exchange: ExchangeSummary, connection: TimedConnection): void =>
  durations.nameLongest(exchange.stream, timingOf(exchange, connection, null)[part]!.frames);
