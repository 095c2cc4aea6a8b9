import { connectionOptions, fieldValues } from '../http/fields.ts';
import type { Observation } from '../model.ts';
import { answerIn, exchangeFrames, serverClose, statusQuestion, unanswered } from './asked.ts';
import { CLOSES_BY_VERSION } from './conformance.ts';
import { announcesClose } from './keepalive.ts';
import { defineObservation } from './observation.ts';
import { frameList, round, value } from './step.ts';
import { AT_ONCE_MS, isAtOnce } from './timers.ts';

const ASKED = { scenario: 'versions' } as const;
/** A request that MUST get 400: no answer at all is judged as any other answer is. */
const MUST_GET_400 = { ...ASKED, nullIsNoAnswer: false } as const;

/** An observation of whether the server closes after its answer. The client waits a second for that before it closes itself. */
const persistence = (id: string, title: string, request: string, spec: string): Observation =>
  defineObservation({
    id,
    title,
    unit: null,
    definition: `What the server does with the connection after ${request}: "closes" (its FIN or RST comes within ${AT_ONCE_MS} ms, and before the client's) or "keeps"; null where no answer came; no value where it did not end. Frames: both heads and the first FIN or RST.`,
    spec,
    ...ASKED,
    nullIsNoAnswer: true,
    observe(evidence) {
      const answer = answerIn(evidence, id);
      if (!answer) return null;
      const { exchange, connection } = answer;
      if (!exchange.response) return unanswered(answer);
      // A response that has not ended can't be followed by a close: an event stream, for example.
      if (!exchange.response.complete) return null;
      const close = connection.firstClose?.by === 'server' ? serverClose(connection) : null;
      const frames = frameList(exchangeFrames(exchange), connection.firstClose?.frame);
      const afterMs = close ? (close.timeNs - exchange.response.endNs) / 1e6 : 0;
      const options = fieldValues(exchange.response, 'connection').join(', ');
      const remarks = [
        ...(options === '' ? [] : [`Connection: ${options}`]),
        ...(!isAtOnce(afterMs) ? [`closed ${round(afterMs / 1e3, 3)} s later`] : []),
      ];
      return value(close && isAtOnce(afterMs) ? 'closes' : 'keeps', frames, remarks.length > 0 ? { note: remarks.join('; ') } : {});
    },
  });

const responseVersion = defineObservation({
  id: 'versions.http10-answered-as',
  title: 'HTTP version of the response to HTTP/1.0',
  unit: null,
  definition: 'The version in the status line of the response to an HTTP/1.0 request.',
  spec: 'RFC 9110 §6.2',
  ...ASKED,
  observe(evidence) {
    const exchange = answerIn(evidence, 'versions.http10')?.exchange;
    return exchange?.response ? value(exchange.response.version, exchangeFrames(exchange)) : null;
  },
});

const announced = defineObservation({
  id: 'versions.close-announced',
  title: 'Connection: close echoed in the response',
  unit: null,
  definition:
    'Whether the response to a request with `Connection: close` has the `close` option too: yes or no. The note marks an HTTP/1.0 response, which says the same by its version.',
  spec: 'RFC 9112 §9.6',
  ...ASKED,
  observe(evidence) {
    const exchange = answerIn(evidence, 'versions.connection-close')?.exchange;
    if (!exchange?.response) return null;
    const { response } = exchange;
    const said = connectionOptions(response).includes('close');
    const observed = value(said ? 'yes' : 'no', exchangeFrames(exchange));
    return said || !announcesClose(response) ? observed : { ...observed, note: CLOSES_BY_VERSION, closesByVersion: true };
  },
});

export const versions = [
  persistence('versions.http10', 'after HTTP/1.0', 'an HTTP/1.0 request', 'RFC 9112 §9.3'),
  responseVersion,
  persistence(
    'versions.http10-keep-alive',
    'after HTTP/1.0 with keep-alive',
    'an HTTP/1.0 request with `Connection: keep-alive`',
    'RFC 9112 §9.3',
  ),
  persistence('versions.connection-close', 'after Connection: close', 'a request with `Connection: close`', 'RFC 9112 §9.6'),
  announced,
  statusQuestion('versions.missing-host', 'no Host', 'an HTTP/1.1 request without `Host`', 'RFC 9112 §3.2', MUST_GET_400),
  statusQuestion('versions.two-hosts', 'two Host lines', 'a request with two different `Host` lines', 'RFC 9112 §3.2', MUST_GET_400),
  statusQuestion('versions.bare-lf', 'bare LF', 'a request whose lines end in LF alone', 'RFC 9112 §2.2', ASKED),
  statusQuestion('versions.absolute-form', 'absolute-form', 'a request whose target is the whole URL', 'RFC 9112 §3.2.2', {
    ...ASKED,
    judgedBeside: 'success',
  }),
];
