import { findingChanges } from './findings-diff.ts';
import { diffCells, isObserved } from './matrix.ts';
import { type BaselineComparison, cellId, type RunResult } from './run-result.ts';

/**
 * Compares a run with an earlier one, cell by cell, with the tolerances of this run's observations. Cells that this run did not plan (another
 * selection of servers) are left out; a cell that was planned and is no longer observed counts as lost.
 */
export function againstBaseline(run: Pick<RunResult, 'cells' | 'observations' | 'findings'>, baseline: RunResult): BaselineComparison {
  const before = new Map(baseline.cells.filter(isObserved).map((cell) => [cellId(cell), cell]));
  const known = new Set(baseline.observations.map((observation) => observation.id));
  // An observation that the earlier version of this program did not have is not a change of the server.
  const observations = run.observations.filter((observation) => known.has(observation.id));
  return {
    run: baseline.run.id,
    startedAt: baseline.run.startedAt,
    differences: run.cells.filter(isObserved).flatMap((cell) => {
      const earlier = before.get(cellId(cell));
      return earlier ? diffCells(earlier, cell, observations, 'baseline') : [];
    }),
    lost: run.cells.filter((cell) => !isObserved(cell) && before.has(cellId(cell))).map(cellId),
    added: run.cells.filter((cell) => isObserved(cell) && !before.has(cellId(cell))).map(cellId),
    findings: findingChanges(baseline, run),
  };
}
