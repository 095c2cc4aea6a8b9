import { describe, expect, it } from 'vitest';
import { factsOf } from '../../harness/claims/facts.ts';
import { isNeededBy } from '../../harness/claims/needed.ts';
import { type OwnClaim, ownClaimResults } from '../../harness/claims/own-claim.ts';
import { cell, kept } from './world.ts';

const NEED = { server: 'mine', client: 'chromium', scenario: 'first-visit' };
const ID = 'mine/chromium/first-visit';
const facts = factsOf([cell(ID, { scenario: 'first-visit', connections: [kept([{ target: '/' }])] })], new Map());
const claim: OwnClaim = {
  id: 'one-connection',
  statement: 'The page takes one connection.',
  cells: [NEED],
  judge(find) {
    const used = find(NEED)?.values['connections.used'];
    if (!used) return { verdict: 'not-observable', because: 'no such value' };
    return {
      verdict: used.value === 1 ? 'reproduced' : 'contradicted',
      because: `${used.value} connections`,
      evidence: [{ cell: ID, observation: 'connections.used', frames: used.frames }],
    };
  },
};

describe('a claim of the user', () => {
  it('is judged by the cells of the run', () =>
    expect(ownClaimResults([claim], facts)).toEqual([
      {
        id: 'one-connection',
        statement: 'The page takes one connection.',
        verdict: 'reproduced',
        because: '1 connections',
        evidence: [{ cell: ID, observation: 'connections.used', frames: [1] }],
      },
    ]));

  it('is left out where none of its cells was observed', () =>
    expect(ownClaimResults([{ ...claim, cells: [{ ...NEED, server: 'other' }] }], facts)).toEqual([]));

  it('has the evidence of its cells at hand', () => {
    expect(isNeededBy([claim])(NEED)).toBe(true);
    expect(isNeededBy([])(NEED)).toBe(false);
  });
});
