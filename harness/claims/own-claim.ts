/** A claim of the user's own: a statement about cells of the run, and what their packets say of it. */
import type { ClaimResult } from '../compare/run-result.ts';
import type { CellFacts, CellNeed, Facts, Shown, Verdict } from './claim.ts';

/** A claim of one's own. */
export interface OwnClaim {
  id: string;
  statement: string;
  /** The cells that it speaks of: it is judged where at least one of them was observed. */
  cells: readonly CellNeed[];
  /**
   * What the packets say: pure.
   * @param find the observed cell; for a cell that is not in the run one that may stand in for it (a real browser for an emulated one); `null` where there is none
   */
  judge(find: (cell: CellNeed) => CellFacts | null): {
    verdict: Verdict;
    /** What was seen, with its figures. */
    because: string;
    evidence?: readonly Shown[];
  };
}

/** The rows of `claims` in run.json for those of which a cell was observed. */
export const ownClaimResults = (claims: readonly OwnClaim[], facts: Facts): ClaimResult[] =>
  claims.flatMap((claim): ClaimResult[] => {
    const find = (cell: CellNeed) => facts.find(cell);
    if (!claim.cells.some((cell) => find(cell) !== null)) return [];
    const { id, statement } = claim;
    const { verdict, because, evidence = [] } = claim.judge(find);
    return [{ id, statement, verdict, because, evidence: evidence.map(({ frames, ...shown }) => ({ ...shown, frames: [...frames] })) }];
  });
