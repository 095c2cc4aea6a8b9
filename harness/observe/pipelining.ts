import { fieldValues } from '../http/fields.ts';
import type { Evidence } from '../model.ts';
import { defineObservation } from './observation.ts';
import { type AskedExchange, frameList, isAsked, value } from './step.ts';

const STEP = 'pipelining.answered';

const asked = (evidence: Evidence): AskedExchange[] =>
  evidence.exchanges.filter((exchange): exchange is AskedExchange => isAsked(exchange) && exchange.step === STEP);

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
  title: 'order of the pipelined answers',
  unit: null,
  definition:
    'Whether the answers to pipelined requests for three media types come in the order of the requests: "kept" or "broken". Only where requests for at least two targets were answered.',
  spec: 'RFC 9112 §9.3.2',
  scenario: 'pipelining',
  observe(evidence) {
    const exchanges = asked(evidence).filter((exchange) => exchange.response !== null);
    // Answers from one target do not show which request they belong to.
    if (new Set(exchanges.map(({ request }) => request.target)).size < 2) return null;
    return value(exchanges.some(isForeign) ? 'broken' : 'kept', heads(exchanges));
  },
});

export const pipelining = [answered, order];
