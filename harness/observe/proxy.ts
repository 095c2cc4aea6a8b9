/**
 * What a proxy changes between its two hops. Only a chain's cells have these values: the other ones speak of the hop of the client alone. Requests of the two hops are
 * joined by `proxied.ts`.
 */
import { field } from '../http/fields.ts';
import type { Connection, Evidence, Exchange, Message, Observation, ObservedValue } from '../model.ts';
import { defineObservation, type ObservationInput } from './observation.ts';
import { proxiedPairs } from './proxied.ts';
import { type AskedExchange, frameList, headFrames, isAsked, isUsed, oncePerEvidence, round, value } from './step.ts';

/** A request of the client, with what the proxy asked the server for it: nothing, where it answered by itself; several, where it asked again. */
interface Forwarded {
  client: AskedExchange;
  server: AskedExchange[];
}

const forwardedIn = oncePerEvidence((evidence: Evidence): Forwarded[] => {
  const { connections, behind = [] } = evidence;
  const byPlace = new Map<string, AskedExchange>();
  const place = (stream: number, index: number | null): string => `${stream} ${index}`;
  for (const exchange of [...connections, ...behind].flatMap(({ exchanges }) => exchanges))
    if (isAsked(exchange)) byPlace.set(place(exchange.stream, exchange.index), exchange);
  const front = new Set(connections.map(({ stream }) => stream));
  const joined = new Map<AskedExchange, AskedExchange[]>();
  for (const { clientSide, upstreamSide } of proxiedPairs([...connections, ...behind])) {
    const client = byPlace.get(place(clientSide.stream, clientSide.exchange));
    const server = byPlace.get(place(upstreamSide.stream, upstreamSide.exchange));
    if (client === undefined || server === undefined || !front.has(client.stream) || front.has(server.stream)) continue;
    const all = joined.get(client);
    if (all) all.push(server);
    else joined.set(client, [server]);
  }
  return evidence.exchanges.filter(isAsked).map((client) => ({ client, server: joined.get(client) ?? [] }));
});

/** Those that were passed on. */
const passedOn = (evidence: Evidence): (Forwarded & { first: AskedExchange })[] =>
  forwardedIn(evidence).flatMap((one) => (one.server[0] === undefined ? [] : [{ ...one, first: one.server[0] }]));

/** Defines an observation of chains alone. */
const ofChain = ({ observe, ...input }: ObservationInput): Observation =>
  defineObservation({ ...input, observe: (evidence) => (evidence.behind === undefined ? null : observe(evidence)) });

const HEADS = 'Frames: the heads on both hops of the first messages that show it.';
const FORWARDING = 'RFC 9110 §7.6';

/** Names of fields as the list of a value: sorted, each once. */
const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : [...new Set(names)].sort().join(', '));

const namesOf = (message: Message): Set<string> => new Set(message.headers.map(([name]) => name.toLowerCase()));

/** Field names that the second message has and the first has not. */
const gained = (from: Message, to: Message): string[] => {
  const before = namesOf(from);
  return [...namesOf(to)].filter((name) => !before.has(name));
};

/** Field names that both have, with other values. */
const altered = (from: Message, to: Message): string[] => {
  const after = namesOf(to);
  return [...namesOf(from)].filter((name) => after.has(name) && field(from, name) !== field(to, name));
};

type Change = (from: Message, to: Message) => string[];

/** The value that lists what `change` finds between the two hops, over all messages that were passed on. */
function changes(
  evidence: Evidence,
  pick: (exchange: Exchange) => Message | null,
  toServer: boolean,
  change: Change,
): ObservedValue | null {
  const names: string[] = [];
  const frames: number[] = [];
  let isAny = false;
  for (const { client, server } of forwardedIn(evidence)) {
    const behind = server.at(-1);
    const [near, far] = [pick(client), behind === undefined ? null : pick(behind)];
    if (near === null || far === null) continue;
    isAny = true;
    const found = toServer ? change(near, far) : change(far, near);
    if (found.some((name) => !names.includes(name))) frames.push(...headFrames(near), ...headFrames(far));
    names.push(...found);
  }
  return isAny ? value(listed(names), frameList(frames)) : null;
}

const requestOf = ({ request }: Exchange): Message | null => request;
const responseOf = ({ response }: Exchange): Message | null => response;

const fieldChanges: readonly (readonly [id: string, title: string, definition: string, toServer: boolean, change: Change])[] = [
  [
    'added-request-fields',
    'request fields the proxy adds',
    'Names of the fields that the server gets in a request and the client did not send.',
    true,
    gained,
  ],
  [
    'removed-request-fields',
    'request fields the proxy removes',
    'Names of the fields that the client sent in a request and the server does not get.',
    true,
    (from, to) => gained(to, from),
  ],
  [
    'changed-request-fields',
    'request fields the proxy changes',
    'Names of the fields of a request that both hops have, with other values.',
    true,
    altered,
  ],
  [
    'added-response-fields',
    'response fields the proxy adds',
    'Names of the fields that the client gets in a response and the server did not send.',
    false,
    gained,
  ],
  [
    'removed-response-fields',
    'response fields the proxy removes',
    'Names of the fields that the server sent in a response and the client does not get.',
    false,
    (from, to) => gained(to, from),
  ],
  [
    'changed-response-fields',
    'response fields the proxy changes',
    'Names of the fields of a response that both hops have, with other values.',
    false,
    altered,
  ],
];

const fieldObservations = fieldChanges.map(([name, title, definition, toServer, change]) =>
  ofChain({
    id: `proxy.${name}`,
    title,
    unit: null,
    definition: `${definition} Over all requests that the proxy passed on; \`none\` where there are none. ${HEADS}`,
    spec: FORWARDING,
    observe: (evidence) => changes(evidence, toServer ? requestOf : responseOf, toServer, change),
  }),
);

/** The most frequent of a list; the first of several. */
const majority = (items: readonly string[]): string | undefined =>
  [...new Set(items)].sort((a, b) => items.filter((item) => item === b).length - items.filter((item) => item === a).length)[0];

const requestVersion = ofChain({
  id: 'proxy.request-version',
  title: 'HTTP version used by the proxy',
  unit: null,
  definition: 'The HTTP version of the requests that the proxy sends to the server; of several, that of most. Frames: their heads.',
  spec: 'RFC 9110 §2.5',
  observe(evidence) {
    const requests = passedOn(evidence).map(({ first }) => first.request);
    const found = majority(requests.map(({ version }) => version));
    return found === undefined
      ? null
      : value(found, frameList(requests.filter(({ version }) => version === found).map(({ headFrames: [frame] }) => frame)));
  },
});

const reuse = ofChain({
  id: 'proxy.upstream-reuse',
  title: 'reuse of connections to the server',
  unit: null,
  definition:
    'Requests that the proxy sends to the server, divided by the connections that carried them: 1 where it keeps none. Frames: the first request on each connection.',
  spec: 'RFC 9112 §9.3',
  observe({ behind = [] }) {
    const used = behind.filter(isUsed);
    if (used.length === 0) return null;
    const asked = used.flatMap(({ exchanges }) => exchanges.filter(isAsked));
    return value(round(asked.length / used.length, 2), frameList(used.map(({ exchanges: [first] }) => first?.request?.frames[0])));
  },
});

const closedBy = ofChain({
  id: 'proxy.upstream-closed-by',
  title: 'who closes connections to the server',
  unit: null,
  definition:
    'Who sent the first FIN or RST of the connections between the proxy and the server: `proxy`, `server`, or `none` in the window; of several, that of most. Frames: those FINs and RSTs.',
  spec: 'RFC 9112 §9.6',
  observe({ behind = [] }) {
    const used = behind.filter(isUsed);
    const by = ({ firstClose }: Connection): string => (firstClose === null ? 'none' : firstClose.by === 'client' ? 'proxy' : 'server');
    const found = majority(used.map(by));
    if (found === undefined) return null;
    const shown = used.filter((connection) => by(connection) === found);
    return value(found, frameList(shown.map(({ firstClose, lastFrame }) => firstClose?.frame ?? lastFrame)));
  },
});

const framing = ofChain({
  id: 'proxy.response-framing',
  title: 'response framing changed by the proxy',
  unit: null,
  definition:
    'How the end of a response is found on the hop of the server and on that of the client, where they differ, as in `close > chunked`; `kept` where none differs. Frames: the heads of the first that shows it on both hops, else of the first response.',
  spec: 'RFC 9112 §6.3',
  observe(evidence) {
    const answered = forwardedIn(evidence).flatMap(({ client, server }) => {
      const behind = server.at(-1)?.response ?? null;
      return client.response === null || behind === null || client.response.status !== behind.status
        ? []
        : [{ near: client.response, far: behind }];
    });
    const [first] = answered;
    if (first === undefined) return null;
    const changed = answered.filter(({ near, far }) => near.framing !== far.framing);
    const shown = changed[0] ?? first;
    const texts = changed.map(({ near, far }) => `${far.framing} > ${near.framing}`);
    return value(texts.length === 0 ? 'kept' : listed(texts), frameList(headFrames(shown.near), headFrames(shown.far)));
  },
});

const answeredItself = ofChain({
  id: 'proxy.answered-itself',
  title: 'requests answered by the proxy itself',
  unit: 'count',
  definition:
    'Requests of the client that got an answer though the proxy asked the server nothing for them. Frames: the heads of their responses.',
  spec: 'RFC 9111 §4',
  observe(evidence) {
    const own = forwardedIn(evidence).flatMap(({ client, server }) =>
      server.length === 0 && client.response !== null ? [client.response] : [],
    );
    return value(own.length, frameList(own.map(({ headFrames: [frame] }) => frame)));
  },
});

/** Whether requests that bear one of the fields are passed on with it. */
function passesOn(evidence: Evidence, fields: readonly string[]): ObservedValue | null {
  const bearing = forwardedIn(evidence).filter(({ client: { request } }) => fields.some((name) => field(request, name) !== null));
  if (bearing.length === 0) return null;
  const isPassedOn = ({ client, server: [first] }: Forwarded): boolean =>
    first !== undefined && fields.every((name) => field(client.request, name) === null || field(first.request, name) !== null);
  const kept = bearing.filter(isPassedOn);
  const shown = kept.length === bearing.length ? kept : bearing.filter((one) => !isPassedOn(one));
  const frames = frameList(
    shown.flatMap(({ client, server: [first] }) => [...headFrames(client.request), ...(first ? headFrames(first.request) : [])]),
  );
  const text =
    kept.length === bearing.length ? 'passed on' : kept.length === 0 ? 'kept back' : `passed on ${kept.length} of ${bearing.length}`;
  return value(text, frames);
}

const conditions = ofChain({
  id: 'proxy.conditions',
  title: 'conditional requests forwarded',
  unit: null,
  definition:
    'Whether the server gets the conditions of conditional requests: `passed on`, `kept back` where the proxy answers them by itself or asks without them, or how many of them. Frames: the heads of those requests on both hops.',
  spec: 'RFC 9110 §13',
  observe: (evidence) => passesOn(evidence, ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since']),
});

const ranges = ofChain({
  id: 'proxy.ranges',
  title: 'range requests forwarded',
  unit: null,
  definition:
    'Whether the server gets the ranges of range requests: `passed on`, `kept back` where the proxy answers them by itself or asks without them, or how many of them. Frames: the heads of those requests on both hops.',
  spec: 'RFC 9110 §14',
  observe: (evidence) => passesOn(evidence, ['range']),
});

const repeated = ofChain({
  id: 'proxy.repeated',
  title: 'requests retried by the proxy',
  unit: 'count',
  definition: 'Requests of the client that the proxy sent to the server more than once. Frames: each time that they were sent.',
  spec: 'RFC 9110 §9.2.2',
  observe(evidence) {
    const again = forwardedIn(evidence).filter(({ server }) => server.length > 1);
    return value(again.length, frameList(again.flatMap(({ server }) => server.map(({ request }) => request.frames[0]))));
  },
});

export const proxy: readonly Observation[] = [
  requestVersion,
  reuse,
  closedBy,
  ...fieldObservations,
  framing,
  answeredItself,
  conditions,
  ranges,
  repeated,
];
