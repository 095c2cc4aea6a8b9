import { defineQuestion, request } from '../question.ts';

/** Above the limits of nginx (1,000) and Apache (100). */
const ENOUGH = 1_100;

/** How many requests the server answers on one connection. */
export const keepalive = [
  defineQuestion({
    id: 'max-requests',
    title: 'requests on one connection',
    spec: 'RFC 9112 §9.3',
    // The smallest file keeps the capture small. Not HEAD: some servers send a body after its response head.
    send: [request('GET', { target: '{script}', headers: ['Connection: keep-alive'] })],
    times: ENOUGH,
  }),
];
