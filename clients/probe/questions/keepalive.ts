import { defineQuestion, request } from '../question.ts';

/** More than the 1,000 of nginx, by far more than the 100 of Apache. */
const ENOUGH = 1_100;

export const keepalive = [
  defineQuestion({
    id: 'max-requests',
    title: 'requests on one connection',
    spec: 'RFC 9112 §9.3',
    // HEAD counts as a request everywhere and keeps the capture small.
    send: [request('HEAD', { target: '/style.css', headers: ['Connection: keep-alive'] })],
    times: ENOUGH,
  }),
];
