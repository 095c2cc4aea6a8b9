import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { announcesClose, createResponseReader, HEAD_LIMIT, type ResponseHead } from '../../../clients/probe/response-reader.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

/** All responses that are complete after these bytes, and after the close where `ended`. */
function read(methods: string[], chunks: Uint8Array[], ended = false): ResponseHead[] {
  const reader = createResponseReader([...methods]);
  for (const chunk of chunks) reader.push(chunk);
  if (ended) reader.end();
  const heads: ResponseHead[] = [];
  for (let head = reader.take(); head; head = reader.take()) heads.push(head);
  return heads;
}

const statuses = (heads: ResponseHead[]) => heads.map((head) => head.status);

describe('the reader of responses', () => {
  it('ends a body by Content-Length', () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
    expect(statuses(read(['GET'], [bytes(text.slice(0, -1))]))).toEqual([]);
    expect(statuses(read(['GET'], [bytes(text)]))).toEqual([200]);
  });

  it('reads a head up to its limit and no further', () => {
    const headOf = (length: number) => {
      const [start, end] = ['HTTP/1.1 204 No Content\r\nX: ', '\r\n\r\n'];
      return bytes(`${start}${'x'.repeat(length - start.length - end.length)}${end}`);
    };
    expect(HEAD_LIMIT).toBe(256 * 1024);
    expect(statuses(read(['GET'], [headOf(HEAD_LIMIT)]))).toEqual([204]);
    expect(statuses(read(['GET'], [headOf(HEAD_LIMIT + 1)]))).toEqual([]);
  });

  it('ends a chunked body after its trailers', () => {
    const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nTrailer: t\r\n\r\n';
    expect(statuses(read(['GET'], [bytes(text.slice(0, -2))]))).toEqual([]);
    expect(statuses(read(['GET'], [bytes(text)]))).toEqual([200]);
  });

  it('ends a body without a length by the close alone', () => {
    const text = 'HTTP/1.0 200 OK\r\n\r\nhello';
    expect(statuses(read(['GET'], [bytes(text)]))).toEqual([]);
    expect(statuses(read(['GET'], [bytes(text)], true))).toEqual([200]);
  });

  it.each([
    ['HEAD', 200],
    ['GET', 304],
    ['GET', 204],
  ])('expects no body after %s %d, whatever Content-Length says', (method, status) => {
    const text = `HTTP/1.1 ${status} X\r\nContent-Length: 5\r\n\r\nHTTP/1.1 404 Y\r\nContent-Length: 0\r\n\r\n`;
    expect(statuses(read([method, 'GET'], [bytes(text)]))).toEqual([status, 404]);
  });

  it('counts the responses that have begun, and the final ones among them', () => {
    const reader = createResponseReader(['POST']);
    reader.push(bytes('HTTP/1.1 100 Continue\r\n\r\n'));
    expect([reader.begun, reader.answered]).toEqual([1, 0]);
    reader.push(bytes('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'));
    expect([reader.begun, reader.answered]).toEqual([2, 1]);
    expect(reader.take()).toBeNull();
  });

  it('passes over interim responses', () => {
    expect(
      statuses(read(['GET'], [bytes('HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')])),
    ).toEqual([200]);
  });

  it('keeps names in lower case and joins repeated fields', () => {
    const [head] = read(['GET'], [bytes('HTTP/1.1 200 OK\r\nVary: A\r\nVARY: B\r\nContent-Length: 0\r\n\r\n')]);
    expect(head?.headers.get('vary')).toBe('A, B');
  });

  it('reads the same however the bytes are cut', () => {
    const text = [
      'HTTP/1.1 100 Continue\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n1\r\n\n\r\n0\r\n\r\n',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n',
      '\r\nHTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n\r\n\r\n\r\n',
      'HTTP/1.1 500 Oops\r\n\r\nuntil the close',
    ].join('');
    const methods = ['GET', 'GET', 'GET', 'GET'];
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), text.length];
        const chunks = edges.slice(1).map((end, index) => bytes(text.slice(edges[index], end)));
        expect(statuses(read(methods, chunks, true))).toEqual([200, 304, 206, 500]);
      }),
    );
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), fc.boolean(), (chunks, ended) => {
        read(['GET'], [bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), ...chunks], ended);
        read(['GET'], chunks, ended);
      }),
    );
  });
});

describe('the end of persistence', () => {
  const head = (version: string, connection?: string): ResponseHead => ({
    version,
    status: 200,
    headers: new Map(connection === undefined ? [] : [['connection', connection]]),
  });
  it.each([
    ['1.1', undefined, false],
    ['1.1', 'keep-alive', false],
    ['1.1', 'Upgrade, Close', true],
    ['1.0', undefined, true],
    ['1.0', 'Keep-Alive', false],
  ])('HTTP/%s with Connection: %s', (version, connection, announced) => {
    expect(announcesClose(head(version, connection))).toBe(announced);
  });
});
