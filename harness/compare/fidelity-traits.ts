/**
 * What a browser does in one cell: its traits, each a list of items with the frames that show them. The same thing has the same key in
 * every run of a cell, so that runs can be compared.
 */
import { field } from '../http/fields.ts';
import type { Connection, Evidence, HeaderField, RequestMessage } from '../model.ts';
import { isAsked, isUsed } from '../observe/step.ts';

/** One thing that was seen. A number is compared with the range of the other runs' numbers, a text with the set of their texts. */
export interface TraitItem {
  key: string;
  value: string | number;
  frames: number[];
}

/** One thing that a browser shows on the wire and that is scored: which items a cell has, and how they are compared. */
export interface Trait {
  id: string;
  title: string;
  definition: string;
  /** `ms`: the numbers are times, and their range is widened by 15 % or 50 ms, whichever is more. */
  unit: 'ms' | null;
  /**
   * How an item counts that only one of two runs has: `miss`, as a difference; `ignore`, not at all, because another trait covers it (a request
   * that is not sent is not a wrong header).
   */
  unmatched: 'miss' | 'ignore';
  items(evidence: Evidence): TraitItem[];
}

/** Request fields whose values change from visit to visit or from place to place, and what replaces them. */
export const VOLATILE: readonly { names: readonly string[]; because: string }[] = [
  { names: ['host', 'referer', 'origin'], because: "they name the server's address, which a run chooses: ‹origin› replaces it" },
  {
    names: ['if-none-match', 'if-modified-since', 'if-range'],
    because: 'they repeat what the server sent: ‹as the server sent it› replaces a value from an earlier response',
  },
];

/** One request with a name that it has in every run. */
interface Asked {
  /** Step and `name`. */
  key: string;
  /** Method, target, and which of the step's requests for that target it is. */
  name: string;
  step: string;
  /** Method, target and range. */
  line: string;
  stream: number;
  frame: number;
  status: number | null;
  statusFrame: number | null;
  request: RequestMessage;
  fields: HeaderField[];
}

function requestsOf(evidence: Evidence): Asked[] {
  const seen = new Map<string, number>();
  const sent = new Map<string, Set<string>>();
  const origin = originOf(evidence);
  return evidence.exchanges.filter(isAsked).map(({ step, stream, request, response }) => {
    const target = `${request.method} ${request.target}`;
    const inStep = `${step ?? '-'} · ${target}`;
    const count = (seen.get(inStep) ?? 0) + 1;
    seen.set(inStep, count);
    const repeated = count === 1 ? '' : ` (${count})`;
    const range = field(request, 'range');
    const validators = sent.get(request.target) ?? new Set<string>();
    const fields = request.headers.map(([header, text]): HeaderField => [header, steady(header, text, origin, validators)]);
    for (const validator of ['etag', 'last-modified'].flatMap((header) => (response && field(response, header)) ?? []))
      validators.add(validator);
    sent.set(request.target, validators);
    return {
      key: inStep + repeated,
      name: target + repeated,
      step: step ?? '-',
      line: `${request.method} ${request.target}${range ? ` ${range}` : ''}`,
      stream,
      frame: request.frames[0],
      status: response?.status ?? null,
      statusFrame: response?.frames[0] ?? null,
      request,
      fields,
    };
  });
}

/** The authority that the first request names. */
function originOf(evidence: Evidence): string | null {
  const first = evidence.exchanges.find(isAsked);
  return first ? field(first.request, 'host') : null;
}

function steady(name: string, text: string, origin: string | null, validators: ReadonlySet<string>): string {
  const [address, repeated] = VOLATILE;
  const lower = name.toLowerCase();
  if (origin && address?.names.includes(lower)) return text.replace(origin, '‹origin›');
  if (repeated?.names.includes(lower) && validators.has(text)) return '‹as the server sent it›';
  return text;
}

const count = (key: string, connections: readonly Connection[]): TraitItem[] => [
  { key, value: connections.length, frames: connections.map((connection) => connection.handshake?.ackFrame ?? connection.firstFrame) },
];

const opened = (evidence: Evidence): Connection[] => evidence.connections.filter((connection) => connection.handshake !== null);

function mostAtOnce(connections: readonly Connection[]): Connection[] {
  const opensAt = ({ handshake, firstFrame }: Connection) => handshake?.ackFrame ?? firstFrame;
  const closesAt = ({ firstClose }: Connection) => firstClose?.frame ?? Number.POSITIVE_INFINITY;
  return connections.reduce<Connection[]>((most, one) => {
    const open = connections.filter((other) => opensAt(other) <= opensAt(one) && closesAt(other) > opensAt(one));
    return open.length > most.length ? open : most;
  }, []);
}

/** Every two requests of a step, the earlier key first. */
function pairsOf(evidence: Evidence): { step: string; pair: string; first: Asked; second: Asked }[] {
  const requests = requestsOf(evidence);
  return requests.flatMap((one, index) =>
    requests.slice(index + 1).flatMap((other) => {
      if (one.step !== other.step) return [];
      const [first, second] = one.name < other.name ? [one, other] : [other, one];
      return [{ step: one.step, pair: `${first.name} and ${second.name}`, first, second }];
    }),
  );
}

/** The kind of connection: only connections of one kind are compared in how they close. */
function kindOf(connection: Connection): string {
  if (!isUsed(connection)) return 'never used';
  const last = connection.exchanges.at(-1);
  return last?.response?.complete === false || last?.response === null ? 'cut off in a response' : 'used';
}

const CACHE_FIELDS = ['if-none-match', 'if-modified-since', 'if-range', 'cache-control', 'pragma'];

function defineTrait(trait: Omit<Trait, 'unit' | 'unmatched'> & Partial<Trait>): Trait {
  return { unit: null, unmatched: 'ignore', ...trait };
}

/** The traits, in the order of the report. */
export const traits: readonly Trait[] = [
  defineTrait({
    id: 'connections.opened',
    title: 'connections opened',
    definition: 'Connections whose three-way handshake was completed, in the whole cell.',
    items: (evidence) => count('opened', opened(evidence)),
  }),
  defineTrait({
    id: 'connections.used',
    title: 'connections used',
    definition: 'The opened connections that carried a request.',
    items: (evidence) => count('used', opened(evidence).filter(isUsed)),
  }),
  defineTrait({
    id: 'connections.unused',
    title: 'connections never used',
    definition: 'The opened connections that carried no request.',
    items: (evidence) =>
      count(
        'never used',
        opened(evidence).filter((connection) => !isUsed(connection)),
      ),
  }),
  defineTrait({
    id: 'connections.max-concurrent',
    title: 'most connections at one time',
    definition: 'The most that were open at one time, from the end of the handshake to the first FIN or RST.',
    items: (evidence) => count('at one time', mostAtOnce(opened(evidence))),
  }),
  defineTrait({
    id: 'requests.sent',
    title: 'requests sent',
    definition: 'Method, target and Range of each request, by step.',
    unmatched: 'miss',
    items: (evidence) => requestsOf(evidence).map(({ key, line, frame }) => ({ key, value: line, frames: [frame] })),
  }),
  defineTrait({
    id: 'requests.order',
    title: 'order of requests',
    definition: 'For every two requests of a step, which was sent first.',
    items: (evidence) =>
      pairsOf(evidence).map(({ step, pair, first, second }) => ({
        key: `${step} · ${pair}`,
        value: first.frame < second.frame ? 'the first is sent first' : 'the second is sent first',
        frames: [first.frame, second.frame],
      })),
  }),
  defineTrait({
    id: 'requests.shared-connection',
    title: 'requests that share a connection',
    definition: 'For every two requests of a step, whether one connection carried both.',
    items: (evidence) =>
      pairsOf(evidence).map(({ step, pair, first, second }) => ({
        key: `${step} · ${pair}`,
        value: first.stream === second.stream ? 'one connection' : 'two connections',
        frames: [first.frame, second.frame],
      })),
  }),
  defineTrait({
    id: 'responses.status',
    title: 'statuses',
    definition: 'The status that each request got.',
    items: (evidence) =>
      requestsOf(evidence).map(({ key, status, statusFrame, frame }) => ({
        key,
        value: status === null ? 'no response' : String(status),
        frames: [statusFrame ?? frame],
      })),
  }),
  defineTrait({
    id: 'requests.cache',
    title: 'validators and cache directives',
    definition: 'If-None-Match, If-Modified-Since, If-Range, Cache-Control and Pragma of each request, with their values.',
    items: (evidence) =>
      requestsOf(evidence).map(({ key, fields, frame }) => ({
        key,
        value: headText(fields.filter(([name]) => CACHE_FIELDS.includes(name.toLowerCase()))) || 'none',
        frames: [frame],
      })),
  }),
  defineTrait({
    id: 'head.names',
    title: 'header names, order and case',
    definition: "The names of each request's header fields as on the wire.",
    items: (evidence) =>
      requestsOf(evidence).map(({ key, fields, frame }) => ({ key, value: fields.map(([name]) => name).join(', '), frames: [frame] })),
  }),
  defineTrait({
    id: 'head.values',
    title: 'header values',
    definition: 'Start line and header fields of each request as on the wire, with the declared volatile values replaced.',
    items: (evidence) =>
      requestsOf(evidence).map(({ key, request, fields, frame }) => ({
        key,
        value: `${request.startLine} | ${headText(fields)}`,
        frames: [frame],
      })),
  }),
  defineTrait({
    id: 'close.first',
    title: 'who closes first, and how',
    definition:
      'The side that sent the first FIN or RST of each connection, and which of the two; separately for connections that were used, never used, and cut off in a response.',
    unmatched: 'miss',
    items: (evidence) => closings(evidence).map(({ kind, by, frames }) => ({ key: `${kind}: ${by}`, value: by, frames })),
  }),
  defineTrait({
    id: 'close.idle-ms',
    title: 'closed after',
    definition: 'Milliseconds from the last payload byte of a connection to that first FIN or RST: shortest and longest, by who closed.',
    unit: 'ms',
    items: (evidence) =>
      closings(evidence).flatMap(({ kind, by, closed }) => {
        if (closed.length === 0) return [];
        const sorted = closed.toSorted((a, b) => a.idleMs - b.idleMs);
        const ends = [
          { end: 'shortest', close: sorted[0] },
          { end: 'longest', close: sorted.at(-1) },
        ];
        return ends.flatMap(({ end, close }) =>
          close ? [{ key: `${kind}, ${by}: ${end}`, value: Math.round(close.idleMs), frames: [close.frame] }] : [],
        );
      }),
  }),
  defineTrait({
    id: 'keepalive.probes',
    title: 'TCP keep-alive probes',
    definition: 'The most keep-alive probes that the client sent on one connection.',
    items: (evidence) => {
      const probes = evidence.connections.map((connection) => connection.sides.client.keepAliveProbeFrames);
      const frames = probes.reduce<readonly number[]>((most, some) => (some.length > most.length ? some : most), []);
      return [{ key: 'probes', value: frames.length, frames: [...frames] }];
    },
  }),
  defineTrait({
    id: 'keepalive.first-ms',
    title: 'first keep-alive probe after',
    definition:
      'Milliseconds from the last payload byte of either side to the next keep-alive probe of the client: the shortest of all connections.',
    unit: 'ms',
    items: (evidence) => {
      const firsts = evidence.connections.flatMap(({ sides: { client, server } }) => {
        const last = Math.max(client.lastPayloadNs ?? 0, server.lastPayloadNs ?? 0);
        const at = client.keepAliveProbeTimesNs.findIndex((time) => time > last);
        const [time, frame] = [client.keepAliveProbeTimesNs[at], client.keepAliveProbeFrames[at]];
        return time === undefined || frame === undefined ? [] : [{ ms: (time - last) / 1e6, frame }];
      });
      const shortest = firsts.toSorted((a, b) => a.ms - b.ms)[0];
      return shortest ? [{ key: 'first probe', value: Math.round(shortest.ms), frames: [shortest.frame] }] : [];
    },
  }),
];

const headText = (fields: readonly HeaderField[]): string => fields.map(([name, value]) => `${name}: ${value}`).join(' | ');

interface Closing {
  kind: string;
  by: string;
  frames: number[];
  closed: { idleMs: number; frame: number }[];
}

/** How the opened connections of a cell were closed, grouped by kind of connection and by who closed. */
function closings(evidence: Evidence): Closing[] {
  const found = new Map<string, Closing>();
  for (const connection of opened(evidence)) {
    const { firstClose } = connection;
    const kind = kindOf(connection);
    const by = firstClose ? `${firstClose.by} ${firstClose.how}` : 'open';
    const closing = found.get(`${kind} ${by}`) ?? { kind, by, frames: [], closed: [] };
    closing.frames.push(firstClose?.frame ?? connection.lastFrame);
    if (firstClose) closing.closed.push({ idleMs: firstClose.idleMs, frame: firstClose.frame });
    found.set(`${kind} ${by}`, closing);
  }
  return [...found.values()];
}

/** The items of one run of a cell, by trait. */
export type CellTraits = ReadonlyMap<string, readonly TraitItem[]>;

/** All traits of one cell. */
export const traitsOf = (evidence: Evidence): CellTraits => new Map(traits.map((trait) => [trait.id, trait.items(evidence)]));
