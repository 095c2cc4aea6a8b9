import { defineQuestion, request } from '../question.ts';

/** How long the server keeps a connection on which nothing happens. The harness watches after each of these. */
export const idle = [
  defineQuestion({
    id: 'idle-used',
    title: 'idle after one response',
    spec: 'RFC 9112 §9.5',
    // Apache names its timer only to a client that asks for persistence in so many words, as browsers do.
    send: [request('GET', { headers: ['Connection: keep-alive'] })],
    hold: true,
  }),
  defineQuestion({
    id: 'idle-unused',
    title: 'idle with no byte ever sent',
    spec: 'RFC 9112 §9.5',
    send: [],
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
