import { defineQuestion, request } from '../question.ts';

/** More than the 1,000 of nginx, by far more than the 100 of Apache. */
const ENOUGH = 1_100;

export const keepalive = [
  defineQuestion({
    id: 'max-requests',
    title: 'requests on one connection',
    spec: 'RFC 9112 §9.3',
    // The smallest file keeps the capture small; HEAD would not do: there are servers that send a body behind it.
    send: [request('GET', { target: '{script}', headers: ['Connection: keep-alive'] })],
    times: ENOUGH,
  }),
];
