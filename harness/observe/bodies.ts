/** What becomes of requests with bodies: read, refused, withheld, slow or large. */
import type { Connection, Evidence, Observation } from '../model.ts';
import { type Answer, answerIn, exchangeFrames, unanswered } from './asked.ts';
import { finalsOf, isEnded, isResetAtOnce, storyFrames, storyOf } from './finals.ts';
import { defineObservation, type ObservationInput } from './observation.ts';
import { frameList, headFrames, isWhole, value } from './step.ts';

const ASKED = { scenario: 'bodies', nullIsNoAnswer: true } as const;

const observation = (
  id: string,
  title: string,
  definition: string,
  spec: string,
  observe: (answer: Answer, evidence: Evidence) => ReturnType<ObservationInput['observe']>,
): Observation =>
  defineObservation({
    id,
    title,
    unit: null,
    definition,
    spec,
    ...ASKED,
    observe(evidence) {
      const answer = answerIn(evidence, id);
      return answer && isWhole(answer.connection) ? observe(answer, evidence) : null;
    },
  });

/**
 * The first response that no request asked for, after a request with a body: the server took the body, or a part of it, for a request. `null` where there is none.
 */
export function answeredBody({ exchanges }: Connection): { frame: number; status: number } | null {
  const first = exchanges.findIndex(({ request }) => request !== null && request.framing !== 'none');
  if (first < 0) return null;
  const requests = exchanges.filter(({ request }) => request !== null).length;
  const finals = exchanges.flatMap(({ response }) => (response && response.status !== 408 ? [response] : []));
  const unasked = exchanges.find(
    ({ request, response }, index) => index > first && request === null && response !== null && response.status !== 408,
  );
  const surplus = unasked?.response ?? (finals.length > requests ? finals.at(-1) : undefined);
  return surplus ? { frame: surplus.headFrames[0], status: surplus.status } : null;
}

/** The request after the first one. */
const nextOf = ({ exchanges }: Connection) => exchanges.filter(({ request }) => request !== null)[1] ?? null;

const AFTER =
  '"read" (the next request on the connection gets its own response), "closes" (the server says or does so), "answered as a request" (the body gets a response of its own), "next refused" (the next request gets 400 or 501), "next not answered"; null where no answer came. Frames: the first request, the heads of all responses on the connection, and the server\'s close; the note has their statuses.';

function afterBody(answer: Answer) {
  const { connection, exchange } = answer;
  if (!exchange.response) return unanswered(answer);
  const next = nextOf(connection);
  const status = next?.response?.status;
  const what = answeredBody(connection)
    ? 'answered as a request'
    : status === 400 || status === 501
      ? 'next refused'
      : status !== undefined
        ? 'read'
        : isEnded(connection)
          ? 'closes'
          : 'next not answered';
  return value(what, storyFrames(connection), { note: storyOf(connection) });
}

const after = (id: string, title: string, request: string, spec: string): Observation =>
  observation(id, title, `What the server does with the body of ${request}: ${AFTER}`, spec, afterBody);

const early = defineObservation({
  id: 'bodies.early',
  title: 'response before the body is complete',
  unit: null,
  definition:
    'Whether the final response to a POST whose body comes in two halves, half a second apart, begins before the second half: "early" or "after the body". Frames: the heads of request and response, and the last frame of the body.',
  spec: 'RFC 9112 §9.5',
  scenario: 'bodies',
  observe(evidence) {
    const exchange = answerIn(evidence, 'bodies.slow')?.exchange;
    if (!exchange?.response) return null;
    const { request, response } = exchange;
    const isEarly = !request.complete || response.startNs < request.endNs;
    return value(isEarly ? 'early' : 'after the body', frameList(exchangeFrames(exchange), request.frames[1]));
  },
});

const large = observation(
  'bodies.large',
  'large upload',
  'What the server does with a POST of 2 MiB: "read" (the whole body is acknowledged before a close of the server), "closes" (it closes by FIN before that, and reads on for at least 250 ms), "reset" (its RST comes sooner, or without a FIN), or "not read" (it keeps the connection and does not read). The note has the statuses. Frames: both heads, and the first close or reset of the server.',
  'RFC 9112 §9.6',
  (answer) => {
    const { connection, exchange } = answer;
    const { server } = connection.sides;
    const frames = frameList(exchangeFrames(exchange), server.rstFrame ?? server.finFrame);
    const note = { note: storyOf(connection) };
    if (isResetAtOnce(connection) && connection.firstClose?.by === 'server') return value('reset', frames, note);
    if (exchange.request.complete) return value('read', frames, note);
    return value(connection.firstClose?.by === 'server' ? 'closes' : 'not read', frames, note);
  },
);

const expect = observation(
  'bodies.expect',
  'Expect: 100-continue',
  'What a POST with `Expect: 100-continue` gets while its body is held back: "100", the final status, or "nothing" within the second that the client waits. Frames: the head of the request, and the first response.',
  'RFC 9110 §10.1.1',
  ({ exchange, connection }) => {
    const { request, interim, response } = exchange;
    const [first] = [...interim, ...(response ? [response] : [])];
    const heldUntilNs = request.bodyStartNs ?? connection.firstClose?.timeNs ?? connection.endNs;
    if (!first || first.startNs > heldUntilNs) return value('nothing', frameList(headFrames(request), first?.headFrames[0]));
    return value(String(first.status), frameList(headFrames(request), headFrames(first)));
  },
);

const refused = observation(
  'bodies.expect-too-large',
  'Expect: 100-continue for 1 TB',
  'What a POST of 1 TB with `Expect: 100-continue` gets, and the request after it, where the body was never sent: "100", "nothing", or the final status with "closes", "next answered" or "next not answered". Frames: the head of the request, the heads of the responses, and the server\'s close.',
  'RFC 9110 §10.1.1',
  ({ exchange, connection }) => {
    const { request, interim, response } = exchange;
    if (interim.length > 0) return value('100', frameList(headFrames(request), headFrames(interim[0]!)));
    if (!response) return value('nothing', storyFrames(connection), { note: storyOf(connection) });
    const next = finalsOf(connection).length > 1 ? 'next answered' : isEnded(connection) ? 'closes' : 'next not answered';
    return value(`${response.status}, ${next}`, storyFrames(connection));
  },
);

const http10 = observation(
  'bodies.expect-http10',
  'Expect: 100-continue in HTTP/1.0',
  'What a POST of HTTP/1.0 with `Expect: 100-continue` and its body gets: the interim status that comes first, or "final". Null where no answer came. Frames: both heads.',
  'RFC 9110 §15.2',
  (answer) => {
    const { exchange } = answer;
    const [interim] = exchange.interim;
    if (interim) return value(String(interim.status), frameList(exchangeFrames(exchange), headFrames(interim)));
    return exchange.response ? value('final', exchangeFrames(exchange)) : unanswered(answer);
  },
);

const closing = observation(
  'bodies.close',
  'large response with Connection: close',
  'How a large response to a request with `Connection: close` ends, where the client does not read for 150 ms after the first bytes: "whole", "cut by FIN", "cut by RST" or "not finished". Frames: the head of the response, its last bytes, and the server\'s close.',
  'RFC 9112 §9.6',
  (answer) => {
    const { connection, exchange } = answer;
    const { response } = exchange;
    if (!response) return unanswered(answer);
    const { firstClose } = connection;
    const how = response.complete ? 'whole' : firstClose?.by === 'server' ? `cut by ${firstClose.how}` : 'not finished';
    return value(how, frameList(headFrames(response), response.frames[1], firstClose?.frame), {
      note: `${response.bodyBytes} bytes of the body came`,
    });
  },
);

export const bodies = [
  after('bodies.length', 'body of a POST', 'a POST with `Content-Length`', 'RFC 9112 §9.3'),
  after('bodies.chunked', 'chunked body of a POST', 'a POST with chunks, a chunk extension and a trailer', 'RFC 9112 §7.1'),
  after('bodies.get', 'body of a GET', 'a GET with `Content-Length`', 'RFC 9110 §9.3.1'),
  after('bodies.slow', 'body in two halves', 'a POST whose body comes in two halves, half a second apart', 'RFC 9112 §9.3'),
  early,
  large,
  expect,
  refused,
  http10,
  closing,
];
