/** What became of the requests that were aimed at a server's close. */
import type { Connection } from '../../model.ts';
import { endsConnection } from './connection-end.ts';
import { type Asked, askedRequests, type Carried, failureOf, isRaced, isReused, raceOf } from './hops.ts';

/** The counts of one pair and method. */
export interface Attempts {
  method: 'GET' | 'POST';
  /** Requests that were aimed at the close. */
  tried: number;
  /** Of them: sent on a connection that had been idle. The others found none: the upstream side had seen the close, or keeps fewer. */
  onIdle: number;
  /** Of them: sent into the close, or across it; with those that were `unsent`. */
  raced: number;
  /** Of the raced: given to a connection whose close was just arriving, so that no byte of them is on the wire. */
  unsent: number;
  /** Those that met no close, though they used a connection again that had been idle for nearly as long as the server waits. */
  near: number;
  /** Those that the client got the server's answer to. */
  answered: number;
  /** Of the answered: raced, and sent again by the upstream side, unseen by the client. */
  repeated: number;
  /** Those that raced and were lost: how often by what the client got. */
  failed: Record<string, number>;
  /** Those that were lost without a race: the capture shows another cause. */
  otherwise: Record<string, number>;
  /** The first that was lost, else the first that was repeated; `null` where none raced. */
  example: Example | null;
}

/** One raced request: the frames in the order of the story. */
export interface Example {
  target: string;
  outcome: string;
  /** `tcp.stream` on which it raced, that of the client, and that on which it was repeated. */
  stream: number;
  clientStream: number | null;
  repeatStream: number | null;
  /** The request and the server's close, in the order of the capture; then the RST; where it has any. */
  frames: number[];
  request: number;
  close: number;
  reset: number | null;
  /** The answer that the client got; `null` where its connection was closed. */
  answer: number | null;
}

/** @param isAimed whether a target is one that was aimed: those of the first round only open connections */
export function attemptsOf(
  connections: readonly Connection[],
  clientPort: number,
  isAimed: (target: string) => boolean,
): Record<'GET' | 'POST', Attempts> {
  const counts = { GET: none('GET'), POST: none('POST') };
  const closes = closesOf(connections, clientPort);
  const nearMs =
    NEARLY * Math.min(...closes.flatMap(({ connection }) => (isAnnounced(connection) ? [] : (connection.firstClose?.idleMs ?? []))));
  for (const asked of askedRequests(connections, clientPort).values()) {
    if (!isAimed(asked.target) || (asked.method !== 'GET' && asked.method !== 'POST')) continue;
    // The client's own request raced: it tells nothing of the server.
    if (asked.upstream.length === 0 && asked.client !== null && isRaced(asked.client)) continue;
    count(counts[asked.method], asked, closes, nearMs);
  }
  return counts;
}

const none = (method: 'GET' | 'POST'): Attempts => ({
  method,
  tried: 0,
  onIdle: 0,
  raced: 0,
  unsent: 0,
  near: 0,
  answered: 0,
  repeated: 0,
  failed: {},
  otherwise: {},
  example: null,
});

/** The counts of several captures of one pair and method. */
export function addUp(all: readonly Attempts[], method: 'GET' | 'POST'): Omit<Attempts, 'example'> {
  const { example: _, ...sum } = none(method);
  for (const one of all) {
    for (const name of ['tried', 'onIdle', 'raced', 'unsent', 'near', 'answered', 'repeated'] as const) sum[name] += one[name];
    for (const name of ['failed', 'otherwise'] as const)
      for (const [what, count] of Object.entries(one[name])) sum[name][what] = (sum[name][what] ?? 0) + count;
  }
  return sum;
}

/** The server's close of a connection that had been idle. */
interface Close {
  connection: Connection;
  frame: number;
  timeNs: number;
}

const closesOf = (connections: readonly Connection[], clientPort: number): Close[] =>
  connections.flatMap((connection) => {
    const { firstClose, server, exchanges, keepAliveRace } = connection;
    if (server.port === clientPort || firstClose?.by !== 'server' || keepAliveRace !== null || !exchanges.every(({ response }) => response))
      return [];
    return [{ connection, frame: firstClose.frame, timeNs: firstClose.timeNs }];
  });

/** What part of the server's time a connection must have been idle for, so that a request on it was near the close. */
const NEARLY = 0.9;

/** For how long its connection had been idle when a request was sent; 0 for the first one. */
function idleMsBefore({ connection, exchange, request }: Carried): number {
  const before = connection.exchanges[connection.exchanges.indexOf(exchange) - 1]?.response;
  return before == null ? 0 : (request.startNs - before.endNs) / 1e6;
}

const isAnnounced = ({ exchanges }: Connection): boolean => {
  const last = exchanges.at(-1);
  return endsConnection(last?.request ?? null) || endsConnection(last?.response ?? null);
};

/** How long before its request a close may have arrived that the upstream side had not yet looked at. */
const JUST_NS = 20e6;

/** The close that a request met which never got onto the wire: it came while the upstream side had the request. */
function closeMet({ client, upstream }: Asked, closes: readonly Close[]): Close | null {
  if (client === null || upstream.length > 0) return null;
  const untilNs = client.exchange.response?.startNs ?? client.connection.firstClose?.timeNs ?? Number.POSITIVE_INFINITY;
  return closes.find(({ timeNs }) => timeNs >= client.request.startNs - JUST_NS && timeNs <= untilNs) ?? null;
}

function count(counts: Attempts, asked: Asked, closes: readonly Close[], nearMs: number): void {
  const [first] = asked.upstream;
  const raced = asked.upstream.filter(isRaced);
  const failure = failureOf(asked);
  const met = failure === null ? null : closeMet(asked, closes);
  counts.tried++;
  if ((first !== undefined && isReused(first)) || met !== null) counts.onIdle++;
  if (raced.length > 0 || met !== null) counts.raced++;
  if (met !== null) counts.unsent++;
  if (raced.length === 0 && first !== undefined && idleMsBefore(first) >= nearMs) counts.near++;
  if (failure === null) {
    counts.answered++;
    if (raced.length > 0) {
      counts.repeated++;
      counts.example = better(counts.example, exampleOf(asked, 'repeated'));
    }
    return;
  }
  const by = raced.length > 0 || met !== null ? counts.failed : counts.otherwise;
  by[failure] = (by[failure] ?? 0) + 1;
  if (raced.length > 0) counts.example = better(counts.example, exampleOf(asked, failure));
}

/** One that was lost before one that was repeated; one whose request left before the close came before one that was sent after it; else the first. */
function better(one: Example | null, other: Example | null): Example | null {
  const worth = (example: Example | null): number =>
    example === null ? 0 : (example.outcome === 'repeated' ? 1 : 3) + (example.request < example.close ? 1 : 0);
  return worth(other) > worth(one) ? other : one;
}

function exampleOf({ target, client, upstream }: Asked, outcome: string): Example | null {
  const found = upstream.find(isRaced);
  const race = found === undefined ? null : raceOf(found);
  if (found === undefined || race === null) return null;
  const request = found.request.frames[0];
  const repeat = upstream.find(({ exchange }) => exchange.response !== null);
  return {
    target,
    outcome,
    stream: found.connection.stream,
    clientStream: client?.connection.stream ?? null,
    repeatStream: repeat?.connection.stream ?? null,
    frames: [...new Set([request, race.close, ...(race.reset === null ? [] : [race.reset])])].sort((a, b) => a - b),
    request,
    close: race.close,
    reset: race.reset,
    answer: client?.exchange.response?.frames[0] ?? null,
  };
}
