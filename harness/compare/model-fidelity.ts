/** How closely a model follows the real server that it imitates: the diff over every observation of the same cells. */
import { type DiffKind, diffValues, type Values } from './diff.ts';
import type { Share } from './fidelity.ts';
import { isObserved } from './matrix.ts';
import { declaredReason, type ModelPlace } from './model-exceptions.ts';
import type { ObservedCell, RunResult } from './run-result.ts';

/** An observation in which a model differs from the server that it imitates. */
export interface ModelMiss {
  observation: string;
  kind: Exclude<DiffKind, 'equal'>;
  model: ObservedCell['values'][string] | null;
  real: ObservedCell['values'][string] | null;
  /** Why this does not count against the model (`model-exceptions.ts`); `null`: it does. */
  declared: string | null;
}

/** One cell of a model, compared with the same cell of its real server. */
export interface ModelCell extends ModelPlace {
  real: string;
  equal: number;
  /** Compared values, without those whose difference is declared. */
  compared: number;
  misses: ModelMiss[];
}

/** Compares every model of the run with its real server, in the cells that both have. */
export function modelCells(run: Pick<RunResult, 'servers' | 'cells' | 'observations'>): ModelCell[] {
  const observed = run.cells.filter(isObserved);
  return run.servers.flatMap(({ id, modelOf }) => {
    if (modelOf === null) return [];
    return observed
      .filter((cell) => cell.server === id)
      .flatMap((cell): ModelCell[] => {
        const real = observed.find(
          ({ server, client, scenario }) => server === modelOf && client === cell.client && scenario === cell.scenario,
        );
        if (!real) return [];
        const diffs = diffValues(cell.values as Values, real.values as Values, run.observations);
        const misses = diffs.flatMap(({ observation, kind, left, right }): ModelMiss[] =>
          kind === 'equal'
            ? []
            : [
                {
                  observation,
                  kind,
                  model: left,
                  real: right,
                  declared: declaredReason({ model: id, client: cell.client, scenario: cell.scenario }, observation),
                },
              ],
        );
        const { client, scenario } = cell;
        const declared = misses.filter((miss) => miss.declared !== null).length;
        return [
          {
            model: id,
            real: modelOf,
            client,
            scenario,
            equal: diffs.length - misses.length,
            compared: diffs.length - declared,
            misses,
          },
        ];
      });
  });
}

/** For each model the share of compared values that are equal. */
export const modelShares = (cells: readonly ModelCell[]): Share[] =>
  [...new Set(cells.map(({ model }) => model))].map((id) => {
    const own = cells.filter(({ model }) => model === id);
    const compared = own.reduce((sum, cell) => sum + cell.compared, 0);
    return { id, share: compared === 0 ? 0 : own.reduce((sum, cell) => sum + cell.equal, 0) / compared, judged: compared };
  });
