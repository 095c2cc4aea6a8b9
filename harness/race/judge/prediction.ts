/** Whether a pair is safe or races, from the timers of both ends. */
import type { ServerTimer } from './timers.ts';

/** What is known of the upstream side. Seconds. */
export interface UpstreamTimer {
  /** `null`: no limit is known; with `openAfterS`, it was still open after that. */
  idleS: number | null;
  openAfterS: number | null;
  /** It does not use one again that has been idle for so long. */
  declinesAfterS?: number | null;
  /** Whether it closes before the hint's time, and by how much. */
  obeysHint: boolean;
  hintMarginS: number | null;
  /** Requests of this method are never asked on a connection that has been idle. */
  isFresh?: boolean;
  /** It has no limit at all: the documents say so. */
  unlimited?: boolean;
}

/** What is known of the server. Seconds. */
export interface KnownServerTimer {
  /** The shortest time after which it closed an idle connection; `null`: it closed none, or it is not known. */
  idleS: number | null;
  openAfterS: number | null;
  closesEach: boolean;
  hintS: number | null;
}

export interface Prediction {
  predicted: 'safe' | 'races' | 'unknown';
  /** How much longer the server keeps an idle connection than the upstream side does; negative: it closes first. `null` where one of them is not known. */
  marginS: number | null;
  because: 'keeps-none' | 'closes-each' | 'obeys-hint' | 'timers' | 'never-closes' | 'not-known';
  /** The upstream side's own time as it applies here: its timer, or the hint's where it obeys that. */
  upstreamIdleS: number | null;
}

/** A server that closes so little later may still meet a request that is on its way. Seconds. */
export const GUARD_S = 0.3;

/** Compared in milliseconds: a difference of decimal fractions is not exact. */
const isWide = (marginS: number): boolean => Math.round(marginS * 1e3) >= GUARD_S * 1e3;

/** Predicts a pair. The margin is safe where the server keeps the connection for `GUARD_S` longer than the upstream side. */
export function predict(given: UpstreamTimer, server: KnownServerTimer): Prediction {
  const { declinesAfterS = null } = given;
  const upstream =
    declinesAfterS !== null && declinesAfterS < (given.idleS ?? Number.POSITIVE_INFINITY) ? { ...given, idleS: declinesAfterS } : given;
  const prediction = (
    predicted: Prediction['predicted'],
    because: Prediction['because'],
    marginS: number | null,
    upstreamIdleS = upstream.idleS,
  ): Prediction => ({ predicted, because, marginS: marginS === null ? null : Math.round(marginS * 1e3) / 1e3, upstreamIdleS });
  if (upstream.isFresh) return prediction('safe', 'keeps-none', null);
  if (upstream.idleS === 0) return prediction('safe', 'keeps-none', server.idleS);
  if (server.closesEach) return prediction('safe', 'closes-each', null);
  const { hintS } = server;
  if (upstream.obeysHint && hintS !== null && server.idleS !== null) {
    const own = Math.max(0, hintS - (upstream.hintMarginS ?? 0));
    const applies = Math.min(own, upstream.idleS ?? own);
    const marginS = server.idleS - applies;
    return prediction(isWide(marginS) ? 'safe' : 'races', 'obeys-hint', marginS, applies);
  }
  if (server.idleS === null) {
    // It was open for longer than the upstream side keeps it: that one closes first.
    if (upstream.idleS !== null && server.openAfterS !== null && server.openAfterS > upstream.idleS + GUARD_S)
      return prediction('safe', 'never-closes', null);
    return prediction('unknown', 'not-known', null);
  }
  if (upstream.idleS !== null) {
    const marginS = server.idleS - upstream.idleS;
    return prediction(isWide(marginS) ? 'safe' : 'races', 'timers', marginS);
  }
  const atLeast = upstream.unlimited ? Number.POSITIVE_INFINITY : upstream.openAfterS;
  if (atLeast !== null && atLeast > server.idleS) return prediction('races', 'timers', null);
  return prediction('unknown', 'not-known', null);
}

/** What ends connections beside the idle timer, and whether requests race that. */
export interface Ends {
  /** The server's limit of requests: `none` within those that were asked; `announced` by `Connection: close`, as RFC 9112 §9.6 has it. */
  limit: 'none' | 'announced' | 'safe' | 'races';
  /** Its lifetime of a connection, the same way; absent in races that did not look for it. */
  lifetime?: 'none' | 'announced' | 'safe' | 'races';
  /** The server's stop, at a restart say: whatever the timers are. */
  stop: 'safe' | 'races' | 'unknown';
}

/** @param keepsNone the upstream side keeps no idle connection */
export const predictEnds = (keepsNone: boolean, { limit, lifetime, stop }: Pick<ServerTimer, 'limit' | 'lifetime' | 'stop'>): Ends => ({
  limit: predictEnd(keepsNone, limit),
  ...(lifetime === undefined ? {} : { lifetime: predictEnd(keepsNone, lifetime) }),
  stop: keepsNone ? 'safe' : stop === null || stop.closedMs === null ? 'unknown' : 'races',
});

const predictEnd = (keepsNone: boolean, end: { isAnnounced: boolean } | null): Ends['limit'] =>
  end === null ? 'none' : end.isAnnounced ? 'announced' : keepsNone ? 'safe' : 'races';
