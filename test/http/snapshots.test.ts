import { describe, expect, test } from 'vitest';
import { createHttpStream, type HttpStream } from '../../harness/http/http-stream.ts';
import type { MessageSnapshot } from '../../harness/http/snapshots.ts';
import type { Connection, Exchange, Side } from '../../harness/model.ts';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
const head = (length: number): string => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`;

/** A stream, what it reports, and a way to feed it; each call is the next frame, a millisecond later. */
function stream(): { http: HttpStream; reported: [string, boolean][]; feed: (side: Side, text: string) => void } {
  const reported: [string, boolean][] = [];
  const http = createHttpStream((exchange, isReported) => reported.push([exchange.request!.target, isReported]));
  let frame = 0;
  const feed = (side: Side, text: string): void => {
    frame++;
    const bytes = bytesOf(text);
    http.data(side, bytes, 0, bytes.length, frame, frame * 1e6, 0);
  };
  return { http, reported, feed };
}

function message(text: string, offset: number, frame: number): MessageSnapshot {
  const headBytes = text.indexOf('\r\n\r\n') + 4;
  const bodyBytes = text.length - headBytes;
  const body = { sizes: [text.length], frames: [frame], segments: 1, largest: text.length, lastFrame: frame, endNs: frame * 1e6 };
  const counts = { bodyBytes, bodyWireBytes: bodyBytes, remaining: 0, chunk: null, whole: true };
  return { bytes: bytesOf(text), start: 0, headBytes, offset, frame, timeNs: frame * 1e6, body: { ...body, ...counts } };
}

function exchangesOf(http: HttpStream): Exchange[] {
  const connection = { stream: 0, lastFrame: 9, exchanges: [], exchangeCount: 0 } as unknown as Connection;
  http.end(connection);
  return connection.exchanges;
}

describe('a snapshot', () => {
  test('is there between two exchanges and in a body, not elsewhere', () => {
    const { http, feed } = stream();
    expect(http.snapshot()).toEqual({ offsets: [0, 0], exchanges: 0, body: null });
    feed('client', get('/1'));
    expect(http.snapshot()).toBeNull();
    feed('server', head(5));
    expect(http.snapshot()?.body?.remaining).toBe(5);
    feed('server', 'he');
    expect(http.snapshot()?.body).toMatchObject({ remaining: 3, bodyBytes: 2, segments: 2, whole: false });
    feed('server', 'llo');
    expect(http.snapshot()).toEqual({ offsets: [get('/1').length, head(5).length + 5], exchanges: 1, body: null });
  });

  test('of a body lets the stream go on where the body has come to', () => {
    const [whole, resumed] = [stream(), stream()];
    for (const { feed } of [whole, resumed]) {
      feed('client', get('/1'));
      feed('server', `${head(8)}ab`);
    }
    const before = resumed.http.snapshot()!.body!;
    whole.feed('server', 'cdef');
    resumed.http.resumeBody({
      ...before,
      sizes: [...before.sizes, 4],
      frames: [...before.frames, 3],
      segments: 2,
      lastFrame: 3,
      endNs: 3e6,
      bodyBytes: 6,
      bodyWireBytes: 6,
      remaining: 2,
    });
    for (const { http } of [whole, resumed]) http.data('server', bytesOf('gh'), 0, 2, 4, 4e6, 0);
    expect(resumed.reported).toEqual([['/1', false]]);
    expect(exchangesOf(resumed.http)).toEqual(exchangesOf(whole.http));
  });

  test.each([true, false])('of a whole exchange gives the same exchange (reported before: %s)', (isReported) => {
    const [whole, resumed] = [stream(), stream()];
    for (const { feed } of [whole, resumed]) {
      feed('client', get('/1'));
      feed('server', `${head(1)}a`);
    }
    whole.feed('client', get('/2'));
    whole.feed('server', `${head(2)}bc`);
    const { offsets } = resumed.http.snapshot()!;
    resumed.http.resume(message(get('/2'), offsets[0], 3), message(`${head(2)}bc`, offsets[1], 4), isReported);
    expect(resumed.reported).toEqual([
      ['/1', false],
      ['/2', isReported],
    ]);
    expect(resumed.http.snapshot()).toEqual(whole.http.snapshot());
    expect(exchangesOf(resumed.http)).toEqual(exchangesOf(whole.http));
  });

  test('may lie after exchanges that are only counted', () => {
    const { http, feed } = stream();
    http.skip(3, [100, 200]);
    expect(http.snapshot()).toEqual({ offsets: [100, 200], exchanges: 3, body: null });
    feed('client', get('/4'));
    feed('server', head(0));
    expect(exchangesOf(http).map(({ index, request }) => [index, request?.offset])).toEqual([[3, 100]]);
  });
});
