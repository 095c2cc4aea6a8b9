import { field } from '../http/fields.ts';
import type { Evidence, HeaderField, Observation } from '../model.ts';
import { answerIn, exchangeFrames, statusIn } from './asked.ts';
import { defineObservation } from './observation.ts';
import { type AnsweredExchange, frameList, headFrames, isAnswered, value } from './step.ts';

const MATCHING = 'RFC 9110 §13.1.2';
const SINCE = 'RFC 9110 §13.1.3';

/** A question whose answer is its status. */
const question = (id: string, title: string, request: string, spec: string): Observation =>
  defineObservation({
    id,
    title,
    unit: null,
    definition: `The status of a GET with ${request}; null where none came. Frames: the heads of the request and of the response. Without the validator that it needs it is not asked.`,
    spec,
    scenario: 'conditional',
    judgedBeside: 'steady-success',
    nullIsNoAnswer: true,
    observe: (evidence) => statusIn(evidence, id),
  });

/** RFC 9110 §15.4.5: those of a 200 that a 304 must have too. `Date` is judged by the clock, not by the 200. */
const REQUIRED = ['content-location', 'etag', 'vary', 'cache-control', 'expires'];
/** The same section: representation metadata that a 304 should not have. */
const UNWANTED = ['content-type', 'content-encoding', 'content-language', 'content-range', 'content-length'];

const missing = (name: string): string => `no ${name}`;
/** How `conditional.304-fields` writes that a field is missing which a 304 must have. */
export const MISSING_FIELDS: ReadonlySet<string> = new Set([...REQUIRED, 'date'].map(missing));
/** How it writes a Content-Length that is not that of the 200. */
export const WRONG_LENGTH = 'wrong content-length';
export const ODD_FIELDS_SEPARATOR = ', ';

const names = (headers: readonly HeaderField[]): Set<string> => new Set(headers.map(([name]) => name.toLowerCase()));

/** The first 304 of the capture. */
const notModified = (evidence: Evidence): AnsweredExchange | null =>
  evidence.exchanges.filter(isAnswered).find((exchange) => exchange.response.status === 304) ?? null;

/** A 200 to the same target with the same `Accept-Encoding`, to hold the 304 against. */
function counterpart(evidence: Evidence, of: AnsweredExchange): AnsweredExchange | null {
  const coding = (exchange: AnsweredExchange) => exchange.request.headers.find(([name]) => name.toLowerCase() === 'accept-encoding')?.[1];
  const found = evidence.exchanges
    .filter(isAnswered)
    .find(
      (exchange) => exchange.response.status === 200 && exchange.request.target === of.request.target && coding(exchange) === coding(of),
    );
  return found ?? null;
}

/** A Content-Length that is not that of the 200 (RFC 9110 §8.6). */
function isWrongLength(name: string, of: AnsweredExchange, whole: AnsweredExchange | null): boolean {
  if (name !== 'content-length' || !whole) return false;
  return field(of.response, name) !== (field(whole.response, name) ?? String(whole.response.bodyBytes));
}

/** Fields of a 304 that should not be there, and those that should be and are not; each in words. */
function oddFields(evidence: Evidence, exchange: AnsweredExchange): string[] {
  const fields = names(exchange.response.headers);
  const whole = counterpart(evidence, exchange);
  const expected = whole ? REQUIRED.filter((name) => names(whole.response.headers).has(name)) : [];
  const absent = expected.filter((name) => !fields.has(name));
  if (!fields.has('date') && (!whole || names(whole.response.headers).has('date'))) absent.push('date');
  const unwanted = UNWANTED.filter((name) => fields.has(name)).map((name) => (isWrongLength(name, exchange, whole) ? WRONG_LENGTH : name));
  return [...unwanted, ...absent.map(missing)];
}

const length304 = defineObservation({
  id: 'conditional.304-length',
  title: 'length of a 304',
  unit: 'bytes',
  definition:
    'Bytes of the head of the first 304 in the capture, from its start line to the empty line. The note names fields that it should not have, or lacks.',
  spec: 'RFC 9110 §15.4.5',
  scenario: 'conditional',
  observe(evidence) {
    const exchange = notModified(evidence);
    if (!exchange) return null;
    const odd = oddFields(evidence, exchange);
    return value(
      exchange.response.headBytes,
      headFrames(exchange.response),
      odd.length > 0 ? { note: odd.join(ODD_FIELDS_SEPARATOR) } : {},
    );
  },
});

const fields304 = defineObservation({
  id: 'conditional.304-fields',
  title: 'odd fields of a 304',
  unit: null,
  definition:
    'Of the first 304 in the capture: representation metadata that it carries (Content-Type, Content-Length and the like), "wrong" before a Content-Length that is not that of the 200; "no …" for fields that the 200 has and the 304 must have too; "clean" where there is nothing of either.',
  spec: 'RFC 9110 §15.4.5',
  scenario: 'conditional',
  observe(evidence) {
    const exchange = notModified(evidence);
    if (!exchange) return null;
    const odd = oddFields(evidence, exchange);
    const whole = counterpart(evidence, exchange);
    return value(
      odd.length > 0 ? odd.join(ODD_FIELDS_SEPARATOR) : 'clean',
      frameList(headFrames(exchange.response), whole ? headFrames(whole.response) : []),
    );
  },
});

const body304 = defineObservation({
  id: 'conditional.304-body',
  title: 'bytes behind a 304',
  unit: 'bytes',
  definition: 'Bytes that the server sends behind the head of a 304 which is the only response on its connection: there must be none.',
  spec: 'RFC 9110 §15.4.5',
  scenario: 'conditional',
  observe(evidence) {
    for (const { id } of statuses) {
      const answer = answerIn(evidence, id);
      const response = answer?.exchange.response;
      if (answer && response?.status === 304) {
        return value(answer.connection.sides.server.payloadBytes - response.headBytes, exchangeFrames(answer.exchange));
      }
    }
    return null;
  },
});

const statuses = [
  question('conditional.if-none-match', 'If-None-Match', 'the ETag itself in `If-None-Match`', MATCHING),
  question('conditional.weak-compare', 'weak against strong', 'the ETag in `If-None-Match`, `W/` put before it or taken from it', MATCHING),
  question('conditional.list', 'If-None-Match, a list', 'a foreign ETag and then the ETag itself in `If-None-Match`', MATCHING),
  question('conditional.star', 'If-None-Match: *', '`If-None-Match: *`', MATCHING),
  question(
    'conditional.precedence',
    'If-None-Match first',
    'a foreign ETag in `If-None-Match` and the `Last-Modified` itself in `If-Modified-Since`',
    'RFC 9110 §13.2.2',
  ),
  question('conditional.if-modified-since', 'If-Modified-Since', 'the `Last-Modified` itself in `If-Modified-Since`', SINCE),
  question('conditional.if-modified-since-later', 'a later date', 'a date one day after the `Last-Modified` in `If-Modified-Since`', SINCE),
  question(
    'conditional.with-no-cache',
    'with Cache-Control: no-cache',
    'the ETag in `If-None-Match` (where there is none, the `Last-Modified` in `If-Modified-Since`) and `Cache-Control: no-cache`',
    'RFC 9111 §5.2.1.4',
  ),
];

export const conditional = [...statuses, length304, fields304, body304];
