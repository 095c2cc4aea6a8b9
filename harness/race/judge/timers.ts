/** How a server closes connections that have been used and are idle. */
import { field } from '../../http/fields.ts';
import type { Connection, StepMark } from '../../model.ts';
import { endsConnection, type Head } from './connection-end.ts';
import { type Lifetime, lifetimeOf, MORE } from './lifetime.ts';

/** A server's timer, from the packets of several connections. Seconds. */
export interface ServerTimer {
  /** The shortest and the longest idle time that it closed a connection after; `null` where it closed none in the window. */
  shortestS: number | null;
  longestS: number | null;
  /** The median of them: where most closes lie, whatever delayed some. */
  medianS: number | null;
  /** How long those that it did not close were watched, at the most; `null` where it closed all. */
  openAfterS: number | null;
  /** It ends each connection with the response, and says so. */
  closesEach: boolean;
  /** Seconds of its `Keep-Alive: timeout`; `null` where it sends none. */
  hintS: number | null;
  /** The fewest requests after which it ended a connection that was not idle; `null` where it ended none. */
  limit: RequestLimit | null;
  /** The most requests that it answered on one connection. */
  answeredMost: number;
  /** The age at which it ends a connection, however busy it is; `null` where none was ended so. Both are absent in races that did not look for it. */
  lifetime?: Lifetime | null;
  /** How old a connection became that was busy all the time, at the most; `null` where none was. */
  busyS?: number | null;
  /** How long after the signal to stop it closed idle connections, in milliseconds: the first; `null` where it kept them for as long as they were watched. */
  stop: { closedMs: number | null; frames: number[] } | null;
  /** Connections with an answer. */
  connections: number;
  /** FIN or RST of each that it closed. */
  frames: number[];
}

/** A server's limit of requests on a connection. */
export interface RequestLimit {
  requests: number;
  /** Whether the last response says `Connection: close`. */
  isAnnounced: boolean;
  /** Of that response, and of the close. */
  frames: number[];
}

const toS = (ms: number): number => Math.round(ms) / 1e3;

/** @param endNs the end of the capture */
export function timerOf(
  connections: readonly Connection[],
  serverPort: number,
  endNs: number,
  steps: readonly StepMark[] = [],
): ServerTimer {
  const all = connections.filter(
    ({ server, exchanges }) => server.port === serverPort && exchanges.some(({ response }) => response !== null),
  );
  const answered = all.filter((connection) => !BUSY_OR_STOPPED.some((mark) => isMarked(connection, mark)));
  const ends = ({ exchanges }: Connection): boolean => endsConnection(exchanges.at(-1)?.response ?? null);
  // A response that ends its connection, to a refused POST say, tells nothing of the timer.
  const kept = answered.filter((connection) => !ends(connection));
  const closed = (kept.length > 0 ? kept : answered).flatMap(({ firstClose }) =>
    firstClose?.by === 'server' && firstClose.idleMs !== null ? [{ idleMs: firstClose.idleMs, frame: firstClose.frame }] : [],
  );
  const open = kept.filter(({ firstClose }) => firstClose?.by !== 'server');
  const idle = closed.map(({ idleMs }) => idleMs);
  const watched = open.map(({ sides, firstClose }) => ((firstClose?.timeNs ?? endNs) - (sides.server.lastPayloadNs ?? endNs)) / 1e9);
  const hints = answered.flatMap(({ exchanges }) => hintOf(exchanges.at(-1)?.response ?? null) ?? []);
  return {
    shortestS: idle.length === 0 ? null : toS(Math.min(...idle)),
    longestS: idle.length === 0 ? null : toS(Math.max(...idle)),
    medianS: idle.length === 0 ? null : toS([...idle].sort((a, b) => a - b)[Math.floor((idle.length - 1) / 2)]!),
    openAfterS: open.length === 0 ? null : Math.round(Math.max(...watched) * 10) / 10,
    closesEach: answered.length > 0 && kept.length === 0,
    hintS: hints[0] ?? null,
    ...busyOf(all),
    stop: stopOf(
      all.filter((connection) => isMarked(connection, 'stop')),
      steps,
    ),
    connections: answered.length,
    frames: closed.map(({ frame }) => frame),
  };
}

/** The marks of requests that tell nothing of idle connections. */
const BUSY_OR_STOPPED = ['limit', 'busy', 'stop'];

const isMarked = ({ exchanges }: Connection, mark: string): boolean => exchanges[0]?.request?.target.includes(`?${mark}-`) ?? false;

/** A connection that is closed sooner than this after its last response is not closed for being idle. Milliseconds. */
const AT_ONCE_MS = 100;

/** What ends connections that are busy: their number of requests, or their age. */
function busyOf(all: readonly Connection[]): Pick<ServerTimer, 'limit' | 'answeredMost' | 'lifetime' | 'busyS'> {
  const answeredMost = Math.max(0, ...all.map(({ exchangeCount }) => exchangeCount));
  const busy = all.filter((connection) => isMarked(connection, 'busy'));
  const lifetime = lifetimeOf(busy, answeredMost);
  const ages = busy.filter(({ exchangeCount }) => exchangeCount > 1).map(ageNs);
  return {
    limit: limitOf(all, answeredMost, lifetime),
    answeredMost,
    lifetime,
    busyS: ages.length === 0 ? null : Math.round(Math.max(...ages) / 1e8) / 10,
  };
}

/** How old a connection was when its last byte came from the server. */
const ageNs = ({ startNs, sides }: Connection): number => (sides.server.lastPayloadNs ?? startNs) - startNs;

/** Of the age at which connections are ended: what is nearly as old was ended by that. */
const NEARLY_AS_OLD = 0.9;

/** The fewest requests after which a busy connection was ended, where no other carried many more. */
function limitOf(all: readonly Connection[], answeredMost: number, lifetime: Lifetime | null): RequestLimit | null {
  const endsAtNs = lifetime === null ? Number.POSITIVE_INFINITY : lifetime.shortestS * NEARLY_AS_OLD * 1e9;
  const young = all.filter((one) => (isMarked(one, 'limit') || isMarked(one, 'busy')) && ageNs(one) < endsAtNs);
  const limits = young.flatMap(({ exchangeCount, exchanges, firstClose }): RequestLimit[] => {
    const last = exchanges.at(-1)?.response ?? null;
    const isAnnounced = endsConnection(last);
    // A server that ends each connection has no limit to speak of.
    if (last === null || exchangeCount < 2 || firstClose === null) return [];
    if (!isAnnounced && (firstClose.by !== 'server' || (firstClose.idleMs ?? Number.POSITIVE_INFINITY) > AT_ONCE_MS)) return [];
    return [{ requests: exchangeCount, isAnnounced, frames: [last.frames[0], firstClose.frame] }];
  });
  const least = limits.reduce<RequestLimit | null>((best, one) => (best === null || one.requests < best.requests ? one : best), null);
  return least === null || answeredMost > MORE * least.requests ? null : least;
}

/** From the connections that were idle when the server was asked to stop. */
function stopOf(idle: readonly Connection[], steps: readonly StepMark[]): ServerTimer['stop'] {
  const [askedNs, endNs] = ['stop', 'end'].map((step) => steps.find(({ id }) => id === step)?.timeNs);
  if (askedNs === undefined) return null;
  const open = idle.filter(
    ({ firstClose, exchanges }) =>
      !endsConnection(exchanges.at(-1)?.response ?? null) && (firstClose === null || firstClose.timeNs >= askedNs),
  );
  if (open.length === 0) return null;
  const closes = open.flatMap(({ firstClose }) =>
    firstClose?.by === 'server' && firstClose.timeNs < (endNs ?? Number.POSITIVE_INFINITY) ? [firstClose] : [],
  );
  const closedMs = closes.length === 0 ? null : Math.round(Math.min(...closes.map(({ timeNs }) => timeNs - askedNs)) / 1e6);
  return { closedMs, frames: closes.map(({ frame }) => frame) };
}

/** Seconds of `Keep-Alive: timeout`. */
export function hintOf(message: Head | null): number | null {
  const found = /(?:^|[,;\s])timeout\s*=\s*"?(\d+)/i.exec(message === null ? '' : (field(message, 'keep-alive') ?? ''));
  return found ? Number(found[1]) : null;
}
