import { describe, expect, it } from 'vitest';
import type { HeaderField, ResponseMessage } from '../../harness/model.ts';
import { type CloseCause, causeOfClose, closeCause } from '../../harness/observe/close-cause.ts';
import { type ConnectionInput, evidence, type RequestInput, show } from './evidence-builder.ts';

const header = (name: string, text: string): HeaderField[] => [[name, text]];
const served = (response: Partial<ResponseMessage> = {}, more: Partial<RequestInput> = {}): RequestInput => ({
  frame: 4,
  atMs: 0,
  responseMs: 10,
  response,
  ...more,
});
const server = (idleMs: number, how: 'FIN' | 'RST' = 'FIN'): ConnectionInput['close'] => ({
  by: 'server',
  how,
  frame: 30,
  atMs: 10 + idleMs,
});
const client = (idleMs: number, how: 'FIN' | 'RST' = 'FIN'): ConnectionInput['close'] => ({
  by: 'client',
  how,
  frame: 30,
  atMs: 10 + idleMs,
});

const keepAlive = header('Keep-Alive', 'timeout=5');
const sayClose = header('Connection', 'close');

const cases: [CloseCause, string, RequestInput[], ConnectionInput['close']][] = [
  ['advertised-timer', 'the second that Keep-Alive names', [served({ headers: keepAlive })], server(5_010)],
  ['advertised-timer', "Node's second more", [served({ headers: keepAlive })], server(6_008)],
  ['unadvertised-timer', 'long after what Keep-Alive names', [served({ headers: keepAlive })], server(75_000)],
  ['unadvertised-timer', 'before what Keep-Alive names', [served({ headers: keepAlive })], server(2_000)],
  ['unadvertised-timer', 'no Keep-Alive at all', [served()], server(65_000)],
  ['connection-close', 'Connection: close on the only response', [served({ headers: sayClose })], server(0)],
  ['connection-close', 'the client obeys Connection: close', [served({ headers: sayClose })], client(1)],
  [
    'request-limit',
    'Connection: close on a later response',
    [served(), served({ headers: sayClose }, { frame: 6, responseFrame: 7 })],
    server(0),
  ],
  ['request-limit', 'a close at once behind a later response', [served(), served({}, { frame: 6, responseFrame: 7 })], server(1)],
  ['after-response', 'a close at once behind the first response', [served()], server(1)],
  ['client-asked', 'Connection: close in the request', [served({ headers: sayClose }, { headers: sayClose })], server(0)],
  ['http-1.0', 'HTTP/1.0', [served({ version: '1.0' })], server(0)],
  [
    'unadvertised-timer',
    'HTTP/1.0 with keep-alive',
    [served({ version: '1.0', headers: header('Connection', 'Keep-Alive') })],
    server(9_000),
  ],
  ['close-delimited', 'a body without a length', [served({ framing: 'close' })], server(0)],
  ['error-response', 'an error with Connection: close', [served({ status: 400, headers: sayClose })], server(0)],
  ['error-response', 'a close at once behind an error', [served({ status: 400 })], server(1)],
  ['request-timeout', '408', [served({ status: 408, headers: sayClose })], server(0)],
  ['request-timeout', 'half a request, and no word', [served({}, { response: null })], server(60_000)],
  ['no-answer', 'a close in place of an answer', [served({}, { response: null })], server(0)],
  ['unread-data', 'a RST behind an unanswered request', [served(), served({}, { frame: 6, response: null })], server(0, 'RST')],
  ['client-policy', 'an idle connection', [served()], client(300_000)],
  ['client-abort', 'a response that was not complete', [served({ complete: false })], client(0, 'RST')],
  ['client-abort', 'no response yet', [served({}, { response: null })], client(100)],
];

describe('the cause of a close', () => {
  it.each(cases)('is %s: %s', (cause, what, requests, close) => {
    const visit = evidence({ connections: [{ requests, ...(close ? { close } : {}) }] });
    if (what.startsWith('half')) visit.exchanges[0]!.request!.complete = false;
    const found = causeOfClose(visit.connections[0]!, visit);
    expect(found?.cause).toBe(cause);
    // Whatever names the cause, the close itself is among the frames.
    expect(found?.frames).toContain(30);
  });

  it('is null while the connection is open', () => {
    const visit = evidence({ connections: [{ requests: [served()] }] });
    expect(causeOfClose(visit.connections[0]!, visit)).toBeNull();
    expect(show(closeCause, 'close.cause', visit)).toMatchObject({ value: 'none', windowS: 10 });
  });

  it('is the shutdown only from its step on', () => {
    const stopped = (frame: number) =>
      evidence({
        scenario: 'shutdown-idle',
        steps: [
          { id: 'shutdown-idle.request', frame: 1 },
          { id: 'shutdown-idle', frame },
        ],
        connections: [{ requests: [served({ headers: sayClose })], close: server(20) as NonNullable<ConnectionInput['close']> }],
      });
    const after = stopped(30);
    const before = stopped(31);
    expect(causeOfClose(after.connections[0]!, after)?.cause).toBe('shutdown');
    expect(causeOfClose(before.connections[0]!, before)?.cause).toBe('connection-close');
  });

  it('counts the requests that are not kept', () => {
    const visit = evidence({ connections: [{ requests: [served(), served(), served({ headers: sayClose })], close: server(0)! }] });
    const connection = visit.connections[0]!;
    connection.exchanges = connection.exchanges.slice(-1);
    expect(causeOfClose(connection, visit)).toMatchObject({
      cause: 'request-limit',
      because: 'Connection: close on response 3 of the connection',
    });
  });

  it('is no error where the server closes behind every response', () => {
    const two = (first: HeaderField[]) =>
      evidence({
        connections: [
          { requests: [served({ headers: first })], close: server(0) as NonNullable<ConnectionInput['close']> },
          { syn: 40, requests: [served({ status: 404, headers: sayClose })], close: server(0) as NonNullable<ConnectionInput['close']> },
        ],
      });
    const always = two(sayClose);
    const onErrors = two([]);
    expect(causeOfClose(always.connections[1]!, always)?.cause).toBe('connection-close');
    expect(causeOfClose(onErrors.connections[1]!, onErrors)?.cause).toBe('error-response');
  });

  it('of a cell is the most frequent, with the frames of the middle one', () => {
    const idle = (syn: number, idleMs: number): ConnectionInput => ({
      syn,
      synMs: 0,
      handshakeMs: 0,
      requests: [{ frame: syn + 3, atMs: 0, responseMs: 0, response: { headers: keepAlive } }],
      close: { by: 'server', frame: syn + 6, atMs: idleMs },
    });
    const visit = evidence({
      connections: [
        idle(1, 5_000),
        idle(11, 5_200),
        idle(21, 5_400),
        { syn: 31, requests: [{ frame: 34 }], close: { by: 'client', frame: 36, atMs: 900 } },
      ],
    });
    expect(show(closeCause, 'close.cause', visit)).toEqual({
      value: 'advertised-timer',
      frames: [15, 17],
      note: 'named 5 s, closed after 5.2 s; others: 1 client-policy',
    });
  });

  it('of a cell without a used connection is that of the unused ones', () => {
    const visit = evidence({ connections: [{ syn: 1, synMs: 0, close: { by: 'server', frame: 9, atMs: 60_000 } }] });
    expect(show(closeCause, 'close.cause', visit)?.value).toBe('unadvertised-timer');
  });
});
