import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Compared, diffKind, diffValues, equalValues } from '../../harness/compare/diff.ts';
import type { ObservedValue, ValueJson } from '../../harness/model.ts';
import { timeTolerance } from '../../harness/observe/observation.ts';

const of = (value: ValueJson, windowS?: number): ObservedValue => ({
  value,
  frames: [1],
  ...(windowS === undefined ? {} : { windowS }),
});

const seconds: Compared = { id: 'idle.used-s', unit: 's', tolerance: timeTolerance('s') };
const millis: Compared = { id: 'close.idle-ms', unit: 'ms', tolerance: timeTolerance('ms') };
const exact: Compared = { id: 'cache.etag', unit: null, tolerance: { kind: 'exact' } };

describe('equalValues', () => {
  it.each([
    ['the same text', of('weak'), of('weak'), exact, true],
    ['another text', of('weak'), of('strong'), exact, false],
    ['text that is spaced otherwise', of('public,  max-age=0 '), of('public, max-age=0'), exact, true],
    ['a number and the same number as text', of(1), of('1'), exact, false],
    ['true and false', of(true), of(false), exact, false],
    ['times within 15 %', of(6.0), of(6.8), seconds, true],
    ['times beyond 15 %', of(6.0), of(7.2), seconds, false],
    ['short times within 50 ms', of(3), of(52), millis, true],
    ['short times exactly 50 ms apart', of(3), of(53), millis, true],
    ['short times beyond 50 ms', of(3), of(54), millis, false],
    ['open after 8 s and closed at 8 s', of(null, 8), of(8), seconds, true],
    ['open after 8 s and closed just before', of(null, 8), of(7.99), seconds, false],
    ['no header and no header', of(null), of(null), seconds, true],
    ['no header and a number', of(null), of(5), seconds, false],
    ['open in two windows', of(null, 8), of(null, 95), seconds, true],
    ['open after 8 s and closed at 5 s', of(null, 8), of(5), seconds, false],
    ['open after 8 s and closed at 72 s', of(null, 8), of(72), seconds, true],
    ['open after 8 s and closed at 5 s, in ms', of(null, 8), of(5_000), millis, false],
    ['open after 8 s and closed at 72 s, in ms', of(72_000), of(null, 8), millis, true],
  ] as [string, ObservedValue, ObservedValue, Compared, boolean][])('%s', (_name, left, right, observation, expected) => {
    expect(equalValues(left, right, observation)).toBe(expected);
  });

  it('is symmetric, and equal to itself', () => {
    const value = fc.oneof(fc.constant(null), fc.boolean(), fc.string(), fc.double({ min: 0, max: 1e6, noNaN: true }));
    const observed = fc.tuple(value, fc.option(fc.nat(200), { nil: undefined })).map(([one, windowS]) => of(one, windowS));
    fc.assert(
      fc.property(observed, observed, fc.constantFrom(seconds, millis, exact), (a, b, observation) => {
        expect(equalValues(a, b, observation)).toBe(equalValues(b, a, observation));
        expect(equalValues(a, a, observation)).toBe(true);
      }),
    );
  });
});

describe('diffKind and diffValues', () => {
  it('tells what only one side has', () => {
    expect(diffKind(of(1), null, exact)).toBe('only-left');
    expect(diffKind(null, of(1), exact)).toBe('only-right');
    expect(diffKind(of(1), of(2), exact)).toBe('differs');
    expect(diffKind(null, null, exact)).toBe('equal');
  });

  it('keeps the order of the observations and leaves out what neither has', () => {
    const left = { 'cache.etag': of('weak'), 'idle.used-s': of(5) };
    const right = { 'idle.used-s': of(5.1) };
    expect(diffValues(left, right, [seconds, millis, exact]).map(({ observation, kind }) => [observation, kind])).toEqual([
      ['idle.used-s', 'equal'],
      ['cache.etag', 'only-left'],
    ]);
  });
});
