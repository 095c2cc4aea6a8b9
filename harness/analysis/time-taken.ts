/** Where the time went in a capture: what its exchanges and connections add up to, in constant memory. */
import type { Connection, Endpoint, Exchange } from '../model.ts';
import { type DurationSummary, Durations } from '../observe/durations.ts';
import { type Stall, type StallCause, stallsAcross, stallsOf } from '../observe/stalls.ts';
import { type ExchangeTiming, type TimedConnection, timingOf } from '../observe/timing.ts';
import { endpointKey } from '../wire/endpoint.ts';
import { type ProxiedPair, proxiedPairs } from './proxied.ts';

/** The parts of an exchange that a server's percentiles are of: what is idle between two requests is the client's. */
export const TIMED_PARTS = ['connect', 'request', 'firstByte', 'transfer', 'total'] as const;
export type TimedPart = (typeof TIMED_PARTS)[number];

/** Servers that get percentiles. */
const SERVERS_MAX = 1_000;
/** Stalls that are given, the worst ones; each server counts all of its own. */
export const STALLS_MAX = 200;

/** The time that one server's exchanges took. */
export interface ServerTiming extends Record<TimedPart, DurationSummary | null> {
  /** The first so many of its exchanges are in the percentiles: a large capture's later ones are only listed (`--json` has all in them). */
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
  /** Later exchanges may be listed elsewhere, without coming by here. */
  isPartial: boolean;
  durations: Record<TimedPart, Durations>;
  stalls: ServerTiming['stalls'];
}

export class TimeTaken {
  readonly #servers = new Map<string, OfServer>();
  /** The exchange before, of each connection that is still followed. */
  readonly #before = new WeakMap<object, Exchange>();
  #stalls: Stall[] = [];

  /** Each exchange as it ends. */
  exchange(exchange: Exchange, endpoint: Endpoint, connection: TimedConnection): ExchangeTiming {
    const before = this.#before.get(connection) ?? null;
    this.#before.set(connection, exchange);
    const timing = timingOf(exchange, connection, before?.index === exchange.index - 1 ? before : null);
    const server = this.#server(endpoint);
    if (server === null || server.isPartial) return timing;
    server.exchanges++;
    for (const part of TIMED_PARTS) {
      const span = timing[part];
      if (span !== null) server.durations[part].add(span, exchange.stream);
    }
    return timing;
  }

  /** Exchanges of this server no longer all come by. */
  isListedElsewhere(endpoint: Endpoint): void {
    const server = this.#server(endpoint);
    if (server !== null) server.isPartial = true;
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
    const server = this.#servers.get(endpointKey(endpoint));
    if (!server) return null;
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

  #server(endpoint: Endpoint): OfServer | null {
    const key = endpointKey(endpoint);
    const known = this.#servers.get(key);
    if (known) return known;
    if (this.#servers.size >= SERVERS_MAX) return null;
    const durations = {
      connect: new Durations(),
      request: new Durations(),
      firstByte: new Durations(),
      transfer: new Durations(),
      total: new Durations(),
    };
    const server: OfServer = { exchanges: 0, isPartial: false, durations, stalls: {} };
    this.#servers.set(key, server);
    return server;
  }

  #note(stall: Stall): void {
    const server = this.#server(stall.server);
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
