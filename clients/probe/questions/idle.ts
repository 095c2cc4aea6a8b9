import { defineQuestion, request } from '../question.ts';

/** How long the server keeps a connection on which nothing happens. After each of these the harness watches the connection. */
export const idle = [
  defineQuestion({
    id: 'idle-used',
    title: 'idle after one response',
    spec: 'RFC 9112 §9.5',
    // Apache sends `Keep-Alive: timeout` only where the request has `Connection: keep-alive`, as those of browsers do.
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
    id: 'idle-partial-body',
    title: 'idle with half a request body',
    spec: 'RFC 9110 §15.5.9',
    send: [request('POST', { headers: ['Content-Type: text/plain', 'Content-Length: 20'], body: 'half of it' })],
    await: 'nothing',
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
