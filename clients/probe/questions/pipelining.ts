import { defineQuestion, request } from '../question.ts';

const page = request('GET', { target: '{page}' });
const image = request('GET', { target: '{image}' });
const missing = request('GET', { target: '/wirematrix-not-there' });

/** Requests that are sent before the response to the first one. */
export const pipelining = [
  defineQuestion({
    id: 'pipelining.answered',
    title: 'three pipelined requests in one segment',
    spec: 'RFC 9112 §9.3.2',
    // Three media types, so that the order of the responses shows.
    send: [request('GET', { target: '{page}' }), request('GET', { target: '{text}' }), request('GET', { target: '{image}' })],
  }),
  // Each alone, so that an answer to another request is known by its looks.
  defineQuestion({ id: 'pipelining.page', title: 'the page alone', spec: null, send: [page] }),
  defineQuestion({ id: 'pipelining.missing', title: 'a file that is not there, alone', spec: null, send: [missing] }),
  defineQuestion({ id: 'pipelining.image', title: 'the picture alone', spec: null, send: [image] }),
  defineQuestion({
    id: 'pipelining.mixed',
    title: 'five pipelined requests of different kinds in one segment',
    spec: 'RFC 9112 §9.3.2',
    send: [image, missing, request('HEAD', { target: '{page}' }), page, missing],
  }),
  defineQuestion({
    id: 'pipelining.split-head',
    title: 'a request in two segments, after its connection was idle for three seconds',
    spec: 'RFC 9112 §9.5',
    send: [page],
    turns: [
      { pauseMs: 3_000, send: [{ method: 'GET', text: 'GET {page} HTTP/1.1\r\nHo' }], await: 'nothing' },
      { pauseMs: 300, send: [{ method: null, text: 'st: {host}\r\n\r\n' }] },
    ],
  }),
];
