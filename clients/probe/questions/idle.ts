import { defineQuestion, request } from '../question.ts';

/** Servers that look at their idle connections once a second, or less often, close some later than others: several are begun at different times. */
const STAGGER_MS = 800;
/** Time for an answer to what is not whole, and for the close after it: they belong to this question, not to the next. It is the first one, and a worker may still start. */
const REACTION_MS = 1_000;

// Apache sends `Keep-Alive: timeout` only where the request has `Connection: keep-alive`, as those of browsers do.
const used = { spec: 'RFC 9112 §9.5', send: [request('GET', { headers: ['Connection: keep-alive'] })], hold: true };

const ANSWERED = { question: 'idle-used', plain: 'idle-used' };

/** How long the server keeps a connection on which nothing happens. After each of these the harness watches the connection. */
export const idle = [
  defineQuestion({ ...used, id: 'idle-used', title: 'idle after one response' }),
  // A server that serves one connection at a time is busy with the first.
  defineQuestion({ ...used, id: 'idle-used.again', title: 'a connection that is used again later', onlyAfter: ANSWERED }),
  defineQuestion({
    ...used,
    id: 'idle-used.later',
    title: 'idle after one response, begun later',
    afterMs: STAGGER_MS,
    onlyAfter: { ...ANSWERED, question: 'idle-used.again' },
    perSample: true,
  }),
  defineQuestion({ ...used, id: 'idle-used.restarted', title: 'another request on the second connection', on: 'idle-used.again' }),
  defineQuestion({
    id: 'idle-unused',
    title: 'idle with no byte ever sent',
    spec: 'RFC 9112 §9.5',
    send: [],
    hold: true,
  }),
  defineQuestion({
    id: 'idle-partial-body',
    title: 'idle with half a request body',
    spec: 'RFC 9110 §15.5.9',
    send: [request('POST', { headers: ['Content-Type: text/plain', 'Content-Length: 20'], body: 'half of it' })],
    await: 'nothing',
    lingerMs: REACTION_MS,
    hold: true,
  }),
  defineQuestion({
    id: 'idle-partial-head',
    title: 'idle with half a request head',
    spec: 'RFC 9110 §15.5.9',
    send: [{ method: 'GET', text: 'GET / HTTP/1.1\r\nHost: {host}\r\n' }],
    await: 'nothing',
    hold: true,
  }),
];
