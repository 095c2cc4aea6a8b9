/** Which cell of a server shows an observation, where several have its value. */
import type { Observation } from '../model.ts';
import type { ObservedCell } from './run-result.ts';

/**
 * The cell to show: one in which something was found, for observations that look for something (traps); else the cell of the scenario that asks
 * for the value; else the first that has it.
 * @param cells of one server, in the order of the run
 * @returns `undefined` where no cell has the value
 */
export function cellShowing(
  cells: readonly ObservedCell[],
  { id, scenario, notFound }: Pick<Observation, 'id' | 'scenario' | 'notFound'>,
): ObservedCell | undefined {
  const having = cells.filter((cell) => cell.values[id]);
  const found = notFound === undefined ? undefined : having.find((cell) => cell.values[id]?.value !== notFound);
  return found ?? having.find((cell) => cell.scenario === scenario) ?? having[0];
}
