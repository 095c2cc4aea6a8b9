import { field } from '../http/fields.ts';
import type { Evidence, HeaderField, Observation } from '../model.ts';
import { answerIn, exchangeFrames, statusIn } from './asked.ts';
import { defineObservation } from './observation.ts';
import { type AnsweredExchange, frameList, headFrames, isAnswered, resourceOf, value } from './step.ts';

const MATCHING = 'RFC 9110 §13.1.2';
const SINCE = 'RFC 9110 §13.1.3';

/** A question whose answer is its status. */
const question = (id: string, title: string, request: string, spec: string): Observation =>
  defineObservation({
    id,
    title,
    unit: null,
    definition: `The status of a GET with ${request}; null where none came. Frames: the heads of the request and of the response. It is not asked where the server sends no validator that it needs.`,
    spec,
    scenario: 'conditional',
    judgedBeside: 'steady-success',
    nullIsNoAnswer: true,
    observe: (evidence) => statusIn(evidence, id),
  });

/** Fields that a 304 must have where the 200 has them (RFC 9110 §15.4.5); `Date`, which depends on the server's clock, is checked separately. */
const REQUIRED = ['content-location', 'etag', 'vary', 'cache-control', 'expires'];
/** Representation metadata that a 304 should not have (the same section). */
const UNWANTED = ['content-type', 'content-encoding', 'content-language', 'content-range', 'content-length'];

const missing = (name: string): string => `no ${name}`;
/** What `conditional.304-fields` writes for each field that a 304 must have and lacks. */
export const MISSING_FIELDS: ReadonlySet<string> = new Set([...REQUIRED, 'date'].map(missing));
/** What it writes for a Content-Length that differs from the 200's. */
export const WRONG_LENGTH = 'wrong content-length';
/** Between the entries of `conditional.304-fields`. */
export const ODD_FIELDS_SEPARATOR = ', ';

const names = (headers: readonly HeaderField[]): Set<string> => new Set(headers.map(([name]) => name.toLowerCase()));

/** The first 304 of the capture. */
const notModified = (evidence: Evidence): AnsweredExchange | null =>
  evidence.exchanges.filter(isAnswered).find((exchange) => exchange.response.status === 304) ?? null;

/** A 200 to the same target with the same `Accept-Encoding`, to compare the 304 with. */
function counterpart(evidence: Evidence, of: AnsweredExchange): AnsweredExchange | null {
  const coding = (exchange: AnsweredExchange) => exchange.request.headers.find(([name]) => name.toLowerCase() === 'accept-encoding')?.[1];
  const found = evidence.exchanges
    .filter(isAnswered)
    .find(
      (exchange) =>
        exchange.response.status === 200 && resourceOf(exchange.request) === resourceOf(of.request) && coding(exchange) === coding(of),
    );
  return found ?? null;
}

/** Whether this is a Content-Length that differs from the 200's (RFC 9110 §8.6). */
function isWrongLength(name: string, of: AnsweredExchange, whole: AnsweredExchange | null): boolean {
  if (name !== 'content-length' || !whole) return false;
  return field(of.response, name) !== (field(whole.response, name) ?? String(whole.response.bodyBytes));
}

/** Fields that a 304 has and should not have, and those that it lacks. */
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
    'Bytes of the head of the first 304 in the capture, from its start line to the empty line. The note names the fields that it should not have or that it lacks.',
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
  title: 'unexpected fields in a 304',
  unit: null,
  definition:
    'Odd fields of the first 304 in the capture: representation metadata that it carries (Content-Type, Content-Length and the like; "wrong" before a Content-Length that differs from the 200\'s), and "no …" for a field that the 200 has and the 304 must have too; "clean" where there are none.',
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
  title: 'body bytes after a 304',
  unit: 'bytes',
  definition: 'Bytes that the server sends after the head of a 304 that is the only response on its connection: there must be none.',
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
  question('conditional.if-none-match-other', 'another ETag', 'a foreign ETag in `If-None-Match`', MATCHING),
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
    'conditional.if-modified-since-earlier',
    'an earlier date',
    'a date one day before the `Last-Modified` in `If-Modified-Since`',
    SINCE,
  ),
  question(
    'conditional.with-no-cache',
    'with Cache-Control: no-cache',
    'the ETag in `If-None-Match` (where there is none, the `Last-Modified` in `If-Modified-Since`) and `Cache-Control: no-cache`',
    'RFC 9111 §5.2.1.4',
  ),
];

export const conditional = [...statuses, length304, fields304, body304];
