import { defineQuestion, more, type QuestionRequest, request, type Turn } from '../question.ts';

/** Longest wait for the answer to a request; these are answered at once or not at all. */
const ANSWER_MS = 2_000;
/** Longest wait for a 100; clients that are known wait for a second (curl, Go). */
const CONTINUE_MS = 1_000;
/** Of the request that follows. */
const NEXT_MS = 1_000;
/** Between the halves of a slow body: longer than any server takes to refuse one by its head. */
const PAUSE_MS = 500;
/** Twice what nginx takes by default (`client_max_body_size`), and more than the kernel's buffers hold. */
const LARGE_BYTES = 2 * 1024 * 1024;
/** No server takes a body of this length. */
const TOO_LARGE = '1000000000000';
const FIRST_HALF = 'x'.repeat(64);
/** A request, so that it is answered where the server takes it for one. */
const SECOND_HALF = 'GET /wirematrix-rest HTTP/1.1\r\nHost: wirematrix\r\n\r\n';
/** Long enough that a server that closes behind its last write has closed, and has not sent all of a large file. */
const READ_PAUSE_MS = 150;

const post = (headers: readonly string[], body = '', version: '1.0' | '1.1' = '1.1'): QuestionRequest =>
  request('POST', { version, headers: ['Content-Type: text/plain', ...headers], body });

/** Time for what a server makes of a body that it left unread, before the next request, so that its answer is not taken for that to this one. */
const BEFORE_NEXT_MS = 100;

/** The next request on the connection. It asks for the close, so that what follows its response is no longer waited for. */
const next: Turn = {
  pauseMs: BEFORE_NEXT_MS,
  send: [request('GET', { target: '{second}', headers: ['Connection: close'] })],
  timeoutMs: NEXT_MS,
};

/** Waits for the one response to what was asked. */
const answered = (send: readonly QuestionRequest[], more: Partial<Turn> = {}): Turn => ({
  send,
  responses: 1,
  timeoutMs: ANSWER_MS,
  ...more,
});

/** Uploads: what becomes of a body that is refused, withheld, slow or large, and of the request after it. */
export const bodies = [
  // What the request that follows the others gets where no body is before it.
  defineQuestion({ id: 'bodies.none', title: 'GET without a body', spec: 'RFC 9110 §9.3.1', turns: [next] }),
  // The body is a request itself: a server that leaves it unread answers it.
  defineQuestion({
    id: 'bodies.length',
    title: 'POST with a body, then GET',
    spec: 'RFC 9112 §9.3',
    turns: [answered([post(['Content-Length: {length}'], '{hidden}')]), next],
  }),
  defineQuestion({
    id: 'bodies.chunked',
    title: 'POST with chunks, an extension and a trailer, then GET',
    spec: 'RFC 9112 §7.1',
    turns: [
      answered([
        post(
          ['Transfer-Encoding: chunked', 'Trailer: X-Wirematrix'],
          '{hidden-hex};name="value"\r\n{hidden}\r\n0\r\nX-Wirematrix: trailer\r\n\r\n',
        ),
      ]),
      next,
    ],
  }),
  defineQuestion({
    id: 'bodies.get',
    title: 'GET with a body, then GET',
    spec: 'RFC 9110 §9.3.1',
    turns: [answered([request('GET', { headers: ['Content-Length: {length}'], body: '{hidden}' })]), next],
  }),
  defineQuestion({
    id: 'bodies.slow',
    title: 'POST whose body comes in two halves, then GET',
    spec: 'RFC 9112 §9.3',
    turns: [
      { send: [post([`Content-Length: ${FIRST_HALF.length + SECOND_HALF.length}`], FIRST_HALF)], await: 'nothing' },
      answered([more(SECOND_HALF)], { pauseMs: PAUSE_MS }),
      next,
    ],
  }),
  defineQuestion({
    id: 'bodies.large',
    title: 'POST of 2 MiB, then GET',
    spec: 'RFC 9112 §9.6',
    turns: [answered([post(['Content-Length: {length}'], 'x'.repeat(LARGE_BYTES))]), next],
  }),
  defineQuestion({
    id: 'bodies.expect',
    title: 'POST with Expect: 100-continue, then GET',
    spec: 'RFC 9110 §10.1.1',
    turns: [
      { send: [post(['Expect: 100-continue', 'Content-Length: 2'])], await: 'interim', timeoutMs: CONTINUE_MS },
      answered([more('hi')], { unlessAnswered: true }),
      next,
    ],
  }),
  defineQuestion({
    id: 'bodies.expect-too-large',
    title: 'POST of 1 TB with Expect: 100-continue, then GET',
    spec: 'RFC 9110 §10.1.1',
    turns: [
      { send: [post(['Expect: 100-continue', `Content-Length: ${TOO_LARGE}`])], await: 'interim', timeoutMs: CONTINUE_MS },
      { ...next, ifAnswered: true },
    ],
  }),
  defineQuestion({
    id: 'bodies.expect-http10',
    title: 'HTTP/1.0 with Expect: 100-continue',
    spec: 'RFC 9110 §10.1.1',
    turns: [answered([post(['Expect: 100-continue', 'Content-Length: 2'], 'hi', '1.0')])],
  }),
  defineQuestion({
    id: 'bodies.close',
    title: 'a large response with Connection: close',
    spec: 'RFC 9112 §9.6',
    readPauseMs: READ_PAUSE_MS,
    turns: [answered([request('GET', { target: '{large}', headers: ['Connection: close'] })])],
  }),
];
