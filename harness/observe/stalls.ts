/**
 * Stalls: times in which an exchange did not go on, each with its cause where the packets carry it. A wait whose cause they do not show is none: a server that
 * thinks, a client that is idle between two requests and a stream that has nothing to say look the same.
 */
import { connectionOptions, field } from '../http/fields.ts';
import type { Connection, Endpoint, Exchange, ResponseMessage, Side, TcpWait } from '../model.ts';
import { endpointKey } from '../wire/endpoint.ts';
import { isSameRequest } from './step.ts';

/** Those of TCP are described in the model (`TcpWait`). */
export type StallCause =
  | TcpWait['kind']
  /** `Expect: 100-continue` got no 100: the client waited for it, and then sent the body, or gave up (RFC 9110 §10.1.1). */
  | 'expect-unanswered'
  /** The request was answered only when another connection, silent until then, had closed or had been served. */
  | 'one-connection-at-a-time'
  /** The response promised more than came, and nothing came for as long as the connection lasted. */
  | 'body-never-comes';

/** One stall. */
export interface Stall {
  cause: StallCause;
  /** `probable`: the packets fit no other cause well, but do not prove it. `possible`: they fit a sound client too. */
  certainty: 'shown' | 'probable' | 'possible';
  stream: number;
  /** The `index` of the exchange that stalled; `null` where it is none, or is not kept. */
  exchange: number | null;
  server: Endpoint;
  /** Who waited. */
  waiting: Side;
  startMs: number;
  ms: number;
  frames: number[];
  /** One sentence. */
  because: string;
}

/**
 * The shortest wait for a 100 that clients are known for: .NET's HttpWebRequest sends the body after 350 ms, curl, Go and .NET's HttpClient after 1 s. (A little less, for
 * clocks.)
 */
export const EXPECT_WAIT_MIN_MS = 300;
/** A body that does not come: no path is silent for so long in the middle of a body without a time-out of TCP (RFC 6298 §2.4). */
export const BODY_WAIT_MIN_MS = 1_000;
/** Answers that took less need no silent connection to explain them: a slow page takes as long. */
export const BLOCKED_MIN_MS = 1_000;
/** A blocked server turns to the next connection at once. Measured with single-threaded servers: 5 ms, most of which they took for the page itself. */
export const FREED_WITHIN_MS = 50;
/** A client that gave up asks again this soon. */
export const ASKED_AGAIN_WITHIN_MS = 1_000;

const MS = 1e6;

/** The stalls that one connection shows by itself, in their order. */
export function stallsOf(connection: Connection): Stall[] {
  const found = connection.waits.map((wait) => ofWait(connection, wait));
  for (const exchange of connection.exchanges) {
    const stall = expectStall(exchange, connection);
    if (stall) found.push(stall);
  }
  const short = shortBody(connection);
  if (short) found.push(short);
  return found.sort((a, b) => a.startMs - b.startMs);
}

/** The stalls that only connections together show. Those of one capture, in any order. */
export function stallsAcross(connections: readonly Connection[]): Stall[] {
  const servers = new Map<string, Connection[]>();
  for (const connection of connections) {
    const key = endpointKey(connection.server);
    const of = servers.get(key);
    if (of) of.push(connection);
    else servers.set(key, [connection]);
  }
  return [...servers.values()].flatMap((of) => [
    ...of.flatMap((connection) => blocked(connection, of)),
    ...of.flatMap((connection) => noBody(connection, of) ?? []),
  ]);
}

// ------------------------------------------------------------------------------------------------------------------- TCP

function ofWait(connection: Connection, wait: TcpWait): Stall {
  const during = connection.exchanges.find(({ request, interim, response }) => {
    const messages = [request, ...interim, response].filter((message) => message !== null);
    return messages.some(({ startNs }) => startNs <= wait.untilNs) && messages.some(({ endNs }) => endNs >= wait.fromNs);
  });
  return stall(connection, during?.index ?? null, wait.kind, wait.side, wait.fromNs, wait.untilNs, wait.frames, saidOf(wait, connection));
}

function saidOf({ kind, side, frames, untilNs }: TcpWait, { endNs }: Connection): string {
  const other = side === 'client' ? 'server' : 'client';
  switch (kind) {
    case 'delayed-ack':
      return `the ${side} held a small segment (Nagle's algorithm) until the ACK of the one before it came, which the ${other} delayed`;
    case 'zero-window':
      return untilNs === endNs && frames.length === 1
        ? `the ${other}'s receive window was 0 and did not open again: its program did not read`
        : `the ${other}'s receive window was 0: its program did not read`;
    default:
      return `no acknowledgment came for what the ${side} had sent: it sent it again when its timer had run out${
        frames.length > 2 ? `, ${frames.length - 1} times` : ''
      }`;
  }
}

// ------------------------------------------------------------------------------------------------------------------ HTTP

/** The wait of a client for a 100 (RFC 9110 §10.1.1); `null` where there was none, or one was answered. */
export function expectStall(exchange: Exchange, connection: Connection): Stall | null {
  const { request, response, interim } = exchange;
  if (request === null || field(request, 'expect')?.toLowerCase() !== '100-continue') return null;
  const { headEndNs, headFrames, bodyStartNs } = request;
  const isNeverSent = bodyStartNs === null && request.bodyWireBytes === 0 && !request.complete && connection.firstClose !== null;
  const untilNs = isNeverSent ? connection.firstClose!.timeNs : bodyStartNs;
  if (untilNs === null || untilNs - headEndNs < EXPECT_WAIT_MIN_MS * MS) return null;
  const isAnswered = [...interim, response].some((message) => message !== null && message.startNs < untilNs);
  if (isAnswered || sides(connection).some(({ missingBytes }) => missingBytes > 0)) return null;
  const last = isNeverSent ? connection.firstClose!.frame : request.segmentFrames[request.headSegments];
  const frames = last === undefined ? [headFrames[1]] : [headFrames[1], last];
  const isLate = interim.some(({ status }) => status === 100);
  const got = isLate ? 'got its 100 too late' : 'got no 100';
  const because = `Expect: 100-continue ${got}: the client ${isNeverSent ? 'never sent' : 'waited before it sent'} the body`;
  return stall(connection, exchange.index, 'expect-unanswered', 'client', headEndNs, untilNs, frames, because);
}

/** Media types of responses that stay open by intent. */
const ENDLESS =
  /^(?:text\/event-stream|multipart\/x-mixed-replace|application\/(?:x-ndjson|jsonl|x-jsonlines|json-seq|grpc|stream\+json|x-json-stream))/i;

/** Whether a response stays open by intent: without an end it lacks nothing. */
export const isEndless = (response: ResponseMessage): boolean => ENDLESS.test(field(response, 'content-type') ?? '');

/** Whether the client's FIN was sent again, and never acknowledged: the path is dead, whatever the server sends. */
export const isUnheard = ({ firstClose, sides: { client } }: Connection): boolean =>
  firstClose?.by === 'client' && client.finFrame !== null && (client.unacknowledged ?? 0) > 0 && client.retransmissions > 0;

/** A response that ends before its own end, after a silence. */
function shortBody(connection: Connection): Stall | null {
  const { firstClose, waits } = connection;
  const exchange = connection.exchanges.at(-1);
  const response = exchange?.response;
  if (!firstClose || !response || response.complete || !['content-length', 'chunked'].includes(response.framing)) return null;
  const hasLastChunk = response.problems.some(({ kind }) => kind === 'missing-end-of-chunks');
  if (
    response.problems.some(({ kind }) => kind !== 'truncated' && kind !== 'missing-end-of-chunks') ||
    sides(connection).some(({ missingBytes }) => missingBytes > 0)
  )
    return null;
  if (response.framing === 'chunked' && isEndless(response)) return null;
  // A client that takes no more waits for nothing.
  if (connection.sides.client.zeroWindows > 0 || isUnheard(connection)) return null;
  const fromNs = Math.max(response.endNs, connection.sides.server.lastPayloadNs ?? 0);
  if (firstClose.timeNs - fromNs < BODY_WAIT_MIN_MS * MS || waits.some(({ untilNs }) => untilNs > response.endNs)) return null;
  const length = field(response, 'content-length');
  const promised =
    response.framing === 'chunked'
      ? `${hasLastChunk ? 'the empty line after the last chunk' : 'the last chunk'} never came`
      : `${response.bodyBytes} of the ${length} bytes that Content-Length names came`;
  const because = `${promised}: the client waited for the rest until ${firstClose.by === 'client' ? 'it' : 'the server'} closed`;
  const frames = [response.frames[1], firstClose.frame];
  const found = stall(connection, exchange.index, 'body-never-comes', 'client', fromNs, firstClose.timeNs, frames, because);
  // A client may leave a stream of chunks that pauses: nothing says that more was due.
  return { ...found, certainty: response.framing === 'chunked' && firstClose.by === 'client' ? 'possible' : 'shown' };
}

/**
 * A response that has no body whatever its Content-Length says (RFC 9112 §6.3: HEAD, 204, 304), after which the client sent nothing and closed. A client that keeps an
 * idle connection does the same; one that had asked for the close, or that asks for the same again, probably waited. So may one have that had no other connection.
 */
function noBody(connection: Connection, all: readonly Connection[]): Stall | null {
  const { firstClose } = connection;
  const exchange = connection.exchanges.at(-1);
  if (firstClose?.by !== 'client' || !exchange?.request || !exchange.response) return null;
  const { request, response } = exchange;
  const { method } = request;
  if (method !== 'HEAD' && response.status !== 204 && response.status !== 304) return null;
  const length = Number(field(response, 'content-length') ?? 0);
  if (!(length > 0) || !response.complete || firstClose.timeNs - response.endNs < BODY_WAIT_MIN_MS * MS) return null;
  const others = all.filter((other) => other !== connection && other.client.address === connection.client.address);
  const isAskedAgain = others.some((other) => asksAgain(other, request, firstClose.timeNs));
  const askedToClose = connectionOptions(request).includes('close');
  const isAlone = method !== 'HEAD' && !others.some(({ startNs, endNs }) => startNs < firstClose.timeNs && endNs > response.endNs);
  if (!isAskedAgain && !askedToClose && !isAlone) return null;
  const what = method === 'HEAD' ? 'the response to HEAD' : `a ${response.status}`;
  const waited = isAskedAgain
    ? 'the client waited until it closed, and asked for the same again'
    : askedToClose
      ? 'the client had asked for the close, and waited until it closed itself'
      : 'the client sent nothing until it closed, as one does that waits for a body, or has nothing to ask';
  return {
    ...stall(
      connection,
      exchange.index,
      'body-never-comes',
      'client',
      response.endNs,
      firstClose.timeNs,
      [response.frames[1], firstClose.frame],
      `${what} has no body, whatever its Content-Length of ${length} says (RFC 9112 §6.3): ${waited}`,
    ),
    certainty: isAskedAgain || askedToClose ? 'probable' : 'possible',
  };
}

const asksAgain = ({ exchanges }: Connection, asked: NonNullable<Exchange['request']>, afterNs: number): boolean =>
  exchanges.some(
    ({ request }) =>
      request !== null &&
      request.startNs >= afterNs &&
      request.startNs - afterNs <= ASKED_AGAIN_WITHIN_MS * MS &&
      isSameRequest(request, asked),
  );

// --------------------------------------------------------------------------------------------- one connection at a time

/** Exchanges of a connection that the server answered only when another one, silent until then, let it go. */
function blocked(connection: Connection, all: readonly Connection[]): Stall[] {
  return connection.exchanges.flatMap((exchange) => {
    const { request, response } = exchange;
    if (request === null || response === null || response.startNs - request.endNs < BLOCKED_MIN_MS * MS) return [];
    const from = request.endNs;
    const until = response.startNs;
    if (connection.waits.some((wait) => wait.fromNs < until && wait.untilNs > from)) return [];
    for (const other of all) {
      if (other === connection) continue;
      const freed = freedBy(other, from, until);
      if (freed === null || all.some((one) => wasServed(one, from, freed.wokeNs))) continue;
      return [
        {
          ...stall(
            connection,
            exchange.index,
            'one-connection-at-a-time',
            'client',
            from,
            until,
            [request.frames[1], freed.frame, response.frames[0]],
            `the server answered when connection ${other.stream}, open and silent until then, ${freed.how}: it serves one connection at a time`,
          ),
          certainty: 'probable' as const,
        },
      ];
    }
    return [];
  });
}

/** How a connection that was silent for a long time since `fromNs` let the server go right before `untilNs`. */
function freedBy(other: Connection, fromNs: number, untilNs: number): { wokeNs: number; frame: number; how: string } | null {
  const { handshake, firstClose, exchanges } = other;
  if (handshake === null || handshake.ackNs > fromNs) return null;
  const isUnderWay = exchanges.some(
    ({ request, response }) =>
      request !== null &&
      request.startNs <= fromNs &&
      (response?.endNs ?? untilNs) >= fromNs &&
      // Half a request that does not go on is as silent as none.
      (request.complete || request.endNs > fromNs),
  );
  if (isUnderWay) return null;
  const next = exchanges.find(({ request }) => request !== null && request.startNs > fromNs);
  const nextNs = next?.request?.startNs ?? Number.POSITIVE_INFINITY;
  const closeNs = firstClose?.timeNs ?? Number.POSITIVE_INFINITY;
  const wokeNs = Math.min(nextNs, closeNs);
  if (wokeNs - fromNs < BLOCKED_MIN_MS * MS || wokeNs > untilNs) return null;
  const isBefore = (ns: number | undefined): ns is number => ns !== undefined && ns <= untilNs && untilNs - ns <= FREED_WITHIN_MS * MS;
  if (isBefore(firstClose?.timeNs)) return { wokeNs, frame: firstClose!.frame, how: 'closed' };
  const served = exchanges.findLast(({ response }) => isBefore(response?.endNs))?.response;
  return served ? { wokeNs, frame: served.frames[1], how: 'was served' } : null;
}

/** Whether the server sent anything of a response on this connection between these times. */
const wasServed = ({ exchanges }: Connection, fromNs: number, untilNs: number): boolean =>
  exchanges.some(({ response }) => response !== null && response.startNs < untilNs && response.endNs > fromNs);

// ---------------------------------------------------------------------------------------------------------------- shared

const sides = ({ sides: { client, server } }: Connection) => [client, server];

function stall(
  { stream, server }: Connection,
  exchange: number | null,
  cause: StallCause,
  waiting: Side,
  fromNs: number,
  untilNs: number,
  frames: number[],
  because: string,
): Stall {
  const startMs = Math.round(fromNs / 1e3) / 1e3;
  return {
    cause,
    certainty: 'shown',
    stream,
    exchange,
    server,
    waiting,
    startMs,
    ms: Math.round((untilNs - fromNs) / 1e3) / 1e3,
    frames,
    because,
  };
}
