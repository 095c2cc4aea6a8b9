import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { MAX_PROBLEMS } from '../../harness/http/limits.ts';
import { FRAMES_KEPT, type Message } from '../../harness/model.ts';
import { cuts, exchangeSample, type Sample, segments, steps } from './arbitrary-http.ts';
import { drive, type Step } from './stream-driver.ts';

// The runs are many and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** What a sample says of a message. */
const wanted = (sample: Sample) => ({
  startLine: sample.startLine,
  headers: sample.headers,
  trailers: sample.trailers,
  framing: sample.framing,
  headBytes: sample.raw.length - sample.wire.length,
  bodyBytes: sample.body.length,
  bodyWireBytes: sample.wire.length,
  complete: true,
  problems: [],
});

/** What does not depend on how the bytes were cut into segments. */
const regardlessOfSegments = (message: Message | null) =>
  message && {
    startLine: message.startLine,
    headers: message.headers,
    trailers: message.trailers,
    framing: message.framing,
    offset: message.offset,
    headBytes: message.headBytes,
    bodyBytes: message.bodyBytes,
    bodyWireBytes: message.bodyWireBytes,
    complete: message.complete,
    problems: message.problems.map(({ kind, detail }) => `${kind}: ${detail}`),
  };

describe('generated conversations', () => {
  test('are read back as they were written, however they are cut into segments', () => {
    fc.assert(
      fc.property(fc.array(exchangeSample, { minLength: 1, maxLength: 4 }), cuts, cuts, (samples, clientCuts, serverCuts) => {
        const client = samples.map(({ request }) => request.raw).join('');
        const server = samples.map(({ interim, response }) => interim.map(({ raw }) => raw).join('') + response.raw).join('');
        const { exchanges, beforeEnd } = drive(...steps(segments(client, clientCuts), segments(server, serverCuts)));
        expect(beforeEnd).toBe(samples.length);
        expect(exchanges).toHaveLength(samples.length);
        samples.forEach((sample, index) => {
          const exchange = exchanges[index]!;
          expect(exchange.index).toBe(index);
          expect(exchange.request).toMatchObject({
            ...wanted(sample.request),
            method: sample.request.method,
            target: sample.request.target,
          });
          expect(exchange.response).toMatchObject({ ...wanted(sample.response), status: sample.response.status });
          expect(exchange.interim).toMatchObject(sample.interim.map(wanted));
        });
      }),
      { numRuns: 150 },
    );
  });

  test('record which segments carry a message, with their sizes', () => {
    fc.assert(
      fc.property(exchangeSample, cuts, (sample, serverCuts) => {
        fc.pre(sample.interim.length === 0);
        const parts = segments(sample.response.raw, serverCuts);
        const { exchanges } = drive(...steps([sample.request.raw], parts));
        const response = exchanges[0]!.response!;
        expect(response.segmentSizes).toEqual(parts.map((part) => part.length));
        expect(response.segmentFrames).toEqual(parts.map((_, index) => index + 2));
        expect(response.frames).toEqual([2, parts.length + 1]);
        expect(response.largestSegment).toBe(Math.max(...parts.map((part) => part.length)));
        let before = 0;
        let headSegments = 0;
        while (before < response.headBytes) before += parts[headSegments++]!.length;
        expect(response.headSegments).toBe(headSegments);
        expect(response.headFrames).toEqual([2, headSegments + 1]);
        expect(response.headEndsWithBody).toBe(before > response.headBytes);
      }),
    );
  });

  test('with faults that keep the place are read alike, however they are cut', () => {
    const faulty = fc.constantFrom(
      'HTTP/1.1 200 OK\nContent-Length: 2\n\nab',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab',
      'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 200\r\nA b\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n1\na\n0\nX : y\n\n',
      '\r\n\n\rHTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\nDate: a\r\nDate: b\r\n\r\n',
    );
    const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    fc.assert(
      fc.property(fc.array(faulty, { minLength: 1, maxLength: 4 }), cuts, (texts, serverCuts) => {
        const read = (parts: string[]) =>
          drive(...steps([get.repeat(texts.length)], parts)).exchanges.map((e) => regardlessOfSegments(e.response));
        expect(read(segments(texts.join(''), serverCuts))).toEqual(read([texts.join('')]));
      }),
    );
  });

  test('give the same with every byte in a segment of its own', () => {
    fc.assert(
      fc.property(exchangeSample, (sample) => {
        const server = sample.interim.map(({ raw }) => raw).join('') + sample.response.raw;
        const { exchanges } = drive(...steps([...sample.request.raw], [...server]));
        expect(regardlessOfSegments(exchanges[0]!.request)).toMatchObject(wanted(sample.request));
        expect(regardlessOfSegments(exchanges[0]!.response)).toMatchObject(wanted(sample.response));
      }),
      { numRuns: 50 },
    );
  });
});

describe('anything at all', () => {
  const telling = fc.constantFrom(
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'HEAD / HTTP/1.1\r\n\r\n',
    'CONNECT a:1 HTTP/1.1\r\n\r\n',
    'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe',
    'HTTP/1.1 101 Switching Protocols\r\n\r\n',
    'HTTP/1.0 200 OK\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n',
    'GET /\r\n',
    'HTT',
    '\r\n',
    '0\r\n\r\n',
  );
  const payload = fc.oneof(
    telling.map((text) => Buffer.from(text, 'latin1')),
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ unit: 'grapheme-ascii', maxLength: 40 }).map((text) => Buffer.from(text, 'latin1')),
  );
  const side = fc.constantFrom('client' as const, 'server' as const);
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(side, payload) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('gap' as const), side, fc.integer({ min: 1, max: 2 ** 31 })) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('fin' as const), side) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('reset' as const), side) },
  );

  test('never throws, and what is reported is consistent', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (all) => {
        const { exchanges, connection } = drive(...all);
        expect(connection.exchanges).toEqual(exchanges);
        expect(connection.exchangeCount).toBe(exchanges.length);
        exchanges.forEach((exchange, index) => {
          expect(exchange.index).toBe(index);
          expect(exchange.request ?? exchange.response ?? exchange.interim[0]).toBeDefined();
          for (const message of [exchange.request, exchange.response, ...exchange.interim]) {
            if (message === null) continue;
            expect(message.frames[0]).toBeLessThanOrEqual(message.headFrames[0]);
            expect(message.headFrames[1]).toBeLessThanOrEqual(message.frames[1]);
            expect(message.headSegments).toBeGreaterThan(0);
            expect(message.headBytes).toBeGreaterThan(0);
            expect(message.bodyBytes).toBeLessThanOrEqual(message.bodyWireBytes);
            expect(message.endNs).toBeGreaterThanOrEqual(message.startNs);
            expect(message.segmentSizes.length).toBe(message.segmentFrames.length);
            expect(message.segmentSizes.length).toBeLessThanOrEqual(FRAMES_KEPT);
            expect(message.largestSegment).toBe(Math.max(...message.segmentSizes));
            expect(message.problems.length).toBeLessThanOrEqual(MAX_PROBLEMS);
            for (const problem of message.problems) expect(problem.frame).toBeGreaterThan(0);
            if (!message.complete) expect(message.problems.length).toBeGreaterThan(0);
          }
        });
      }),
      { numRuns: 600 },
    );
  });
});
