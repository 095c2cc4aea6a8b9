import { defineQuestion, more, request } from '../question.ts';

/** Slower than any server writes: four seconds for the audio file. */
const SLOW_BYTES_PER_SECOND = 120_000;
/** Time for the server to close its idle connections after it was asked to stop. */
const REACTION_MS = 400;
/** Time for a server to end that does not wait for its connections: what came too late for it to read would make its FIN a RST. */
const END_MS = 150;

const half = { method: 'GET', text: 'GET {page} HTTP/1.1\r\nHost: {host}\r\n' };
const otherHalf = more('Accept: */*\r\n\r\n');
const withHalfBody = request('POST', { headers: ['Content-Type: text/plain', 'Content-Length: 20'], body: 'half of it' });
const restOfBody = more(', and rest');

/** What is under way when the harness stops the server, and what is asked of it afterwards. */
export const shutdown = [
  defineQuestion({
    id: 'shutdown-idle',
    title: 'a connection that is idle when the server is stopped',
    spec: 'RFC 9112 §9.6',
    send: [request('GET')],
    hold: true,
  }),
  defineQuestion({
    id: 'shutdown.kept',
    title: 'another idle connection, for a request after the stop',
    spec: 'RFC 9112 §9.6',
    send: [request('GET')],
    hold: true,
  }),
  defineQuestion({
    id: 'shutdown.silent',
    title: 'a connection on which nothing was ever sent',
    spec: 'RFC 9112 §9.6',
    send: [],
    hold: true,
  }),
  defineQuestion({
    id: 'shutdown.half-head',
    title: 'half a request head when the server is stopped',
    spec: 'RFC 9112 §9.6',
    send: [half],
    await: 'nothing',
    hold: true,
  }),
  defineQuestion({
    id: 'shutdown.half-body',
    title: 'a POST with half its body when the server is stopped',
    spec: 'RFC 9112 §9.6',
    send: [withHalfBody],
    await: 'nothing',
    // So that a busy server has read it.
    lingerMs: REACTION_MS,
    hold: true,
  }),
  defineQuestion({
    id: 'shutdown.next',
    title: 'a request on an idle connection after the stop',
    spec: 'RFC 9112 §9.6',
    send: [request('GET')],
    on: 'shutdown.kept',
    afterMs: REACTION_MS,
    await: 'nothing',
    hold: true,
  }),
  defineQuestion({
    id: 'shutdown.head-rest',
    title: 'the rest of that head after the stop',
    spec: 'RFC 9112 §9.6',
    send: [otherHalf],
    on: 'shutdown.half-head',
    afterMs: END_MS,
    await: 'nothing',
    hold: true,
  }),
  defineQuestion({
    id: 'shutdown.body-rest',
    title: 'the rest of that body after the stop',
    spec: 'RFC 9112 §9.6',
    send: [restOfBody],
    on: 'shutdown.half-body',
    await: 'nothing',
    hold: true,
  }),
  defineQuestion({
    id: 'shutdown.new',
    title: 'a new connection after the stop',
    spec: null,
    send: [request('GET')],
    afterMs: REACTION_MS / 2,
    await: 'nothing',
    hold: true,
    mayBeRefused: true,
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
