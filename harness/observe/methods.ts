import { field, fieldValues, listElements } from '../http/fields.ts';
import type { Observation, ResponseMessage } from '../model.ts';
import { answerIn, exchangeFrames, statusQuestion } from './asked.ts';
import { defineObservation } from './observation.ts';
import { frameList, headFrames, value } from './step.ts';

/** Methods are only judged where a plain GET of the target succeeds. */
const ASKED = { scenario: 'methods', judgedBeside: 'success' } as const;

/** The methods in alphabetical order: Flask changes their order at every start. */
function allowOf(response: ResponseMessage): string {
  const allow = field(response, 'allow');
  return allow === null ? 'none' : listElements(allow).sort().join(', ') || 'empty';
}

/** An observation of the `Allow` header of an answer, where the answer's status calls for one. */
const allow = (id: string, step: string, title: string, request: string, statuses: readonly number[], spec: string): Observation =>
  defineObservation({
    id,
    title,
    unit: null,
    definition: `The \`Allow\` header of the response to ${request}, where its status is ${statuses.join(' or ')}, its methods in alphabetical order; "none" where it has none, "empty" where it names no method.`,
    spec,
    ...ASKED,
    observe(evidence) {
      const exchange = answerIn(evidence, step)?.exchange;
      if (!exchange?.response || !statuses.includes(exchange.response.status)) return null;
      return value(allowOf(exchange.response), exchangeFrames(exchange));
    },
  });

const headLength = defineObservation({
  id: 'methods.head-length',
  title: 'Content-Length in a HEAD response',
  unit: null,
  definition:
    'The `Content-Length` of the response to HEAD compared with that of GET: "same" (also where neither has one), "none" or "different". Only where both got the same status.',
  spec: 'RFC 9110 §8.6',
  scenario: 'methods',
  judgedBeside: 'steady-success',
  observe(evidence) {
    const head = answerIn(evidence, 'methods.head')?.exchange.response;
    const get = answerIn(evidence, 'methods.get')?.exchange.response;
    if (!head || !get || head.status !== get.status) return null;
    const [ofHead] = fieldValues(head, 'content-length');
    const [ofGet] = fieldValues(get, 'content-length');
    // A chunked GET has no Content-Length to compare with, but its body has a length.
    const length = ofGet ?? (ofHead === undefined ? undefined : String(get.bodyBytes));
    const verdict = ofHead === length ? 'same' : ofHead === undefined ? 'none' : 'different';
    return value(
      verdict,
      frameList(headFrames(get), headFrames(head)),
      verdict === 'different' ? { note: `${ofHead}, not ${length}` } : {},
    );
  },
});

const headBody = defineObservation({
  id: 'methods.head-body',
  title: 'body bytes after a HEAD response',
  unit: 'bytes',
  definition: 'Bytes that the server sends after the head of its response to HEAD: there must be none.',
  spec: 'RFC 9110 §9.3.2',
  ...ASKED,
  observe(evidence) {
    const answer = answerIn(evidence, 'methods.head');
    const response = answer?.exchange.response;
    if (!answer || !response) return null;
    const before = answer.exchange.interim.reduce((sum, interim) => sum + interim.headBytes, 0);
    const extra = answer.connection.sides.server.payloadBytes - response.headBytes - before;
    return value(extra, frameList(exchangeFrames(answer.exchange), answer.connection.sides.server.lastPayloadFrame));
  },
});

export const methods = [
  statusQuestion('methods.head', 'HEAD', 'HEAD for the stylesheet', 'RFC 9110 §9.3.2', ASKED),
  headLength,
  headBody,
  statusQuestion('methods.head-missing', 'HEAD for a missing file', 'HEAD for a file that is not there', 'RFC 9110 §9.3.2', {
    scenario: 'methods',
    judgedBeside: 'any',
    nullIsNoAnswer: true,
  }),
  statusQuestion('methods.options', 'OPTIONS', 'OPTIONS for the stylesheet', 'RFC 9110 §9.3.7', ASKED),
  allow('methods.options-allow', 'methods.options', 'Allow of OPTIONS', 'OPTIONS for the stylesheet', [200, 204], 'RFC 9110 §9.3.7'),
  statusQuestion('methods.options-star', 'OPTIONS *', '`OPTIONS *`', 'RFC 9110 §9.3.7', ASKED),
  statusQuestion('methods.post', 'POST to a static file', 'POST to the stylesheet', 'RFC 9110 §15.5.6', ASKED),
  allow('methods.post-allow', 'methods.post', 'Allow of a 405', 'POST to the stylesheet', [405], 'RFC 9110 §15.5.6'),
  statusQuestion('methods.trace', 'TRACE', 'TRACE for the stylesheet', 'RFC 9110 §9.3.8', ASKED),
  statusQuestion('methods.unknown', 'unknown method', 'the method WIREMATRIX', 'RFC 9110 §9.1', ASKED),
];
