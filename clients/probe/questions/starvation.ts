import { defineQuestion, request } from '../question.ts';

/** A request that takes longer than this beside other connections is blocked by them. */
const TIMEOUT_MS = 3_000;
const MANY = 8;
/** So that more waits to be sent than all buffers of a connection hold. */
const DOWNLOADS = 8;

const PLAIN = 'starvation.plain';
const ONE = 'starvation.beside-one';
const afterOne = { question: ONE, plain: PLAIN };
const half = { method: 'GET', text: 'GET {page} HTTP/1.1\r\nHost: {host}\r\n' };
const download = request('GET', { target: '{large}' });

/** Whether connections on which nothing happens keep the server from answering others. */
export const starvation = [
  // On each connection twice: the difference is what a new connection costs.
  ...[PLAIN, 'starvation.plain-second', 'starvation.plain-third'].map((id) =>
    defineQuestion({ id, title: 'two requests in turn on a new connection', spec: null, send: [request('GET')], times: 2 }),
  ),
  defineQuestion({ id: 'starvation.silent', title: 'a connection on which nothing is sent', spec: null, send: [], hold: true }),
  defineQuestion({
    id: ONE,
    title: 'a request beside one silent connection',
    spec: null,
    send: [request('GET')],
    timeoutMs: TIMEOUT_MS,
    onlyAfter: { question: PLAIN, plain: PLAIN },
    hold: true,
  }),
  defineQuestion({
    id: 'starvation.released',
    title: 'the silent connection is closed',
    spec: null,
    release: ['starvation.silent'],
    on: ONE,
    hold: true,
  }),
  defineQuestion({
    id: 'starvation.many-silent',
    title: 'eight connections on which nothing is sent',
    spec: null,
    connections: MANY,
    onlyAfter: afterOne,
    hold: true,
  }),
  defineQuestion({
    id: 'starvation.many-half',
    title: 'eight connections with half a request head',
    spec: null,
    send: [half],
    await: 'nothing',
    connections: MANY,
    onlyAfter: afterOne,
    hold: true,
  }),
  defineQuestion({
    id: 'starvation.beside-many',
    title: 'a request beside sixteen silent connections',
    spec: null,
    send: [request('GET')],
    timeoutMs: TIMEOUT_MS,
    onlyAfter: afterOne,
    hold: true,
  }),
  defineQuestion({
    id: 'starvation.reader',
    title: 'downloads that the client does not read',
    spec: null,
    release: ['starvation.many-silent', 'starvation.many-half'],
    send: Array.from({ length: DOWNLOADS }, () => download),
    await: 'first-byte',
    timeoutMs: TIMEOUT_MS,
    onlyAfter: afterOne,
    readRate: 1,
    hold: true,
  }),
  defineQuestion({
    id: 'starvation.beside-reader',
    title: 'a request beside downloads that are not read',
    spec: null,
    send: [request('GET')],
    timeoutMs: TIMEOUT_MS,
    onlyAfter: afterOne,
    hold: true,
  }),
];
