import { describe, expect, test } from 'vitest';
import { drive } from './stream-driver.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
const ok = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('an exchange', () => {
  test('is reported when its response is complete, with everything about where it lies', () => {
    const { exchanges, beforeEnd, connection } = drive(['client', GET], ['server', ok('hello')]);
    expect(beforeEnd).toBe(1);
    expect(connection.exchangeCount).toBe(1);
    expect(connection.exchanges[0]).toBe(exchanges[0]);
    expect(exchanges[0]).toEqual({
      stream: 7,
      index: 0,
      step: null,
      request: {
        startLine: 'GET / HTTP/1.1',
        version: '1.1',
        method: 'GET',
        target: '/',
        bodyStartNs: null,
        headers: [['Host', 'a']],
        trailers: [],
        framing: 'none',
        headFrames: [1, 1],
        frames: [1, 1],
        headBytes: GET.length,
        bodyBytes: 0,
        bodyWireBytes: 0,
        offset: 0,
        startNs: 1_000_000,
        headEndNs: 1_000_000,
        endNs: 1_000_000,
        headSegments: 1,
        headEndsWithBody: false,
        segmentSizes: [GET.length],
        segmentFrames: [1],
        largestSegment: GET.length,
        complete: true,
        problems: [],
      },
      response: {
        startLine: 'HTTP/1.1 200 OK',
        version: '1.1',
        status: 200,
        reason: 'OK',
        headers: [['Content-Length', '5']],
        trailers: [],
        framing: 'content-length',
        headFrames: [2, 2],
        frames: [2, 2],
        headBytes: 38,
        bodyBytes: 5,
        bodyWireBytes: 5,
        offset: 0,
        startNs: 2_000_000,
        headEndNs: 2_000_000,
        endNs: 2_000_000,
        headSegments: 1,
        headEndsWithBody: true,
        segmentSizes: [43],
        segmentFrames: [2],
        largestSegment: 43,
        complete: true,
        problems: [],
      },
      interim: [],
    });
  });

  test('whose head and body take several segments counts them', () => {
    const { exchanges } = drive(
      ['client', 'GET / HT'],
      ['client', 'TP/1.1\r\nHost: a\r\n\r'],
      ['client', '\n'],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n'],
      ['server', 'abcd'],
      ['server', 'ef'],
    );
    expect(exchanges[0]?.request).toMatchObject({
      headFrames: [1, 3],
      frames: [1, 3],
      headSegments: 3,
      segmentSizes: [8, 18, 1],
      largestSegment: 18,
    });
    expect(exchanges[0]?.response).toMatchObject({
      headFrames: [4, 4],
      frames: [4, 6],
      headSegments: 1,
      headEndsWithBody: false,
      segmentSizes: [38, 4, 2],
    });
  });

  test('of HEAD has no body whatever the response says', () => {
    const { exchanges } = drive(
      ['client', 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n'],
      ['client', GET],
      ['server', ok('x')],
    );
    expect(exchanges.map((e) => [e.request?.method, e.response?.framing, e.response?.bodyBytes])).toEqual([
      ['HEAD', 'none', 0],
      ['GET', 'content-length', 1],
    ]);
  });

  test.each(['204 No Content', '304 Not Modified'])('with %s has no body, and the next one is read', (status) => {
    const { exchanges } = drive(
      ['client', GET],
      ['server', `HTTP/1.1 ${status}\r\nContent-Length: 9\r\n\r\n`],
      ['client', GET],
      ['server', ok('x')],
    );
    expect(exchanges.map((e) => e.response?.bodyBytes)).toEqual([0, 1]);
  });

  test('of HEAD with a body all the same: it is passed over, however it is cut into segments, and the next response is found', () => {
    const requests = `HEAD / HTTP/1.1\r\nHost: a\r\n\r\n${get('/b')}`;
    const head = ok('<p>HTTP/1.1 is not it</p>');
    const bytes = head + ok('next');
    for (let cut = 1; cut < bytes.length; cut++) {
      const { exchanges } = drive(['client', requests], ['server', bytes.slice(0, cut)], ['server', bytes.slice(cut)]);
      const shown = exchanges.map(({ request, response }) => [request?.method, response?.status, response?.bodyBytes]);
      expect([cut, ...shown]).toEqual([cut, ['HEAD', 200, 0], ['GET', 200, 4]]);
    }
  });

  test('keeps its interim responses', () => {
    const { exchanges, beforeEnd } = drive(
      ['client', 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n'],
      ['server', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'],
      ['client', 'ab'],
      ['server', ok('x')],
    );
    expect(beforeEnd).toBe(1);
    expect(exchanges[0]?.interim.map((m) => m.status)).toEqual([100, 103]);
    expect(exchanges[0]?.response?.status).toBe(200);
    expect(exchanges[0]?.request).toMatchObject({ bodyBytes: 2, frames: [1, 3] });
  });

  test('with a chunked response ends at the last chunk, after its trailers', () => {
    const { exchanges } = drive(
      ['client', GET],
      ['server', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n'],
      ['client', GET],
      ['server', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    );
    expect(exchanges[0]?.response).toMatchObject({
      framing: 'chunked',
      bodyBytes: 15,
      bodyWireBytes: 44,
      trailers: [['X-Sum', '1']],
      complete: true,
    });
    expect(exchanges[1]?.response).toMatchObject({ bodyBytes: 0, bodyWireBytes: 5, complete: true, problems: [] });
  });

  test('with a body until close is complete at the FIN', () => {
    const { exchanges, beforeEnd } = drive(['client', GET], ['server', 'HTTP/1.0 200 OK\r\n\r\nabc'], ['server', 'def'], ['fin', 'server']);
    expect(beforeEnd).toBe(1);
    expect(exchanges[0]?.response).toMatchObject({ framing: 'close', bodyBytes: 6, complete: true, frames: [2, 3] });
  });

  test('whose request was not seen answered HEAD where another response begins in the place of its body', () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n';
    const shown = (...steps: Parameters<typeof drive>) =>
      drive(...steps).exchanges.map(({ request, response }) => [request?.target, response?.framing, response?.bodyBytes]);
    expect(shown(['server', head], ['client', GET], ['server', ok('hello')])).toEqual([
      [undefined, 'none', 0],
      ['/', 'content-length', 5],
    ]);
    // It has begun, or it was asked for: what it holds may look like anything.
    expect(shown(['server', `${head}a`], ['server', ok('').padEnd(39)])).toEqual([[undefined, 'content-length', 40]]);
    expect(shown(['client', GET], ['server', head], ['server', ok('').padEnd(40)])).toEqual([['/', 'content-length', 40]]);
  });

  test('is paired by order when requests are pipelined', () => {
    const { exchanges } = drive(['client', get('/1') + get('/2') + get('/3')], ['server', ok('a') + ok('bb')], ['server', ok('ccc')]);
    expect(exchanges.map((e) => [e.index, e.request?.target, e.response?.bodyBytes])).toEqual([
      [0, '/1', 1],
      [1, '/2', 2],
      [2, '/3', 3],
    ]);
  });
});

describe('a header of the PROXY protocol', () => {
  const LINE = 'PROXY TCP4 203.0.113.9 10.0.0.2 51234 80\r\n';
  const header = { version: 1, length: LINE.length, source: { address: '203.0.113.9', port: 51_234 } };

  test.each([1, 6, 20, LINE.length - 1])('may be cut into segments, here after %i bytes', (at) => {
    const { exchanges, connection } = drive(['client', LINE.slice(0, at)], ['client', LINE.slice(at) + GET], ['server', ok('hello')]);
    expect(connection).toMatchObject({ proxyHeader: header, exchangeCount: 1 });
    expect(exchanges[0]?.request).toMatchObject({ target: '/', offset: LINE.length, frames: [2, 2], problems: [] });
  });

  test('may come a byte at a time, and the request after it', () => {
    const steps = [...LINE].map((byte) => ['client', byte] as const);
    const { exchanges, connection } = drive(...steps, ['client', GET], ['server', ok('hello')]);
    expect(connection).toMatchObject({ proxyHeader: header });
    expect(exchanges[0]?.request).toMatchObject({ target: '/', frames: [LINE.length + 1, LINE.length + 1] });
  });

  test.each([['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}'], ['PROXY / HTTP/1.1\r\nHost: a\r\n\r\n']])(
    'is not seen in a request that begins as one does: %j',
    (request) => {
      const { exchanges, connection } = drive(['client', request.slice(0, 1)], ['client', request.slice(1)], ['server', ok('hello')]);
      expect(connection).not.toHaveProperty('proxyHeader');
      expect(exchanges[0]).toMatchObject({ request: { frames: [1, 2], offset: 0, problems: [] }, response: { status: 200 } });
    },
  );

  test('may come before another protocol, in its segment or in one of its own', () => {
    const hello = '\x16\x03\x01\x00\xc8\x01\x00\x00\xc4';
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    for (const [first, protocol] of [
      [hello, 'tls'],
      [preface, 'http/2'],
    ] as const) {
      expect(drive(['client', LINE + first]).connection).toMatchObject({ proxyHeader: header, protocol, protocolFrame: 1 });
      expect(drive(['client', LINE], ['client', first]).connection).toMatchObject({ proxyHeader: header, protocol, protocolFrame: 2 });
    }
  });

  test('that never becomes whole is read as what it is', () => {
    expect(drive(['client', 'P'], ['gap', 'client', 4], ['client', GET]).exchanges.at(-1)?.request?.target).toBe('/');
    expect(drive(['client', 'PROXY TCP4'], ['fin', 'client']).exchanges).toHaveLength(0);
    expect(drive(['client', 'P'], ['server', ok('hello')]).exchanges).toHaveLength(1);
  });
});

test('a body that was held back, and that a final response made needless, is not cut off where the client closes', () => {
  const post = 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';
  const refused = 'HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
  const kinds = (...steps: Parameters<typeof drive>) => drive(...steps).exchanges[0]?.request?.problems.map(({ kind }) => kind);
  expect(kinds(['client', post], ['server', refused], ['fin', 'client'])).toEqual(['body-not-sent']);
  expect(kinds(['client', post], ['fin', 'client'])).toEqual(['truncated']);
  expect(kinds(['client', `${post}ab`], ['server', refused], ['fin', 'client'])).toEqual(['truncated']);
});
