import { findingChanges } from './findings-diff.ts';
import { diffCells, isObserved } from './matrix.ts';
import { type BaselineComparison, cellId, type Difference, type ObservedCell, type RunResult } from './run-result.ts';
import { isWithinSpread } from './spread.ts';

/**
 * Compares a run with an earlier one, cell by cell, with the tolerances of this run's observations. Cells that this run did not plan (another
 * selection of servers) are left out; a cell that was planned and is no longer observed counts as lost.
 */
export function againstBaseline(
  run: Pick<RunResult, 'cells' | 'observations' | 'findings' | 'lookedFor'>,
  baseline: RunResult,
): BaselineComparison {
  const before = new Map(baseline.cells.filter(isObserved).map((cell) => [cellId(cell), cell]));
  const known = new Set(baseline.observations.map((observation) => observation.id));
  // An observation that the earlier version of this program did not have is not a change of the server.
  const observations = run.observations.filter((observation) => known.has(observation.id));
  const { appeared, gone, notLookedFor } = findingChanges(baseline, run);
  return {
    run: baseline.run.id,
    startedAt: baseline.run.startedAt,
    differences: run.cells.filter(isObserved).flatMap((cell) => {
      const earlier = before.get(cellId(cell));
      return earlier ? changesIn(earlier, cell, observations) : [];
    }),
    lost: run.cells.filter((cell) => !isObserved(cell) && before.has(cellId(cell))).map(cellId),
    added: run.cells.filter((cell) => isObserved(cell) && !before.has(cellId(cell))).map(cellId),
    findings: { appeared, gone },
    ...(notLookedFor ? { notLookedFor } : {}),
  };
}

/** The values of a cell that differ by more than their tolerance, and by more than they are known to vary from run to run. */
export function changesIn(earlier: ObservedCell, later: ObservedCell, observations: RunResult['observations']): Difference[] {
  const byId = new Map(observations.map((observation) => [observation.id, observation]));
  return diffCells(earlier, later, observations, 'baseline').filter(({ observation, left, right }) => {
    const row = byId.get(observation);
    return row === undefined || !isWithinSpread(left.value, right.value, row);
  });
}
