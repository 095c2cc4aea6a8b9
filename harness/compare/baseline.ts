import { diffCells, isObserved } from './matrix.ts';
import { type BaselineComparison, cellId, type RunResult } from './run-result.ts';

/**
 * Compares a run with an earlier one, cell by cell, with the tolerances of this run's observations. Cells that the run did not plan
 * (another selection of servers) say nothing; a cell that is planned and no longer observed is lost.
 */
export function againstBaseline(run: Pick<RunResult, 'cells' | 'observations'>, baseline: RunResult): BaselineComparison {
  const before = new Map(baseline.cells.filter(isObserved).map((cell) => [cellId(cell), cell]));
  const known = new Set(baseline.observations.map((observation) => observation.id));
  // An observation that the earlier version did not have is no change of a server.
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
  };
}

/** Whether a threshold on "as before" does not hold. */
export const deviates = ({ differences, lost }: BaselineComparison): boolean => differences.length > 0 || lost.length > 0;
