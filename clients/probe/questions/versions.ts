import { defineQuestion, request } from '../question.ts';

/** A server that closes after its response does so within milliseconds; one that has not closed by then keeps the connection. */
const LINGER_MS = 1_000;
const page = { target: '{text}' };

/** HTTP/1.0, persistence, and unusual or malformed requests. */
export const versions = [
  defineQuestion({
    id: 'versions.http10',
    title: 'HTTP/1.0',
    spec: 'RFC 9112 §9.3',
    send: [request('GET', { ...page, version: '1.0' })],
    lingerMs: LINGER_MS,
  }),
  defineQuestion({
    id: 'versions.http10-keep-alive',
    title: 'HTTP/1.0 with Connection: keep-alive',
    spec: 'RFC 9112 §9.3',
    send: [request('GET', { ...page, version: '1.0', headers: ['Connection: keep-alive'] })],
    lingerMs: LINGER_MS,
  }),
  defineQuestion({
    id: 'versions.connection-close',
    title: 'Connection: close',
    spec: 'RFC 9112 §9.6',
    send: [request('GET', { ...page, headers: ['Connection: close'] })],
    lingerMs: LINGER_MS,
  }),
  defineQuestion({
    id: 'versions.missing-host',
    title: 'no Host',
    spec: 'RFC 9112 §3.2',
    send: [request('GET', { ...page, host: null })],
  }),
  defineQuestion({
    id: 'versions.two-hosts',
    title: 'two Host lines',
    spec: 'RFC 9112 §3.2',
    send: [request('GET', { ...page, headers: ['Host: other.example'] })],
  }),
  defineQuestion({
    id: 'versions.bare-lf',
    title: 'lines that end in LF alone',
    spec: 'RFC 9112 §2.2',
    send: [request('GET', { ...page, lineEnd: '\n' })],
  }),
  defineQuestion({
    id: 'versions.absolute-form',
    title: 'the target in absolute form',
    spec: 'RFC 9112 §3.2.2',
    send: [request('GET', { target: 'http://{host}{text}' })],
  }),
];
