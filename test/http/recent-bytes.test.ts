import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentBytes } from '../../harness/http/recent-bytes.ts';
import { drive } from './stream-driver.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('bytes that were read before', () => {
  it('finds what the bytes begin with, wherever they lie', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(9), fc.uint8Array({ maxLength: 9 }), (known, before, after) => {
        const recent = new RecentBytes<string>();
        recent.keep(known, 0, known.length, 'known');
        const bytes = new Uint8Array([...new Uint8Array(before), ...known, ...after]);
        expect(recent.find(bytes, before, bytes.length)).toMatchObject({ length: known.length, value: 'known' });
        expect(recent.find(bytes, before, before + known.length - 1)).toBeNull();
      }),
    );
  });

  it('finds nothing where one bit differs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), fc.nat(7), (known, place, bit) => {
        const recent = new RecentBytes<null>();
        recent.keep(known, 0, known.length, null);
        const bytes = known.slice();
        bytes[place % bytes.length]! ^= 1 << bit;
        expect(recent.find(bytes, 0, bytes.length)).toBeNull();
      }),
    );
  });

  it('keeps its own copy, and forgets what was not found for longest', () => {
    const recent = new RecentBytes<number>();
    const bytes = bytesOf('first');
    recent.keep(bytes, 0, bytes.length, 0);
    bytes.fill(0);
    expect(recent.find(bytesOf('first'), 0, 5)?.value).toBe(0);
    for (let count = 1; count <= 100; count++) {
      const text = bytesOf(`number ${count};`);
      recent.keep(text, 0, text.length, count);
    }
    expect(recent.find(bytesOf('first'), 0, 5)).toBeNull();
    expect(recent.find(bytesOf('number 100;'), 0, 11)?.value).toBe(100);
  });
});

describe('heads like those before them', () => {
  const fields = 'Host: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n';
  const kindsOf = (problems: readonly { kind: string }[]): string[] => problems.map(({ kind }) => kind);

  it('have problems of their own', () => {
    const { exchanges } = drive(
      ['client', `POST /a HTTP/1.1\r\n${fields}ok`],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
      ['client', `POST /b HTTP/1.1\r\n${fields}ok`],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
      ['client', 'GET  HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['server', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'],
      ['client', 'GET /c HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    );
    expect(exchanges.map(({ request }) => kindsOf(request?.problems ?? []))).toEqual([
      ['duplicate-content-length'],
      ['duplicate-content-length'],
      ['invalid-start-line'],
      [],
    ]);
    expect(exchanges.map(({ request }) => request?.bodyBytes)).toEqual([2, 2, 0, 0]);
  });

  it('are framed by their own request and status', () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n';
    const { exchanges } = drive(
      ['client', 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['server', answer],
      ['client', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['server', `${answer}abc`],
      ['client', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['server', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n'],
    );
    expect(exchanges.map(({ response }) => [response?.status, response?.framing, response?.bodyBytes])).toEqual([
      [200, 'none', 0],
      [200, 'content-length', 3],
      [304, 'none', 0],
    ]);
  });
});
