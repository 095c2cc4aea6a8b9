/** Raw bytes that no browser would send, each on a connection of its own. */
export interface Question {
  id: string;
  /** Latin-1. */
  bytes: string;
}

const HOST = 'Host: 127.0.0.1:8080';

function request(line: string, ...fields: string[]): string {
  return [line, HOST, ...fields, '', ''].join('\r\n');
}

const get = (target: string, ...fields: string[]): string => request(`GET ${target} HTTP/1.1`, ...fields);

const post = (content: string, ...fields: string[]): string => request('POST /style.css HTTP/1.1', ...fields) + content;
const CHUNKED = 'Transfer-Encoding: chunked';

const RANGES = ['0-', '0-9', '-10', '-0', '99999999-', '0-9,20-29', '0-9,5-14', '0-9,99999999-', 'abc', '9-0', '0-9,abc', '-'];
const LAST_MODIFIED = 'Mon, 04 Mar 2024 09:00:00 GMT';

const conditions: Record<string, string[]> = {
  'since the same': [`If-Modified-Since: ${LAST_MODIFIED}`],
  'since a later date': ['If-Modified-Since: Wed, 01 Jan 2025 00:00:00 GMT'],
  'since an earlier date': ['If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT'],
  'since a date of the future': ['If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT'],
  'since no date': ['If-Modified-Since: yesterday'],
  'since, in the form of RFC 850': ['If-Modified-Since: Monday, 04-Mar-24 09:00:00 GMT'],
  'none match star': ['If-None-Match: *'],
  'none match another': ['If-None-Match: "x"'],
  'none match another, since the same': ['If-None-Match: "x"', `If-Modified-Since: ${LAST_MODIFIED}`],
  'none match star, since an earlier date': ['If-None-Match: *', 'If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT'],
  'match another': ['If-Match: "x"'],
  'unmodified since an earlier date': ['If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT'],
  'since the same, no-cache': [`If-Modified-Since: ${LAST_MODIFIED}`, 'Cache-Control: no-cache'],
};

export const questions: readonly Question[] = [
  ...['/', '/style.css', '/logo.png', '/audio.wav', '/cards.html', '/nope', '/style.css?x=1', '/%73tyle.css', '//style.css'].map(
    (path) => ({
      id: `GET ${path}`,
      bytes: get(path),
    }),
  ),
  ...['/', '/style.css', '/nope'].map((path) => ({ id: `HEAD ${path}`, bytes: request(`HEAD ${path} HTTP/1.1`) })),
  ...['FOO', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'].map((method) => ({ id: method, bytes: request(`${method} /style.css HTTP/1.1`) })),
  { id: 'POST', bytes: `${request('POST /style.css HTTP/1.1', 'Content-Length: 3')}abc` },
  ...Object.entries(conditions).map(([id, fields]) => ({ id, bytes: get('/style.css', ...fields) })),
  ...RANGES.map((range) => ({ id: `bytes=${range}`, bytes: get('/audio.wav', `Range: bytes=${range}`) })),
  { id: 'range, stale If-Range', bytes: get('/audio.wav', 'Range: bytes=0-9', 'If-Range: "stale"') },
  { id: 'range, If-Range of the same date', bytes: get('/audio.wav', 'Range: bytes=0-9', 'If-Range: Wed, 28 Feb 2024 17:05:00 GMT') },
  { id: 'the whole as a range, none match star', bytes: get('/audio.wav', 'Range: bytes=0-485143', 'If-None-Match: *') },
  { id: 'range, weak If-Range', bytes: get('/audio.wav', 'Range: bytes=0-9', 'If-Range: W/"x"') },
  { id: 'range of another unit', bytes: get('/audio.wav', 'Range: lines=0-9') },
  { id: 'gzip', bytes: get('/style.css', 'Accept-Encoding: gzip') },
  { id: 'gzip of a picture', bytes: get('/logo.png', 'Accept-Encoding: gzip') },
  { id: 'gzip, since the same', bytes: get('/style.css', 'Accept-Encoding: gzip', `If-Modified-Since: ${LAST_MODIFIED}`) },
  { id: 'keep-alive said', bytes: get('/style.css', 'Connection: keep-alive') },
  { id: 'close said', bytes: get('/style.css', 'Connection: close') },
  { id: 'HTTP/1.0', bytes: request('GET /style.css HTTP/1.0') },
  { id: 'HTTP/1.0, keep-alive', bytes: request('GET /style.css HTTP/1.0', 'Connection: keep-alive') },
  { id: 'HTTP/0.9', bytes: 'GET /style.css\r\n\r\n' },
  { id: 'HTTP/1.2', bytes: request('GET /style.css HTTP/1.2') },
  { id: 'no Host', bytes: 'GET /style.css HTTP/1.1\r\n\r\n' },
  { id: 'garbage', bytes: 'GARBAGE\r\n\r\n' },
  { id: 'bare LF', bytes: get('/style.css').replaceAll('\r\n', '\n') },
  { id: 'empty line first', bytes: `\r\n${get('/style.css')}` },
  { id: 'space before the colon', bytes: get('/style.css', 'X-A : b') },
  { id: 'folded field', bytes: get('/style.css', 'X-A: b\r\n c') },
  { id: 'a field of 9 KB', bytes: get('/style.css', `X-A: ${'a'.repeat(9_000)}`) },
  { id: 'a target of 9 KB', bytes: get(`/style.css?${'a'.repeat(9_000)}`) },
  { id: '150 fields', bytes: get('/style.css', ...Array.from({ length: 150 }, (_, i) => `X-${i}: a`)) },
  { id: 'two in a row', bytes: get('/style.css') + get('/') },
  { id: 'a page that is not there, then one that is', bytes: get('/nope') + get('/') },
  { id: 'chunks, an extension and a trailer', bytes: post('3;a=b\r\nabc\r\n0\r\nX-A: b\r\n\r\n', CHUNKED) },
  { id: 'chunks, LF as the end of an extension', bytes: post('2;\nxx\r\n0\r\n\r\n', CHUNKED) },
  { id: 'chunks, LF as a part of an extension', bytes: post('2;\nab\r\nyy\r\n0\r\n\r\n', CHUNKED) },
  { id: 'chunks, longer than their size', bytes: post('2\r\nabc\r\n0\r\n\r\n', CHUNKED) },
  { id: 'chunks, a size of 65 bits', bytes: post('10000000000000002\r\nxx\r\n0\r\n\r\n', CHUNKED) },
  { id: 'GET with chunks that are none', bytes: `${get('/style.css', CHUNKED)}x\r\n` },
  { id: 'a list of lengths', bytes: post('abc', 'Content-Length: 3, 3') },
  { id: 'a negative length', bytes: post('', 'Content-Length: -3') },
  { id: 'a length of 1 TB, and Expect', bytes: post('', 'Expect: 100-continue', 'Content-Length: 1000000000000') },
  { id: 'fields of 45 KB', bytes: get('/style.css', ...Array.from({ length: 15 }, (_, i) => `X-${i}: ${'a'.repeat(3_000)}`)) },
];
