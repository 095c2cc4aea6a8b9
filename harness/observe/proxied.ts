/**
 * Both sides of a proxy in one capture: which exchange of a client a proxy forwarded, and what became of it on the other side. A proxy's two connections have nothing
 * in common on the wire, so a pair is never certain: each says why it was made.
 */
import { field } from '../http/fields.ts';
import type { Connection, Endpoint, Exchange, RequestMessage } from '../model.ts';
import { endpointKey } from '../wire/endpoint.ts';

/** What became of the request at the upstream server. */
export type UpstreamOutcome =
  | 'answered'
  /** The response did not end (and so the client's may not have). */
  | 'answer-cut'
  /** The server closed the connection before or while the request was on its way (RFC 9112 §9.5). */
  | 'race'
  /** The server closed without an answer. */
  | 'closed'
  /** The server reset the connection without an answer. */
  | 'reset'
  /** The proxy gave up: it closed before an answer came. */
  | 'given-up'
  | 'refused'
  /** No SYN-ACK came. */
  | 'unreachable'
  /** The capture ended first. */
  | 'open';

/** One side of a pair. */
export interface ProxiedSide {
  stream: number;
  /** The exchange's `index`; `null` where a connection did not get so far as to carry one. */
  exchange: number | null;
  client: Endpoint;
  server: Endpoint;
  method: string | null;
  target: string | null;
  status: number | null;
  frames: number[];
}

/** A request of a client and what a proxy made of it. */
export interface ProxiedPair {
  clientSide: ProxiedSide;
  upstreamSide: ProxiedSide;
  outcome: UpstreamOutcome;
  /** The frames that show the outcome: of what closed, or of the answer. */
  outcomeFrames: number[];
  /** Milliseconds from the upstream's request (or SYN) to the outcome; `null` where the capture can't tell. */
  outcomeMs: number | null;
  /** `probably`: something in the messages ties them together, or nothing else fits; `possibly`: time, method and target fit alone, or others fit too. */
  confidence: 'probably' | 'possibly';
  /** Why, in words that follow "because". */
  because: string[];
}

/** Pairs that are given. */
export const PAIRS_MAX = 1_000;
/** Candidates that are looked at for one upstream exchange. */
const CANDIDATES_MAX = 64;
/** A proxy that has got the upstream's bytes sends its own within a moment; packets of two interfaces are stamped by two clocks. */
export const CLOCK_SKEW_NS = 1e6;

interface Side {
  connection: Connection;
  exchange: Exchange;
  request: RequestMessage;
  startNs: number;
  /** When the client got its answer, or gave up; before that the upstream's must have begun. */
  endNs: number;
  path: string;
}

/**
 * Joins the exchanges of connections to a proxy with those of its connections to servers.
 * @param connections those of one capture, in any order, with the exchanges that are kept
 * @returns in the order of the upstream sides
 */
export function proxiedPairs(connections: readonly Connection[]): ProxiedPair[] {
  if (serversOf(connections).size < 2) return [];
  const all = connections.flatMap((connection) => sidesOf(connection)).sort((a, b) => a.startNs - b.startNs);
  const byRequest = new Map<string, Side[]>();
  for (const side of all) {
    const key = keyOf(side);
    const same = byRequest.get(key);
    if (same) same.push(side);
    else byRequest.set(key, [side]);
  }
  const pairs: ProxiedPair[] = [];
  /** The upstream side of each client side that has one, the last one where it was tried again. */
  const taken = new Map<Side, Side>();
  for (const same of byRequest.values()) {
    if (serversOf(same.map(({ connection }) => connection)).size < 2) continue;
    for (let place = 1; place < same.length; place++) {
      const upstream = same[place]!;
      const found = clientSideOf(upstream, same.slice(Math.max(0, place - CANDIDATES_MAX), place), taken);
      if (found === null) continue;
      taken.set(found.client, upstream);
      if (pairs.length < PAIRS_MAX) pairs.push(found.pair);
    }
  }
  const failed = all.filter((side) => !taken.has(side) && isFailure(side));
  for (const side of failed) {
    const pair = unconnected(side, connections);
    if (pair !== null && pairs.length < PAIRS_MAX) pairs.push(pair);
  }
  return pairs.sort((a, b) => (a.upstreamSide.frames[0] ?? 0) - (b.upstreamSide.frames[0] ?? 0));
}

const serversOf = (connections: readonly Connection[]): Set<string> => new Set(connections.map(({ server }) => endpointKey(server)));

function sidesOf(connection: Connection): Side[] {
  return connection.exchanges.flatMap((exchange) => {
    const { request, response } = exchange;
    if (request === null) return [];
    const endNs = response?.endNs ?? connection.firstClose?.timeNs ?? connection.endNs;
    return [
      { connection, exchange, request, startNs: request.startNs, endNs: Math.max(endNs, request.endNs), path: pathOf(request.target) },
    ];
  });
}

/** Of the absolute form that a forward proxy is asked in (RFC 9112 §3.2.2), what the origin form has. */
const pathOf = (target: string): string => {
  const origin = /^https?:\/\/[^/?#]*(.*)$/i.exec(target)?.[1];
  return origin === undefined ? target : origin === '' ? '/' : origin;
};

const keyOf = ({ request, path }: Side): string => `${request.method} ${path}`;

const isFailure = ({ exchange: { response } }: Side): boolean => response === null || (response.status >= 502 && response.status <= 504);

// ----------------------------------------------------------------------------------------------------------------- the pair

function clientSideOf(upstream: Side, before: readonly Side[], taken: ReadonlyMap<Side, Side>): { client: Side; pair: ProxiedPair } | null {
  const fitting = before.filter((client) => mayForward(client, upstream) && isFree(client, upstream, taken));
  if (fitting.length === 0) return null;
  const judged = fitting.map((client) => {
    const ties = tiesOf(client, upstream);
    return { client, ties, strong: ties.filter(({ isStrong }) => isStrong).length };
  });
  // Of those that are tied alike, the one that has waited for longest.
  const best = judged.reduce((a, b) => (b.strong > a.strong || (b.strong === a.strong && b.ties.length > a.ties.length) ? b : a));
  const { client, ties, strong } = best;
  const rivals = judged.filter((other) => other !== best && other.strong === strong && other.ties.length === ties.length).length;
  const comesFromProxy = isAtProxy(client, upstream) && !isLocal(client);
  const isSure = rivals === 0 && (strong > 0 || comesFromProxy);
  const because = [
    `the same ${upstream.request.method} ${upstream.path} follows ${milliseconds(upstream.startNs - client.startNs)} ms later and while it waits`,
    ...(comesFromProxy ? ['it comes from the address that the client asked'] : []),
    ...ties.map(({ said }) => said),
    ...(rivals > 0 ? [`${rivals} other requests fit as well`] : []),
  ];
  return {
    client,
    pair: {
      clientSide: sideOf(client),
      upstreamSide: sideOf(upstream),
      ...outcomeOf(upstream),
      confidence: isSure ? 'probably' : 'possibly',
      because,
    },
  };
}

/** Whether the times and addresses allow it: the upstream's exchange lies within the client's. */
function mayForward(client: Side, upstream: Side): boolean {
  const { connection: a } = client;
  const { connection: b } = upstream;
  if (a === b || (a.server.address === b.server.address && a.server.port === b.server.port)) return false;
  if (upstream.startNs < client.request.headEndNs - CLOCK_SKEW_NS || upstream.startNs > client.endNs) return false;
  const answer = client.exchange.response;
  if (answer && upstream.exchange.response && answer.startNs + CLOCK_SKEW_NS < upstream.exchange.response.startNs) return false;
  // The same client asks two servers for the same: it is no proxy.
  return a.client.address !== b.client.address || isAtProxy(client, upstream);
}

const isAtProxy = ({ connection: a }: Side, { connection: b }: Side): boolean => a.server.address === b.client.address;

/** Each client side has one upstream side, and another one after each that failed (as nginx's proxy_next_upstream does). */
function isFree(client: Side, upstream: Side, taken: ReadonlyMap<Side, Side>): boolean {
  const earlier = taken.get(client);
  return earlier === undefined || (isFailure(earlier) && earlier.endNs <= upstream.startNs + CLOCK_SKEW_NS);
}

/** What ties two exchanges together. Only a strong tie tells a proxy from a client that asks two servers for the same. */
interface Tie {
  said: string;
  isStrong: boolean;
}

function tiesOf(client: Side, upstream: Side): Tie[] {
  const ties: Tie[] = [];
  const tie = (said: string, isStrong = true): void => {
    ties.push({ said, isStrong });
  };
  const { request: from } = client;
  const { request: to } = upstream;
  const { address } = client.connection.client;
  const forwarded = listOf(field(to, 'x-forwarded-for')).includes(address) || forwardedFor(field(to, 'forwarded')).includes(address);
  if (forwarded || field(to, 'x-real-ip') === address) tie(`it names the client, ${address}`);
  const host = field(from, 'host');
  const toHost = field(to, 'x-forwarded-host') ?? field(to, 'host');
  if (host !== null && host === toHost) tie(`it names the same host, ${host}`, field(to, 'x-forwarded-host') !== null);
  if (field(to, 'via') !== null && field(to, 'via') !== field(from, 'via')) tie('a proxy has put itself into its Via');
  for (const name of [...UNIQUE_FIELDS, ...LIKELY_FIELDS]) {
    const value = field(from, name);
    if (value !== null && value === field(to, name)) tie(`${name} is the same`, UNIQUE_FIELDS.includes(name));
  }
  if (from.complete && to.complete && from.bodyBytes > 0 && from.bodyBytes === to.bodyBytes)
    tie(`both bodies have ${from.bodyBytes} bytes`, false);
  const answer = client.exchange.response;
  const upstreamAnswer = upstream.exchange.response;
  if (answer && upstreamAnswer === null && GATEWAY_FAILURES.includes(answer.status))
    tie(`a ${answer.status} says that a gateway's own request failed, and this one has no answer`);
  if (answer && upstreamAnswer && answer.status === upstreamAnswer.status && answer.bodyBytes === upstreamAnswer.bodyBytes)
    tie(`both were answered ${answer.status} with ${answer.bodyBytes} bytes`);
  return ties;
}

/** No two requests have the same value. */
const UNIQUE_FIELDS: readonly string[] = ['x-request-id', 'traceparent'];
/** One client's requests have the same value, or those for one target. */
const LIKELY_FIELDS: readonly string[] = ['cookie', 'authorization', 'user-agent', 'if-none-match'];

/** The addresses of a Forwarded field (RFC 7239 §4): `for=192.0.2.1`, `for="[2001:db8::1]:4711"`. */
const forwardedFor = (value: string | null): string[] =>
  (value ?? '')
    .split(/[,;]/)
    .map((pair) => /^\s*for="?(?:\[([^\]]*)\]|([^:"]*))/i.exec(pair))
    .map((found) => found?.[1] ?? found?.[2] ?? '');

const listOf = (value: string | null): string[] => (value ?? '').split(',').map((element) => element.trim());

function sideOf({ connection, exchange, request }: Side): ProxiedSide {
  const { response } = exchange;
  return {
    stream: connection.stream,
    exchange: exchange.index,
    client: connection.client,
    server: connection.server,
    method: request.method,
    target: request.target,
    status: response?.status ?? null,
    frames: [request.frames[0], Math.max(request.frames[1], response?.frames[1] ?? 0)],
  };
}

// -------------------------------------------------------------------------------------------------------------- the outcome

type Outcome = Pick<ProxiedPair, 'outcome' | 'outcomeFrames' | 'outcomeMs'>;

function outcomeOf({ connection, exchange, request }: Side): Outcome {
  const { response } = exchange;
  const { firstClose, sides } = connection;
  const { server } = sides;
  const outcome = (name: UpstreamOutcome, frames: (number | null)[], ns: number | null): Outcome => ({
    outcome: name,
    outcomeFrames: frames.filter((frame) => frame !== null),
    outcomeMs: ns === null || ns < request.startNs ? null : milliseconds(ns - request.startNs),
  });
  if (response !== null) {
    if (response.complete) return outcome('answered', [...response.frames], response.endNs);
    return outcome('answer-cut', [response.frames[1], firstClose?.frame ?? null], firstClose?.timeNs ?? null);
  }
  if (server.finFrame !== null && (server.finFrame < request.frames[0] || hasCrossed(connection)))
    return outcome('race', [server.finFrame, request.frames[0], server.rstFrame], server.rstNs);
  if (firstClose === null) return outcome('open', [request.frames[1]], null);
  if (firstClose.by === 'client') return outcome('given-up', [firstClose.frame], firstClose.timeNs);
  return outcome(
    firstClose.how === 'RST' ? 'reset' : 'closed',
    [firstClose.frame, firstClose.how === 'FIN' ? server.rstFrame : null],
    firstClose.timeNs,
  );
}

/**
 * Whether the server's FIN and the request crossed: its RST, within a round trip of the FIN, answers a request that came to a closed socket. (One who closes with the
 * request unread sends the RST alone; one who has read it, the FIN alone.)
 */
function hasCrossed({ handshake, sides: { client, server } }: Connection): boolean {
  if (server.finNs === null || server.rstNs === null || server.finFrame === null || (client.lastPayloadFrame ?? 0) > server.finFrame)
    return false;
  const roundTripNs = handshake === null ? 0 : handshake.ackNs - handshake.synNs;
  const laterNs = server.rstNs - server.finNs;
  return laterNs >= 0 && laterNs <= roundTripNs + CLOCK_SKEW_NS;
}

/** A failed request that led to no upstream request: the connection that the proxy tried to open meanwhile. */
function unconnected(client: Side, connections: readonly Connection[]): ProxiedPair | null {
  const tried = connections.filter(
    ({ stream, handshake, midStream, startNs, exchangeCount, client: { address }, completeness }) =>
      stream !== client.connection.stream &&
      handshake === null &&
      !midStream &&
      exchangeCount === 0 &&
      (completeness & COMPLETENESS_SYN_ACK) === 0 &&
      address === client.connection.server.address &&
      startNs >= client.request.headEndNs - CLOCK_SKEW_NS &&
      startNs <= client.endNs,
  );
  const [connection] = tried;
  if (connection === undefined) return null;
  const { sides, firstFrame, startNs } = connection;
  const { rstFrame, rstNs } = sides.server;
  const isRefused = rstFrame !== null;
  const others = tried.filter(
    ({ server }) => server.address !== connection.server.address || server.port !== connection.server.port,
  ).length;
  return {
    clientSide: sideOf(client),
    upstreamSide: {
      stream: connection.stream,
      exchange: null,
      client: connection.client,
      server: connection.server,
      method: null,
      target: null,
      status: null,
      frames: [firstFrame, connection.lastFrame],
    },
    outcome: isRefused ? 'refused' : 'unreachable',
    outcomeFrames: [firstFrame, ...(isRefused ? [rstFrame] : [])],
    outcomeMs: isRefused && rstNs !== null && rstNs >= startNs ? milliseconds(rstNs - startNs) : null,
    confidence: others === 0 && (!isLocal(client) || isGateway(client)) ? 'probably' : 'possibly',
    because: [
      `it was opened from the address that the client asked, ${milliseconds(startNs - client.startNs)} ms after the request and while that waited`,
      ...(isGateway(client) ? [`a ${client.exchange.response?.status} says that a gateway's own request failed`] : []),
      ...(others > 0 ? [`${others} other connections fit as well`] : []),
    ],
  };
}

/** Only a gateway answers so (RFC 9110 §15.6.3, §15.6.5). */
const GATEWAY_FAILURES: readonly number[] = [502, 504];

const isGateway = ({ exchange: { response } }: Side): boolean => response !== null && GATEWAY_FAILURES.includes(response.status);

/** Wireshark's bit (`Connection.completeness`). */
const COMPLETENESS_SYN_ACK = 2;

/** Where client and proxy share an address, it tells nothing of who opened a connection. */
const isLocal = ({ connection: { client, server } }: Side): boolean => client.address === server.address;

const milliseconds = (ns: number): number => Math.round(Math.max(ns, 0) / 1e3) / 1e3;
