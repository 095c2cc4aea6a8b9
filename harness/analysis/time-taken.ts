/** Where the time went in a capture: what its exchanges and connections add up to, in constant memory. */
import type { ExchangeSummary } from '../http/exchange-summary.ts';
import type { Connection, Endpoint } from '../model.ts';
import { type DurationSummary, Durations } from '../observe/durations.ts';
import { type ProxiedPair, proxiedPairs } from '../observe/proxied.ts';
import { type Stall, type StallCause, stallsAcross, stallsOf } from '../observe/stalls.ts';
import { PARTS_NS, type TimedConnection, timingOf, toMilliseconds } from '../observe/timing.ts';
import { endpointKey } from '../wire/endpoint.ts';

/** The parts of an exchange that a server's percentiles are of: what is idle between two requests is the client's. */
export const TIMED_PARTS = ['connect', 'request', 'firstByte', 'transfer', 'total'] as const;
export type TimedPart = (typeof TIMED_PARTS)[number];

/** Servers that get percentiles. */
const SERVERS_MAX = 1_000;
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

export class TimeTaken {
  readonly #servers = new Map<string, OfServer>();
  /** The server of the last exchange: most have the one of the exchange before them. */
  #endpoint: Endpoint | null = null;
  #ofEndpoint: OfServer | null = null;
  #stalls: Stall[] = [];

  /** Each exchange as it ends. */
  exchange(exchange: ExchangeSummary, endpoint: Endpoint, connection: TimedConnection): void {
    if (this.#endpoint?.address !== endpoint.address || this.#endpoint.port !== endpoint.port) {
      this.#endpoint = endpoint;
      this.#ofEndpoint = this.#server(endpoint);
    }
    const server = this.#ofEndpoint;
    if (server === null) return;
    server.exchanges++;
    for (const part of TIMED_PARTS) {
      const ns = PARTS_NS[part](exchange, connection);
      if (ns < 0) continue;
      const durations = server.durations[part];
      const ms = toMilliseconds(ns);
      if (durations.isLongest(ms)) durations.add(timingOf(exchange, connection, null)[part]!, exchange.stream);
      else durations.addShorter(ms);
    }
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
    const server: OfServer = { exchanges: 0, durations, stalls: {} };
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
