import { describe, expect, test } from 'vitest';
import {
  MAX_CHUNK_LINE_BYTES,
  MAX_HEAD_BYTES,
  MAX_HEADER_FIELDS,
  MAX_INTERIM_RESPONSES,
  MAX_PIPELINED_REQUESTS,
} from '../../harness/http/limits.ts';
import type { Message } from '../../harness/model.ts';
import { drive, type Step } from './stream-driver.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
const ok = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

const kinds = (message: Message | null | undefined): string[] => (message?.problems ?? []).map((problem) => problem.kind);
const request = (head: string) => drive(['client', head], ['server', ok('x')], ['fin', 'client']).exchanges[0]?.request;
/** The first response, and the targets that got one: the last shows whether the parser kept its place. */
const response = (...parts: string[]) => {
  const steps: Step[] = [
    ['client', get('/1')],
    ...parts.map((part) => ['server', part] as const),
    ['client', get('/2')],
    ['server', ok('second')],
    ['fin', 'server'],
  ];
  const { exchanges } = drive(...steps);
  return { first: exchanges[0]?.response, second: exchanges[1]?.response?.bodyBytes ?? null };
};

describe('what is wrong with a request', () => {
  test.each([
    ['missing-host', 'GET / HTTP/1.1\r\n\r\n'],
    ['duplicate-host', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n'],
    ['bare-lf', 'GET / HTTP/1.1\nHost: a\r\n\r\n'],
    ['bare-lf', 'GET / HTTP/1.1\r\nHost: a\n\r\n'],
    ['bare-lf', 'GET / HTTP/1.1\r\nHost: a\r\n\n'],
    ['obs-fold', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n'],
    ['whitespace-before-colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
    ['invalid-header-name', 'GET / HTTP/1.1\r\nHost: a\r\nX(Y): b\r\n\r\n'],
    ['invalid-header-name', 'GET / HTTP/1.1\r\nHost: a\r\nno colon here\r\n\r\n'],
    ['invalid-header-name', 'GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n'],
    ['invalid-header-name', 'GET / HTTP/1.1\r\n X: b\r\nHost: a\r\n\r\n'],
    ['invalid-header-value', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n'],
    ['invalid-header-value', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n'],
    ['invalid-start-line', 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['invalid-start-line', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['invalid-start-line', 'GET HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['invalid-start-line', 'GET / HTTP/1\r\nHost: a\r\n\r\n'],
    ['invalid-start-line', 'GET /\r\nHost: a\r\n\r\n'],
    ['transfer-encoding-not-chunked', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['transfer-encoding-in-http10', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['invalid-content-length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
    ['invalid-content-length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n'],
  ])('%s: %j', (kind, head) => {
    const found = request(head);
    expect(kinds(found)).toEqual([kind]);
    expect(found?.problems[0]?.frame).toBe(1);
  });

  test('a folded value is joined by one space', () => {
    expect(request('GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n \t c\r\n\r\n')?.headers[1]).toEqual(['X', 'b c']);
  });

  test('names, their case and order, and the bytes of values stay as they are', () => {
    expect(request('GET / HTTP/1.1\r\nhOST:a\r\nX-b:  \xe9 "q"\t\r\nX-b: \r\n\r\n')?.headers).toEqual([
      ['hOST', 'a'],
      ['X-b', '\xe9 "q"'],
      ['X-b', ''],
    ]);
  });

  test('empty lines before it are no part of it', () => {
    expect(request(`\r\n\r\n${GET}`)).toMatchObject({ offset: 4, headBytes: GET.length, problems: [] });
  });

  test('HTTP/0.9: a line is a whole request', () => {
    const { exchanges } = drive(['client', 'GET /\r\n'], ['server', '<p>hello'], ['fin', 'server']);
    expect(exchanges).toMatchObject([
      { request: { method: 'GET', target: '/', version: '0.9' }, response: { version: '0.9', framing: 'close', bodyBytes: 8 } },
    ]);
  });

  test('one that breaks off is kept, and so is the answer to it', () => {
    const { exchanges } = drive(
      ['client', 'GET /part HTTP/1.1\r\nHost: a\r\nAcc'],
      ['server', 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'],
      ['fin', 'server'],
      ['fin', 'client'],
    );
    expect(exchanges).toMatchObject([
      { request: { target: '/part', headers: [['Host', 'a']], complete: false, headBytes: 32 }, response: { status: 408, problems: [] } },
    ]);
    expect(kinds(exchanges[0]?.request)).toEqual(['truncated']);
  });

  test('one that breaks off within its first line is kept', () => {
    const { exchanges } = drive(['client', 'GET /half'], ['fin', 'client']);
    expect(exchanges).toMatchObject([{ request: { method: 'GET', target: '/half', version: '', complete: false } }]);
  });
});

describe('what is wrong with a response', () => {
  test('Content-Length twice with one value: read, and said', () => {
    const { first, second } = response('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab');
    expect(kinds(first)).toEqual(['duplicate-content-length']);
    expect([first?.bodyBytes, second]).toEqual([2, 6]);
  });
  test('Content-Length as a list of one value', () => {
    expect(kinds(response('HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab').first)).toEqual(['duplicate-content-length']);
  });
  test('Content-Length twice with different values: the first is tried', () => {
    const { first, second } = response('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab');
    expect(kinds(first)).toEqual(['conflicting-content-length']);
    expect([first?.bodyBytes, second]).toEqual([2, 6]);
  });
  test('Transfer-Encoding counts where Content-Length is there too', () => {
    const { first, second } = response('HTTP/1.1 200 OK\r\nContent-Length: 100\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n');
    expect(kinds(first)).toEqual(['transfer-encoding-with-content-length']);
    expect([first?.framing, first?.bodyBytes, second]).toEqual(['chunked', 1, 6]);
  });
  test('Transfer-Encoding that does not end with chunked lasts until the close', () => {
    const { first } = response('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nabc');
    expect(kinds(first)).toEqual(['transfer-encoding-not-chunked']);
    expect(first?.framing).toBe('close');
  });
  test('gzip, chunked is chunked', () => {
    expect(response('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n')).toMatchObject({
      first: { framing: 'chunked', problems: [] },
      second: 6,
    });
  });
  test('Date twice', () => expect(kinds(response('HTTP/1.1 204 X\r\nDate: a\r\nDate: a\r\n\r\n').first)).toEqual(['duplicate-date']));
  test.each(['HTTP/1.1 200', 'HTTP/1.1  200 OK', 'HTTP/1 200 OK', 'HTTP/1.1 20 OK', 'HTTP/1.1 2000 OK'])('status line %j', (line) => {
    expect(kinds(response(`${line}\r\nContent-Length: 0\r\n\r\n`).first)).toEqual(['invalid-start-line']);
  });
  test('an empty reason is right', () =>
    expect(response('HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n').first).toMatchObject({ reason: '', problems: [] }));
  test('a body after a response that has none is noted, and the next response is found', () => {
    const { exchanges } = drive(
      ['client', 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
      ['client', GET],
      ['server', ok('x')],
    );
    expect(kinds(exchanges[0]?.response)).toEqual(['invalid-start-line']);
    expect(exchanges[1]?.response?.bodyBytes).toBe(1);
  });
});

describe('chunked bodies', () => {
  test.each([
    ['invalid-chunk-size', 'zz\r\n'],
    ['invalid-chunk-size', '\r\n'],
    ['invalid-chunk-size', '-1\r\n'],
    ['invalid-chunk-size', '0x10\r\n'],
    ['invalid-chunk-size', '1_0\r\n'],
    ['invalid-chunk-size', 'fffffffffffffff\r\n'],
    ['invalid-chunk-size', `${'0'.repeat(40)}1\r\n`],
    ['invalid-chunk-size', `1;${'x'.repeat(MAX_CHUNK_LINE_BYTES)}\r\n`],
    ['missing-chunk-crlf', '1\r\nab\r\n'],
    ['missing-chunk-crlf', '1\r\na\rb'],
    ['head-too-large', `0\r\n${'x: y\r\n'.repeat(MAX_HEAD_BYTES / 6 + 1)}`],
  ])('%s: %j, and the next response is found', (kind, body) => {
    const { first, second } = response(CHUNKED, body);
    expect(kinds(first)).toEqual([kind]);
    expect(first?.complete).toBe(false);
    expect(second).toBe(6);
  });

  test.each(['1\na\r\n0\r\n\r\n', '1\r\na\n0\r\n\r\n', '1\r\na\r\n0\n\n', '1\r\na\r\n0\r\nX: y\n\r\n'])(
    'bare LF is read and said: %j',
    (body) => {
      const { first, second } = response(CHUNKED + body);
      expect(kinds(first)).toContain('bare-lf');
      expect([first?.complete, first?.bodyBytes, second]).toEqual([true, 1, 6]);
    },
  );

  test('extensions, blanks before them, leading zeros and capital digits mean nothing', () => {
    expect(response(CHUNKED, '0A ;a="b\\"c";d\r\n0123456789\r\n000;last\r\n\r\n')).toMatchObject({
      first: { bodyBytes: 10, problems: [], complete: true },
      second: 6,
    });
  });
  test('what is wrong in trailers is named', () => {
    expect(kinds(response(CHUNKED, '0\r\nA : b\r\n\r\n').first)).toEqual(['whitespace-before-colon']);
  });
  test('a request may be chunked too', () => {
    const { exchanges } = drive(
      ['client', `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n${GET}`],
      ['server', ok('1') + ok('2')],
    );
    expect(exchanges.map((e) => [e.request?.method, e.request?.bodyBytes])).toEqual([
      ['POST', 3],
      ['GET', 0],
    ]);
  });
});

describe('a response without its last chunk', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  const next = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  const GETS = 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n';

  test.each([
    ['in a segment of its own', [`${head}2\r\nhi\r\n`, next]],
    ['in the same segment', [`${head}2\r\nhi\r\n${next}`]],
    ['before any chunk', [head, next]],
  ])('ends where the next one begins, %s', (_, segments) => {
    const { exchanges } = drive(['client', GETS], ...segments.map((text) => ['server', text] as const));
    const [first, second] = exchanges;
    expect(first?.response).toMatchObject({ complete: false, problems: [{ kind: 'missing-last-chunk', frame: 1 + segments.length }] });
    expect(second).toMatchObject({ request: { target: '/2' }, response: { bodyBytes: 2, complete: true, problems: [] } });
    if (segments.length > 1) expect(first?.response?.frames).toEqual([2, 2]);
  });

  test.each([
    ['in a segment of its own', [`${head}2\r\nhi\r\n0\r\n`, next]],
    ['in the same segment', [`${head}2\r\nhi\r\n0\r\n${next}`]],
  ])('or without the empty line after it, %s', (_, segments) => {
    const { exchanges } = drive(['client', GETS], ...segments.map((text) => ['server', text] as const));
    const [first, second] = exchanges;
    expect(first?.response).toMatchObject({ complete: false, bodyBytes: 2, problems: [{ kind: 'missing-end-of-chunks' }] });
    expect(second).toMatchObject({ request: { target: '/2' }, response: { bodyBytes: 2, complete: true, problems: [] } });
  });

  test.each([
    ['nothing', '', ['truncated']],
    ['the last chunk', '0\r\n', ['truncated', 'missing-end-of-chunks']],
    ['the last chunk and a trailer', '0\r\nX-A: 1\r\n', ['truncated', 'missing-end-of-chunks']],
    ['a part of the last chunk', '0', ['truncated']],
    ['all', '0\r\n\r\n', []],
  ])('is told from one that lacks the empty line: %s came', (_, end, kinds) => {
    const { exchanges } = drive(['client', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'], ['server', `${head}2\r\nhi\r\n${end}`], ['fin', 'server']);
    expect(exchanges[0]?.response?.problems.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('the end of HTTP', () => {
  test('101: what follows on both sides is not read', () => {
    const { exchanges } = drive(
      ['client', 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
      ['server', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello'],
      ['client', GET],
      ['server', ok('x')],
    );
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]).toMatchObject({
      response: { status: 101, framing: 'tunnel', complete: true, headEndsWithBody: false, bodyBytes: 0, problems: [] },
      interim: [],
    });
  });
  test('101 in the middle of a request: the rest of its body is not read', () => {
    const { exchanges } = drive(
      ['client', 'POST /ws HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc'],
      ['server', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
      ['client', 'defghi'],
    );
    expect(exchanges[0]?.request).toMatchObject({ bodyBytes: 3, complete: false, problems: [{ kind: 'truncated', frame: 1 }] });
  });
  test('CONNECT: a 200 opens the tunnel, another status does not', () => {
    const connect = 'CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n';
    const { exchanges } = drive(
      ['client', connect],
      ['server', ok('no').replace('200 OK', '407 X')],
      ['client', connect],
      ['server', 'HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\n'],
      ['client', '\x16\x03\x01'],
      ['server', ok('x')],
    );
    expect(exchanges.map((e) => [e.response?.status, e.response?.framing])).toEqual([
      [407, 'content-length'],
      [200, 'tunnel'],
    ]);
  });
  test('data after a response that closes the connection', () => {
    const { exchanges, beforeEnd } = drive(
      ['client', GET],
      ['server', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na'],
      ['server', 'more'],
      ['fin', 'server'],
    );
    expect(beforeEnd).toBe(1);
    expect(kinds(exchanges[0]?.response)).toEqual(['data-after-close', 'invalid-start-line']);
  });
  test('a request after one that closes the connection', () => {
    const { exchanges } = drive(
      ['client', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n'],
      ['client', GET],
      ['server', ok('x')],
      ['fin', 'server'],
    );
    expect(exchanges.map((e) => [kinds(e.request), e.response?.status ?? null])).toEqual([
      [['data-after-close'], 200],
      [[], null],
    ]);
  });
  test('HTTP/1.0 closes unless it says keep-alive', () => {
    const answer = (connection: string) =>
      drive(['client', GET], ['server', `HTTP/1.0 200 OK\r\nContent-Length: 0\r\n${connection}\r\n`], ['client', GET], ['server', ok('x')])
        .exchanges;
    expect(kinds(answer('')[0]?.response)).toEqual(['data-after-close']);
    expect(kinds(answer('Connection: keep-alive\r\n')[0]?.response)).toEqual([]);
  });
  test('a body until close that is reset is not complete', () => {
    const { exchanges } = drive(['client', GET], ['server', 'HTTP/1.1 200 OK\r\n\r\nabc'], ['reset', 'server']);
    expect(exchanges[0]?.response).toMatchObject({ complete: false, bodyBytes: 3, problems: [{ kind: 'truncated', frame: 3 }] });
  });
  test('a body that ends too soon says how much is missing', () => {
    const { exchanges } = drive(['client', GET], ['server', ok('abcd').slice(0, -2)], ['fin', 'server']);
    expect(exchanges[0]?.response).toMatchObject({
      complete: false,
      bodyBytes: 2,
      problems: [{ kind: 'truncated', detail: 'the server closed inside the body, 2 bytes before its end' }],
    });
  });
  test('a capture that ends inside a body', () => {
    const { exchanges, beforeEnd } = drive(['client', GET], ['server', ok('abcd').slice(0, -2)]);
    expect([beforeEnd, exchanges.length]).toEqual([0, 1]);
    expect(kinds(exchanges[0]?.response)).toEqual(['truncated']);
  });
});

describe('requests and responses that do not match', () => {
  test('a request that never got its answer', () => {
    const { exchanges, beforeEnd } = drive(['client', get('/1')], ['server', ok('x')], ['client', get('/2')], ['fin', 'server']);
    expect(beforeEnd).toBe(2);
    expect(exchanges).toMatchObject([{ response: { status: 200 } }, { request: { target: '/2', problems: [] }, response: null }]);
  });
  test('an answer that nobody asked for', () => {
    const { exchanges } = drive(
      ['client', GET],
      ['server', ok('x')],
      ['server', 'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'],
      ['fin', 'server'],
    );
    expect(exchanges).toMatchObject([
      { index: 0, request: { target: '/' } },
      { index: 1, request: null, response: { status: 408, problems: [{ kind: 'unsolicited-response', frame: 3 }] } },
    ]);
  });
  test('an answer to what is no request', () => {
    const { exchanges } = drive(
      ['client', 'no HTTP at all\r\n\r\n'],
      ['server', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
      ['fin', 'server'],
    );
    expect(exchanges).toMatchObject([
      {
        request: null,
        response: { status: 400, problems: [{ kind: 'request-not-read', detail: 'what the client sent before it is no request' }] },
      },
    ]);
  });
  test('an answer before the request is through', () => {
    const { exchanges } = drive(
      ['client', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab'],
      ['server', 'HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n'],
      ['client', 'cd'],
      ['client', GET],
      ['server', ok('x')],
    );
    expect(exchanges.map((e) => [e.request?.method, e.request?.complete, e.response?.status])).toEqual([
      ['POST', true, 413],
      ['GET', true, 200],
    ]);
  });
  test('more requests than are queued: the last that is read says so', () => {
    const { exchanges } = drive(['client', GET.repeat(MAX_PIPELINED_REQUESTS + 5)]);
    expect(exchanges).toHaveLength(MAX_PIPELINED_REQUESTS);
    expect(exchanges.at(-1)?.request?.problems).toMatchObject([
      { kind: 'truncated', detail: expect.stringContaining('MAX_PIPELINED_REQUESTS') },
    ]);
  });
  test('more interim responses than are kept', () => {
    const { exchanges } = drive(['client', GET], ['server', `${'HTTP/1.1 102 P\r\n\r\n'.repeat(MAX_INTERIM_RESPONSES + 5)}${ok('x')}`]);
    expect(exchanges[0]?.interim).toHaveLength(MAX_INTERIM_RESPONSES);
    expect(exchanges[0]?.response?.status).toBe(200);
    expect(exchanges[0]?.interim.at(-1)?.problems).toMatchObject([
      { kind: 'truncated', detail: expect.stringContaining('MAX_INTERIM_RESPONSES') },
    ]);
  });
});

describe('answers that can not be read', () => {
  // One bit of the first status line is not as it was sent.
  const damaged = ok('x').replace('HTTP/1.1', 'HTTQ/1.1');
  const answered = (...steps: Step[]) =>
    drive(...steps).exchanges.map(({ request: asked, response: answer }) => [asked?.target, answer?.bodyBytes ?? null, kinds(asked)]);

  test('the next answer belongs to the next request', () => {
    expect(answered(['client', get('/1')], ['server', damaged], ['client', get('/2')], ['server', ok('second')])).toEqual([
      ['/1', null, ['invalid-start-line']],
      ['/2', 6, []],
    ]);
  });

  test('so also where the status line is seen to be none only at its end', () => {
    const late = ok('x').replace('200 OK', 'x00 OK');
    expect(answered(['client', get('/1')], ['server', late], ['client', get('/2')], ['server', ok('second')])).toEqual([
      ['/1', null, ['invalid-start-line']],
      ['/2', 6, []],
    ]);
  });

  test('bytes after an answer take nothing from a request that is not yet asked', () => {
    expect(answered(['client', get('/1')], ['server', `${ok('x')}junk`], ['client', get('/2')], ['server', ok('second')])).toEqual([
      ['/1', 1, []],
      ['/2', 6, []],
    ]);
  });

  test('nor from the only one that waits', () => {
    expect(answered(['client', get('/1')], ['server', 'junk'], ['server', ok('first')])).toEqual([['/1', 5, ['invalid-start-line']]]);
  });

  test('a protocol that is not HTTP answers nothing, and the request says so', () => {
    expect(answered(['client', get('/1')], ['server', 'ICY 200 OK\r\n\r\nsound'], ['fin', 'server'])).toEqual([
      ['/1', null, ['invalid-start-line']],
    ]);
  });

  test('a bare CR in the status line is named, and counts as a space', () => {
    const { first, second } = response('HTTP/1.1 200 OK\r\r\nContent-Length: 2\r\n\r\nhi');
    expect([first?.status, first?.bodyBytes, kinds(first), second]).toEqual([200, 2, ['invalid-start-line'], 6]);
  });

  test('a status code below 100 counts as 5xx: its body is one', () => {
    const { first, second } = response('HTTP/1.1 99 Huh\r\nContent-Length: 2\r\n\r\nhi');
    expect([first?.status, first?.framing, first?.bodyBytes, second]).toEqual([99, 'content-length', 2, 6]);
  });
});

describe('segments that the snap length cut', () => {
  const statuses = (...steps: Step[]) =>
    drive(...steps).exchanges.map(({ request: asked, response: answer }) => [asked?.target ?? null, answer?.status ?? null]);

  test('every start line is read where enough of it is there', () => {
    expect(
      statuses(
        ['client-cut', 'GET /one HTTP/1.1', 300],
        ['server-cut', 'HTTP/1.1 200 OK\r\nServer: a', 300],
        ['server-cut', 'a body that is cut in the same', 300],
        ['client-cut', 'GET /page2.html?sync HTTP/1.1\r', 300],
        ['server-cut', 'HTTP/1.1 416 Requested Range N', 300],
        ['client-cut', 'POST /form', 300],
        ['server-cut', 'HTTP/1.1 301\r', 300],
        ['client', get('/whole')],
        ['server', ok('x')],
      ),
    ).toEqual([
      ['/one', 200],
      ['/page2.html?sync', 416],
      ['/form', 301],
      ['/whole', 200],
    ]);
  });

  test('nothing is reported of a status code that is cut, and no later answer takes its place', () => {
    expect(
      statuses(
        ['client-cut', 'GET /one H', 300],
        ['server-cut', 'HTTP/1.1 2', 300],
        ['client-cut', 'GET /two H', 300],
        ['server-cut', 'HTTP/1.1 2', 300],
        ['client', get('/whole')],
        ['server', ok('x')],
      ),
    ).toEqual([
      ['/one', null],
      ['/two', null],
      ['/whole', 200],
    ]);
  });

  test('the rest of a segment asks for nothing: a final response after a cut interim one has its request', () => {
    const { exchanges } = drive(
      ['client-cut', 'GET /early HTTP/1.1\r\nHost:', 300],
      ['server-cut', 'HTTP/1.1 103 Early Hints\r\nLink:', 30],
      ['server-cut', 'HTTP/1.1 204 No Content\r\nDate:', 100],
      ['fin', 'server'],
    );
    expect(exchanges.map(({ request: asked, interim, response: answer }) => [asked?.target, interim[0]?.status, answer?.status])).toEqual([
      ['/early', 103, 204],
    ]);
  });

  test('a cut line has no fault but that', () => {
    const { exchanges } = drive(['client-cut', 'GET /one HTTP/1.1\r', 300], ['server-cut', 'HTTP/1.1 204', 300]);
    expect([kinds(exchanges[0]?.request), kinds(exchanges[0]?.response)]).toEqual([['gap-in-head'], ['gap-in-head']]);
  });
});

describe('rules of framing', () => {
  test.each([
    ['Content-Length with leading zeros', 'Content-Length: 00000000000000000000000000000002', 'ok', 2, []],
    ['empty elements of Transfer-Encoding', 'Transfer-Encoding: , chunked, ,', '2\r\nok\r\n0\r\n\r\n', 2, []],
    ['chunked named twice', 'Transfer-Encoding: chunked, chunked', '2\r\nok\r\n0\r\n\r\n', 2, ['chunked-twice']],
    ['a CR too many in a chunk-size line', 'Transfer-Encoding: chunked', '2\r\r\nok\r\n0\r\n\r\n', 2, ['invalid-chunk-line']],
    ['blanks after a chunk size', 'Transfer-Encoding: chunked', '2  \r\nok\r\n0\r\n\r\n', 2, ['invalid-chunk-line']],
    ['a chunk extension', 'Transfer-Encoding: chunked', '2 ;a=b\r\nok\r\n0\r\n\r\n', 2, []],
  ])('%s', (_, line, body, length, problems) => {
    const { first, second } = response(`HTTP/1.1 200 OK\r\n${line}\r\n\r\n${body}`);
    expect(first?.bodyBytes).toBe(length);
    expect(kinds(first)).toEqual(problems);
    expect(second).toBe(6);
  });

  test.each([
    ['Content-Length: 0', 'content-length-not-allowed'],
    ['Transfer-Encoding: chunked', 'transfer-encoding-not-allowed'],
  ])('a 204 with %s', (line, kind) => {
    const { first, second } = response(`HTTP/1.1 204 No Content\r\n${line}\r\n\r\n`);
    expect(kinds(first)).toEqual([kind]);
    expect(second).toBe(6);
  });

  test('line ends before a status line', () => {
    expect(kinds(response(`\r\n\r${ok('x')}`).first)).toEqual(['junk-before-start-line']);
    expect(kinds(response(`\r\n`, ok('x')).first)).toEqual(['junk-before-start-line']);
  });

  test('a body that is held back is sent after a final answer too', () => {
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n';
    const { exchanges } = drive(['client', head], ['server', ok('no')], ['client', 'GET!'], ['client', get('/2')], ['server', ok('yes')]);
    expect(exchanges.map(({ request: asked, response: answer }) => [asked?.method, asked?.bodyBytes, answer?.bodyBytes])).toEqual([
      ['POST', 4, 2],
      ['GET', 0, 3],
    ]);
  });

  test.each([['HELF \0\0\0\x01\0\0\0'], ['GROUP alt.test'], ['MAIL FROM:<a@b>']])(
    'a command of another protocol that breaks off is no request: %j',
    (command) => {
      expect(drive(['client', command], ['fin', 'client']).exchanges).toEqual([]);
    },
  );

  test('a request that breaks off in its first line is one', () => {
    for (const line of ['GET /pa', 'POST ', 'OPTIONS *'])
      expect(drive(['client', line], ['fin', 'client']).exchanges, line).toHaveLength(1);
  });
});

describe('requests that may be missing', () => {
  const answersOf = (...steps: Step[]) =>
    drive(...steps).exchanges.map(({ request: asked, response: answer }) => [
      asked?.target ?? null,
      answer?.bodyBytes ?? null,
      kinds(asked).concat(kinds(answer)),
    ]);

  test('an answer and the next request are missing: what follows is not the answer to the request before', () => {
    expect(
      answersOf(['client', get('/1')], ['gap', 'server', 50], ['gap', 'client', 50], ['server', ok('second')], ['fin', 'server']),
    ).toEqual([
      ['/1', null, ['gap-in-head']],
      [null, 6, ['request-not-read']],
    ]);
  });

  test('so also where the answer to that may be missing in part', () => {
    expect(
      answersOf(['client', get('/1')], ['gap', 'server', 50], ['gap', 'client', 50], ['gap', 'server', 50], ['server', ok('third')]),
    ).toEqual([
      ['/1', null, ['gap-in-head']],
      [null, 5, ['request-not-read']],
    ]);
  });

  test('nothing was asked in the bytes that are missing: the next request has the answer', () => {
    expect(
      answersOf(['client', get('/1')], ['server', ok('x')], ['gap', 'client', 2], ['client', get('/2')], ['server', ok('second')]),
    ).toEqual([
      ['/1', 1, []],
      ['/2', 6, []],
    ]);
  });

  test('the answer that waits is still that of the request before the gap', () => {
    expect(answersOf(['client', get('/1')], ['gap', 'client', 2], ['server', ok('first')])).toEqual([['/1', 5, []]]);
  });

  test('a capture of the server alone gives answers without requests', () => {
    expect(answersOf(['gap', 'client', 50], ['server', ok('x')], ['gap', 'client', 50], ['server', ok('second')])).toEqual([
      [null, 1, ['request-not-read']],
      [null, 6, ['request-not-read']],
    ]);
  });
});

describe('gaps', () => {
  test('inside a body of known length: the next message is read', () => {
    const { exchanges } = drive(
      ['client', get('/1')],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab'],
      ['gap', 'server', 5],
      ['server', 'xyz'],
      ['client', get('/2')],
      ['server', ok('x')],
    );
    expect(exchanges[0]?.response).toMatchObject({
      bodyBytes: 5,
      bodyWireBytes: 10,
      complete: false,
      frames: [2, 4],
      problems: [{ kind: 'gap-in-body', frame: 3 }],
    });
    expect(exchanges[1]).toMatchObject({ request: { target: '/2' }, response: { offset: 49, problems: [] } });
  });
  test('that ends with the body', () => {
    const { exchanges } = drive(
      ['client', get('/1')],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab'],
      ['gap', 'server', 2],
      ['client', get('/2')],
      ['server', ok('x')],
    );
    expect(exchanges.map((e) => [e.response?.complete, e.response?.bodyBytes])).toEqual([
      [false, 2],
      [true, 1],
    ]);
  });
  test('inside the data of one chunk: the rest is read', () => {
    const { exchanges } = drive(
      ['client', GET],
      ['server', `${CHUNKED}8\r\nab`],
      ['gap', 'server', 4],
      ['server', 'yz\r\n0\r\n\r\n'],
      ['client', GET],
      ['server', ok('x')],
    );
    expect(exchanges.map((e) => [e.response?.complete, e.response?.bodyBytes, kinds(e.response)])).toEqual([
      [false, 4, ['gap-in-body']],
      [true, 1, []],
    ]);
  });
  test('beyond a chunk: the next segment that begins a response is found', () => {
    const { exchanges } = drive(
      ['client', GET],
      ['server', `${CHUNKED}8\r\nab`],
      ['gap', 'server', 400],
      ['server', 'yz\r\n0\r\n\r\n'],
      ['client', GET],
      ['server', ok('x')],
    );
    expect(exchanges.map((e) => [e.response?.complete, kinds(e.response)])).toEqual([
      [false, ['gap-in-body']],
      [true, []],
    ]);
  });
  test('in a body until close: it goes on', () => {
    const { exchanges } = drive(
      ['client', GET],
      ['server', 'HTTP/1.1 200 OK\r\n\r\nab'],
      ['gap', 'server', 5],
      ['server', 'HTTP/1.1 200 OK\r\n'],
      ['fin', 'server'],
    );
    expect(exchanges).toMatchObject([{ response: { bodyBytes: 19, complete: false, problems: [{ kind: 'gap-in-body' }] } }]);
  });
  test('in the head of a response: what is there is kept', () => {
    const { exchanges } = drive(
      ['client', get('/1')],
      ['server', 'HTTP/1.1 200 OK\r\nServer: a\r\nConte'],
      ['gap', 'server', 30],
      ['server', 'body'],
      ['client', get('/2')],
      ['server', ok('x')],
    );
    expect(exchanges[0]?.response).toMatchObject({
      status: 200,
      headers: [['Server', 'a']],
      framing: 'none',
      complete: false,
      problems: [{ kind: 'gap-in-head' }],
    });
    expect(exchanges[1]).toMatchObject({ request: { target: '/2' }, response: { bodyBytes: 1, problems: [] } });
  });
  test('that swallows a whole response: its request has none, the next is paired rightly', () => {
    const { exchanges } = drive(['client', get('/1')], ['gap', 'server', 50], ['client', get('/2')], ['server', ok('x')]);
    expect(exchanges.map((e) => [e.request?.target, e.response?.status ?? null, kinds(e.request)])).toEqual([
      ['/1', null, ['gap-in-head']],
      ['/2', 200, []],
    ]);
  });
  test('that swallows only what stood before a response', () => {
    const { exchanges } = drive(['client', get('/1')], ['gap', 'server', 25], ['server', ok('x')]);
    expect(exchanges.map((e) => [e.request?.target, e.response?.status])).toEqual([['/1', 200]]);
  });
  test('that swallows a whole request: its response stands alone', () => {
    const { exchanges } = drive(
      ['client', get('/1')],
      ['server', ok('a')],
      ['gap', 'client', 30],
      ['server', ok('bb')],
      ['client', get('/3')],
      ['server', ok('ccc')],
    );
    expect(exchanges.map((e) => [e.request?.target ?? null, e.response?.bodyBytes])).toEqual([
      ['/1', 1],
      [null, 2],
      ['/3', 3],
    ]);
  });
  test('in the head of a request', () => {
    const { exchanges } = drive(
      ['client', 'GET /1 HTTP/1.1\r\nHost: a\r\nX:'],
      ['gap', 'client', 5],
      ['client', ' y\r\n\r\n'],
      ['server', ok('a')],
      ['client', get('/2')],
      ['server', ok('bb')],
    );
    expect(exchanges.map((e) => [e.request?.target, kinds(e.request), e.response?.bodyBytes])).toEqual([
      ['/1', ['gap-in-head'], 1],
      ['/2', [], 2],
    ]);
  });
  test('a capture that begins in the middle of a body', () => {
    const { exchanges } = drive(['server', 'tail of a body HTTP/1.1 200 OK\r\n'], ['client', get('/2')], ['server', ok('x')]);
    expect(exchanges.map((e) => [e.request?.target, e.response?.status])).toEqual([['/2', 200]]);
  });
  test('a capture that begins between a request and its response, with the sides guessed wrong', () => {
    const { exchanges } = drive(['client', ok('x')], ['server', get('/2')], ['client', ok('yy')]);
    expect(exchanges.map((e) => [e.request?.target ?? null, e.response?.bodyBytes])).toEqual([
      [null, 1],
      ['/2', 2],
    ]);
  });
});

describe('limits', () => {
  test('a head that is too large is kept in part', () => {
    const { exchanges } = drive(
      ['client', GET],
      ['server', `HTTP/1.1 200 OK\r\nServer: a\r\nX: ${'y'.repeat(MAX_HEAD_BYTES)}\r\n\r\n`],
      ['client', GET],
      ['server', ok('x')],
    );
    expect(exchanges[0]?.response).toMatchObject({
      status: 200,
      headers: [['Server', 'a']],
      complete: false,
      problems: [{ kind: 'head-too-large' }],
    });
    expect(exchanges[1]?.response?.bodyBytes).toBe(1);
  });
  test('fields beyond the limit are not kept but count for the framing', () => {
    const fields = `${'X: y\r\n'.repeat(MAX_HEADER_FIELDS)}Content-Length: 2\r\n`;
    const { first, second } = response(`HTTP/1.1 200 OK\r\n${fields}\r\nab`);
    expect(first?.headers).toHaveLength(MAX_HEADER_FIELDS);
    expect(kinds(first)).toEqual(['head-too-large']);
    expect([first?.bodyBytes, second]).toEqual([2, 6]);
  });
});

describe('heads that could take long to read', () => {
  // Each takes milliseconds where reading is linear in the head, seconds where it is not.
  test.each([
    ['lines that fold', ' z\r\n'],
    ['lines without a colon', 'x\r\n'],
    ['bad names', '\x01:\r\n'],
    ['colons and blanks', ' : :\t\r\n'],
    ['Connection', 'Connection: a, close ,\r\n'],
    ['Content-Length', 'Content-Length: 1,1,1\r\n'],
  ])('%s', (_name, line) => {
    const head = `HTTP/1.1 200 OK\r\nX: y\r\n${line.repeat(Math.floor((MAX_HEAD_BYTES - 100) / line.length))}\r\n`;
    const started = process.cpuUsage();
    const { exchanges } = drive(['client', GET], ['server', head], ['fin', 'server']);
    const { user } = process.cpuUsage(started);
    expect(exchanges[0]?.response?.status).toBe(200);
    expect(user / 1000).toBeLessThan(1500);
  });
});

describe('streams that are not HTTP/1', () => {
  test.each([
    ['TLS', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', '\x16\x03\x03\0\x7a\x02'],
    ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['SMTP', 'EHLO a\r\n', '220 a ESMTP\r\n'],
    ['FTP', 'USER a\r\n', '220 ready\r\n'],
    ['RTSP', 'OPTIONS rtsp://a/ RTSP/1.0\r\nCSeq: 1\r\n\r\n', 'RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n'],
    ['Redis', 'GET key\r\n', '$1\r\na\r\n'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\0\0\0\x04\0\0\0\0\0'],
    ['text without lines', `lorem ${'ipsum '.repeat(50_000)}`, 'HTTP is not here'],
  ])('%s yields no exchange', (_name, client, server) => {
    expect(drive(['client', client], ['server', server], ['client', client], ['server', server], ['fin', 'server']).exchanges).toEqual([]);
  });
});
