import { defineQuestion, request } from '../question.ts';

export const pipelining = [
  defineQuestion({
    id: 'pipelining.answered',
    title: 'three pipelined requests in one segment',
    spec: 'RFC 9112 §9.3.2',
    // Three media types, so that the order of the answers can be told.
    send: [request('GET', { target: '{page}' }), request('GET', { target: '{text}' }), request('GET', { target: '{image}' })],
  }),
];
