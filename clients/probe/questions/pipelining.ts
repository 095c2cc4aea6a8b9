import { defineQuestion, request } from '../question.ts';

/** Requests that are sent before the response to the first one. */
export const pipelining = [
  defineQuestion({
    id: 'pipelining.answered',
    title: 'three pipelined requests in one segment',
    spec: 'RFC 9112 §9.3.2',
    // Three media types, so that the order of the responses shows.
    send: [request('GET', { target: '{page}' }), request('GET', { target: '{text}' }), request('GET', { target: '{image}' })],
  }),
];
