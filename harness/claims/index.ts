import type { ClaimResult } from '../compare/run-result.ts';
import type { Claim, Facts, Judgement } from './claim.ts';
import { r01 } from './r0-1.ts';
import { r02 } from './r0-2.ts';
import { r03 } from './r0-3.ts';
import { r04 } from './r0-4.ts';
import { r11 } from './r1-1.ts';
import { r12 } from './r1-2.ts';
import { r13 } from './r1-3.ts';
import { r14 } from './r1-4.ts';
import { r15 } from './r1-5.ts';
import { r21 } from './r2-1.ts';
import { r22 } from './r2-2.ts';
import { r31 } from './r3-1.ts';
import { r32 } from './r3-2.ts';
import { r33 } from './r3-3.ts';
import { r41 } from './r4-1.ts';
import { r42 } from './r4-2.ts';
import { s41 } from './s4-1.ts';
import { s42 } from './s4-2.ts';
import { s43 } from './s4-3.ts';
import { s44 } from './s4-4.ts';
import { CLAIM_WORDS, type ClaimWords } from './wording/index.ts';

/** Every claim, in the order of lists and reports: section four, which the project reproduces, comes first. */
export const claims: readonly Claim[] = [
  s41,
  s42,
  s43,
  s44,
  r01,
  r02,
  r03,
  r04,
  r11,
  r12,
  r13,
  r14,
  r15,
  r21,
  r22,
  r31,
  r32,
  r33,
  r41,
  r42,
];

export interface Judged {
  claim: Claim;
  judgement: Judgement;
}

/** Judges every claim over the facts of a run; those that lack cells are `not-observable`. */
export const judgeClaims = (facts: Facts): Judged[] => claims.map((claim) => ({ claim, judgement: claim.judge(facts) }));

/** The claims of which at least one cell was run. */
export const ranOnly = (judged: readonly Judged[], facts: Facts): Judged[] =>
  judged.filter(({ claim }) => claim.cells.some((need) => facts.find(need) !== null));

/** Title, statement, cause and cure of a claim. */
export const wordsOf = (claim: Pick<Claim, 'id'>, words: ClaimWords) => words.claims[claim.id];

/** The rows of `claims` in run.json, in English. */
export function claimResults(judged: readonly Judged[]): ClaimResult[] {
  const words = CLAIM_WORDS.en;
  return judged.map(({ claim, judgement }) => ({
    id: claim.id,
    statement: wordsOf(claim, words).statement,
    verdict: judgement.verdict,
    because: [judgement.because, ...(judgement.needed ? [judgement.needed] : [])].map((say) => say(words)).join(' Needed: '),
    evidence: judgement.evidence,
  }));
}
