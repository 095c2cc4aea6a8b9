import { describe, expect, it } from 'vitest';
import { majorityOf, votersOf } from '../../harness/compare/majority.ts';

const same = (a: string, b: string): boolean => a === b;
/** Numbers that are 1 apart agree, as values within a tolerance do. */
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1;

describe('the majority', () => {
  it('is two rows at least', () => {
    expect(majorityOf(['a', 'b', 'c'], same)).toBeNull();
    expect(majorityOf(['a', 'b', 'a'], same)).toEqual({ row: 'a', agreeing: 2, voting: 3 });
    expect(majorityOf(['a'], same)).toBeNull();
    expect(majorityOf([], same)).toBeNull();
  });

  it('is none where two values are equally frequent', () => {
    expect(majorityOf(['a', 'b', 'a', 'b'], same)).toBeNull();
    expect(majorityOf(['a', 'b', 'a', 'b', 'b'], same)).toEqual({ row: 'b', agreeing: 3, voting: 5 });
  });

  it('is the row that agrees with most, where agreeing is not transitive', () => {
    expect(majorityOf([1, 2, 3, 9], near)).toEqual({ row: 2, agreeing: 3, voting: 4 });
  });
});

describe('a vote', () => {
  const real = { provenance: 'real', variantOf: null } as const;
  const model = { provenance: 'model', variantOf: null } as const;
  const variant = { provenance: 'real', variantOf: 'express' } as const;

  it('is for real servers in their default settings', () => {
    expect(votersOf([real, model, variant, real], (row) => row)).toEqual([real, real]);
  });

  it('is for all, where fewer than two of those are there', () => {
    expect(votersOf([real, model, variant], (row) => row)).toEqual([real, model, variant]);
    expect(votersOf([model, model], (row) => row)).toEqual([model, model]);
  });

  it('is not for a row whose server is unknown', () => {
    expect(votersOf([real, real, model], (row) => (row === model ? undefined : row))).toEqual([real, real]);
  });
});
