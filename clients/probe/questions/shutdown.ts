import { defineQuestion, request } from '../question.ts';

/** Slower than any server writes: four seconds for the audio file. */
const SLOW_BYTES_PER_SECOND = 120_000;

/** After each of these the harness stops the server. */
export const shutdown = [
  defineQuestion({
    id: 'shutdown-idle',
    title: 'a connection that is idle when the server is stopped',
    spec: 'RFC 9112 §9.6',
    send: [request('GET')],
    hold: true,
  }),
  defineQuestion({
    id: 'shutdown-busy',
    title: 'a download that is in progress when the server is stopped',
    spec: 'RFC 9112 §9.6',
    send: [request('GET', { target: '{large}' })],
    await: 'first-byte',
    readRate: SLOW_BYTES_PER_SECOND,
    hold: true,
  }),
];
