import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cacheControl,
  connectionOptions,
  contentRange,
  deltaSeconds,
  entityTag,
  entityTagKind,
  field,
  fieldValues,
  httpDate,
  keepAlive,
  listElements,
  mediaType,
} from '../../harness/http/fields.ts';

const message = {
  headers: [
    ['Host', 'a'],
    ['accept', 'x'],
    ['Accept', 'y, z'],
    ['Connection', 'Keep-Alive, Upgrade'],
  ] as const,
} as unknown as Parameters<typeof field>[0];

describe('field look-up', () => {
  test('regards no case and joins several lines', () => {
    expect(field(message, 'ACCEPT')).toBe('x, y, z');
    expect(fieldValues(message, 'accept')).toEqual(['x', 'y, z']);
    expect(field(message, 'Cookie')).toBeNull();
    expect(fieldValues(message, 'Cookie')).toEqual([]);
  });
  test('gives connection options in lower case', () => expect(connectionOptions(message)).toEqual(['keep-alive', 'upgrade']));
});

describe('lists (RFC 9110 §5.6.1)', () => {
  test.each([
    ['foo ,bar,charlie', ['foo', 'bar', 'charlie']],
    [', ,a,,\tb ,', ['a', 'b']],
    ['"a,b", W/"c\\",d", e', ['"a,b"', 'W/"c\\",d"', 'e']],
    ['', []],
    [null, []],
    ['"never closed, a', ['"never closed, a']],
  ])('%j', (value, elements) => expect(listElements(value)).toEqual(elements));
});

describe('Cache-Control', () => {
  test('directives with and without arguments, quoted or not', () => {
    expect([...cacheControl('Public, max-age=60, no-cache="Set-Cookie, X" ,max-age=9')]).toEqual([
      ['public', null],
      ['max-age', '60'],
      ['no-cache', 'Set-Cookie, X'],
    ]);
  });
  test('a missing field has none', () => expect(cacheControl(null).size).toBe(0));
  test('delta-seconds', () => {
    expect(deltaSeconds('60')).toBe(60);
    expect(deltaSeconds('99999999999999')).toBe(2 ** 31);
    expect(deltaSeconds('-1')).toBeNull();
    expect(deltaSeconds('6x')).toBeNull();
    expect(deltaSeconds(undefined)).toBeNull();
  });
});

describe('Content-Range', () => {
  test.each([
    ['bytes 0-9/100', { unit: 'bytes', first: 0, last: 9, length: 100 }],
    ['bytes 0-9/*', { unit: 'bytes', first: 0, last: 9, length: null }],
    ['bytes */100', { unit: 'bytes', first: null, last: null, length: 100 }],
    ['bytes 9-0/100', null],
    ['bytes 0-100/100', null],
    ['bytes=0-9/100', null],
    ['bytes 0-9', null],
    [null, null],
  ])('%j', (value, range) => expect(contentRange(value)).toEqual(range));
});

describe('ETag', () => {
  test.each([
    ['"abc"', 'strong'],
    ['W/"abc"', 'weak'],
    ['""', 'strong'],
    ['w/"abc"', 'none'],
    ['abc', 'none'],
    ['"a"b"', 'none'],
    [null, 'none'],
  ] as const)('%j is %s', (value, kind) => expect(entityTagKind(value)).toBe(kind));
  test('gives what stands between the quotes', () => expect(entityTag('W/"x:0"')).toEqual({ weak: true, opaque: 'x:0' }));
});

describe('HTTP-date', () => {
  const wanted = Date.UTC(1994, 10, 6, 8, 49, 37);
  test.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])('%s', (value) => {
    expect(httpDate(value)).toBe(wanted);
    expect(httpDate(value, Date.UTC(2026, 0, 1))).toBe(wanted);
  });
  test('a two-digit year is of the past where it would be more than 50 years ahead', () => {
    const now = Date.UTC(2026, 5, 1);
    expect(httpDate('Sunday, 06-Nov-75 08:49:37 GMT', now)).toBe(Date.UTC(2075, 10, 6, 8, 49, 37));
    expect(httpDate('Sunday, 06-Nov-77 08:49:37 GMT', now)).toBe(Date.UTC(1977, 10, 6, 8, 49, 37));
  });
  test.each([
    '0',
    '-1',
    '',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 nov 1994 08:49:37 GMT',
    null,
  ])('%j is none', (value) => expect(httpDate(value)).toBeNull());
  test('reads what Date writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253402300799 }), (seconds) => {
        expect(httpDate(new Date(seconds * 1000).toUTCString())).toBe(seconds * 1000);
      }),
    );
  });
});

describe('Keep-Alive', () => {
  test.each([
    ['timeout=5', { timeout: 5, max: null }],
    ['timeout=5, max=100', { timeout: 5, max: 100 }],
    ['Timeout = "15" , MAX=1', { timeout: 15, max: 1 }],
    ['timeout=x', { timeout: null, max: null }],
    [null, { timeout: null, max: null }],
  ])('%j', (value, wanted) => expect(keepAlive(value)).toEqual(wanted));
});

describe('media types', () => {
  test('with parameters', () => {
    const type = mediaType('Multipart/ByteRanges; boundary="a;b"; Charset=x');
    expect(type?.type).toBe('multipart/byteranges');
    expect([...(type?.parameters ?? [])]).toEqual([
      ['boundary', 'a;b'],
      ['charset', 'x'],
    ]);
  });
  test.each(['', 'text', 'text/', null])('%j is none', (value) => expect(mediaType(value)).toBeNull());
});

test('no value makes a helper throw', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const value = Buffer.from(bytes).toString('latin1');
      for (const read of [listElements, cacheControl, contentRange, entityTagKind, httpDate, keepAlive, mediaType]) read(value);
    }),
  );
});
