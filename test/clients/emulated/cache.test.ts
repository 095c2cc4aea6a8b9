import { expect, test } from 'vitest';
import { HttpCache, validatorsOf } from '../../../clients/emulated/cache.ts';
import { policy } from '../../../clients/profile.ts';

const URL_ = 'http://here/';
const HOUR_S = 3600;
const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toUTCString();

const cacheWith = (capS: number | null = null): HttpCache => new HttpCache({ heuristic: policy({ fraction: 0.1, capS }, 'test') });

interface Case {
  title: string;
  status?: number;
  headers: Record<string, string>;
  expected: 'fresh' | 'stale' | 'not stored';
  capS?: number;
}

/** RFC 9111 for a private cache; what browsers do where it leaves a choice. */
const cases: Case[] = [
  { title: 'max-age in the future', headers: { 'Cache-Control': 'max-age=60' }, expected: 'fresh' },
  { title: 'max-age=0', headers: { 'Cache-Control': 'public, max-age=0', 'Last-Modified': ago(1000 * HOUR_S) }, expected: 'stale' },
  { title: 'max-age used up by Age', headers: { 'Cache-Control': 'max-age=60', Age: '61' }, expected: 'stale' },
  { title: 'max-age before Expires', headers: { 'Cache-Control': 'max-age=60', Expires: ago(HOUR_S) }, expected: 'fresh' },
  { title: 'Expires in the future', headers: { Expires: ago(-HOUR_S) }, expected: 'fresh' },
  { title: 'Expires: 0', headers: { Expires: '0', 'Last-Modified': ago(1000 * HOUR_S) }, expected: 'stale' },
  { title: 's-maxage is for shared caches', headers: { 'Cache-Control': 's-maxage=60' }, expected: 'stale' },
  { title: 'private', headers: { 'Cache-Control': 'private, max-age=60' }, expected: 'fresh' },
  { title: 'no-store', headers: { 'Cache-Control': 'no-store, max-age=60' }, expected: 'not stored' },
  { title: 'no-cache', headers: { 'Cache-Control': 'no-cache, max-age=60' }, expected: 'stale' },
  { title: 'must-revalidate while fresh', headers: { 'Cache-Control': 'max-age=60, must-revalidate' }, expected: 'fresh' },
  {
    title: 'must-revalidate allows no heuristic',
    headers: { 'Cache-Control': 'must-revalidate', 'Last-Modified': ago(1000 * HOUR_S) },
    expected: 'stale',
  },
  { title: 'a tenth of the time since Last-Modified', headers: { 'Last-Modified': ago(1000 * HOUR_S) }, expected: 'fresh' },
  { title: 'heuristic used up', headers: { 'Last-Modified': ago(100), Date: ago(50), Age: '50' }, expected: 'stale' },
  { title: 'heuristic up to a limit', headers: { 'Last-Modified': ago(1000 * HOUR_S), Age: '3600' }, expected: 'stale', capS: 1800 },
  { title: 'no validator and no lifetime', headers: {}, expected: 'stale' },
  {
    title: 'a part of the whole',
    status: 206,
    headers: { 'Last-Modified': ago(1000 * HOUR_S), 'Content-Range': 'bytes 0-1/2' },
    expected: 'fresh',
  },
  { title: 'an error without a lifetime', status: 500, headers: {}, expected: 'not stored' },
];

test.each(cases)('$title: $expected', ({ status = 200, headers, expected, capS }) => {
  const cache = cacheWith(capS);
  const rawHeaders = Object.entries({ Date: ago(0), ...headers }).flat();
  const entry = cache.store(URL_, {}, { status, rawHeaders, body: Buffer.from('x') });
  expect(entry ? (cache.isFresh(entry) ? 'fresh' : 'stale') : 'not stored').toBe(expected);
});

test('a response is fresh until its lifetime is over, and stale from then on', () => {
  const fresh = (age: number) => {
    const cache = cacheWith();
    const rawHeaders = ['Cache-Control', 'max-age=3600', 'Age', String(age)];
    return cache.isFresh(cache.store(URL_, {}, { status: 200, rawHeaders, body: Buffer.alloc(0) })!);
  };
  // A second to spare for a slow machine.
  expect(fresh(HOUR_S - 2)).toBe(true);
  expect(fresh(HOUR_S)).toBe(false);
});

test('Vary: another value of the named field is another response', () => {
  const cache = cacheWith();
  cache.store(URL_, { 'accept-encoding': 'gzip' }, { status: 200, rawHeaders: ['Vary', 'Accept-Encoding'], body: Buffer.alloc(0) });
  expect(cache.lookup(URL_, { 'accept-encoding': 'gzip' })).toBeDefined();
  expect(cache.lookup(URL_, { 'accept-encoding': 'br' })).toBeUndefined();
  cache.store(URL_, {}, { status: 200, rawHeaders: ['Vary', '*'], body: Buffer.alloc(0) });
  expect(cache.lookup(URL_, {})).toBeUndefined();
});

test('a 304 renews the lifetime and the validators, and leaves the content as it was', () => {
  const cache = cacheWith();
  const stored = cache.store(
    URL_,
    {},
    { status: 200, rawHeaders: ['ETag', '"1"', 'Content-Type', 'text/css', 'Cache-Control', 'max-age=0'], body: Buffer.from('x') },
  )!;
  const next = cache.freshen(URL_, {}, stored, [
    'ETag',
    '"2"',
    'Cache-Control',
    'max-age=60',
    'Content-Type',
    'text/plain',
    'Content-Length',
    '0',
  ]);
  expect(cache.isFresh(next)).toBe(true);
  expect(validatorsOf(next)).toEqual({ etag: '"2"' });
  expect(next.fields['content-type']).toBe('text/css');
  expect(cache.lookup(URL_, {})?.body.toString()).toBe('x');
});

test('no-store takes away what was stored before', () => {
  const cache = cacheWith();
  cache.store(URL_, {}, { status: 200, rawHeaders: ['ETag', '"1"'], body: Buffer.alloc(0) });
  cache.store(URL_, {}, { status: 200, rawHeaders: ['Cache-Control', 'no-store'], body: Buffer.alloc(0) });
  expect(cache.has(URL_)).toBe(false);
});
