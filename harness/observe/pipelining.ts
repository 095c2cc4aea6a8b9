import { field, fieldValues } from '../http/fields.ts';
import type { Evidence, ResponseMessage } from '../model.ts';
import { exchangeFrames, unanswered } from './asked.ts';
import { defineObservation } from './observation.ts';
import { type AskedExchange, frameList, isAsked, value } from './step.ts';

const STEP = 'pipelining.answered';

const MIXED = 'pipelining.mixed';
/** The same targets, each asked alone. */
const ALONE: ReadonlySet<string | null> = new Set(['pipelining.page', 'pipelining.missing', 'pipelining.image']);

const asked = (evidence: Evidence, step = STEP): AskedExchange[] =>
  evidence.exchanges.filter((exchange): exchange is AskedExchange => isAsked(exchange) && exchange.step === step);

const TYPES: readonly (readonly [ending: string, type: RegExp])[] = [
  ['.css', /^text\/css\b/i],
  ['.png', /^image\/png\b/i],
  ['/', /^text\/html\b/i],
];

/** Whether a successful answer has the media type of another file than the one requested. */
function isForeign({ request, response }: AskedExchange): boolean {
  const [type] = response?.status === 200 ? fieldValues(response, 'content-type') : [];
  const expected = TYPES.find(([ending]) => request.target.endsWith(ending));
  return type !== undefined && expected !== undefined && !expected[1].test(type);
}

/** What an answer looks like: fields that stay the same from one answer to the next, in most servers. */
const looksOf = (response: ResponseMessage): string =>
  [response.status, ...['etag', 'last-modified', 'content-type', 'content-length'].map((name) => field(response, name))].join('\n');

/** The answers to mixed requests that look like that to another request, and not like that to their own. */
function misplaced(evidence: Evidence): AskedExchange[] {
  const alone = new Map<string, string>();
  for (const { step, request, response } of evidence.exchanges)
    if (ALONE.has(step) && request && response) alone.set(request.target, looksOf(response));
  return asked(evidence, MIXED).filter(({ request: { target }, response }) => {
    const own = alone.get(target);
    const looks = response === null ? null : looksOf(response);
    return own !== undefined && looks !== null && looks !== own && [...alone.values()].includes(looks);
  });
}

const heads = (exchanges: AskedExchange[]): number[] =>
  frameList(exchanges.flatMap(({ request, response }) => [request.headFrames[0], response?.headFrames[0]]));

const answered = defineObservation({
  id: 'pipelining.answered',
  title: 'pipelined requests answered',
  unit: 'count',
  definition:
    'Of three requests that arrive in one segment, how many get a final response, counted from the first one until one is missing. Frames: the requests and the heads of the responses.',
  spec: 'RFC 9112 §9.3.2',
  scenario: 'pipelining',
  observe(evidence) {
    const exchanges = asked(evidence);
    if (exchanges.length === 0) return null;
    const missing = exchanges.findIndex((exchange) => exchange.response === null);
    const count = missing < 0 ? exchanges.length : missing;
    const close = missing < 0 ? undefined : evidence.connections.find((entry) => entry.stream === exchanges[0]?.stream)?.firstClose;
    const notes = { server: `then the server closed by ${close?.how}`, client: 'the client closed before another one came' };
    const note = close ? { note: notes[close.by] } : {};
    return value(count, frameList(heads(exchanges), close?.frame), note);
  },
});

const order = defineObservation({
  id: 'pipelining.order',
  title: 'order of pipelined responses',
  unit: null,
  definition:
    'Whether the answers to pipelined requests come in the order of the requests: "kept" or "broken", by the media types of three files, and in five requests of different kinds by what each gets when it is asked alone. Only where requests for at least two targets were answered.',
  spec: 'RFC 9112 §9.3.2',
  scenario: 'pipelining',
  observe(evidence) {
    const exchanges = asked(evidence).filter((exchange) => exchange.response !== null);
    // Answers from one target do not show which request they belong to.
    const isShown = new Set(exchanges.map(({ request }) => request.target)).size > 1;
    const strayed = misplaced(evidence);
    if (strayed.length > 0) return value('broken', heads(strayed));
    if (isShown) return value(exchanges.some(isForeign) ? 'broken' : 'kept', heads(exchanges));
    const mixed = asked(evidence, MIXED).filter((exchange) => exchange.response !== null);
    return mixed.length > 1 ? value('kept', heads(mixed)) : null;
  },
});

const mixed = defineObservation({
  id: 'pipelining.mixed',
  title: 'mixed pipelined requests answered',
  unit: 'count',
  definition:
    'Of five requests that arrive in one segment (the picture, a file that is not there, a HEAD for the page, the page, and again what is not there), how many get a final response, counted from the first one until one is missing. Frames: the requests and the heads of the responses.',
  spec: 'RFC 9112 §9.3.2',
  scenario: 'pipelining',
  observe(evidence) {
    const exchanges = asked(evidence, MIXED);
    if (exchanges.length === 0) return null;
    const missing = exchanges.findIndex((exchange) => exchange.response === null);
    return value(missing < 0 ? exchanges.length : missing, heads(exchanges));
  },
});

const splitHead = defineObservation({
  id: 'pipelining.split-head',
  title: 'request in two segments after a pause',
  unit: null,
  definition:
    'The status of a request whose head comes in two segments, 0.3 s apart, on a connection that was idle for 3 s after its first response; null where no answer came. Only where the server kept the connection for so long. Frames: the heads of the request and of the response.',
  spec: 'RFC 9112 §9.5',
  scenario: 'pipelining',
  nullIsNoAnswer: true,
  observe(evidence) {
    const [, exchange] = asked(evidence, 'pipelining.split-head');
    const connection = evidence.connections.find(({ stream }) => stream === exchange?.stream);
    if (!exchange || !connection) return null;
    const { response } = exchange;
    return response ? value(response.status, exchangeFrames(exchange)) : unanswered({ exchange, connection });
  },
});

export const pipelining = [answered, order, mixed, splitHead];
