/** Which cells of a run each machine takes: as much work for each, by what the cells took before. */
import type { Action } from '../../clients/scenario.ts';
import { cellId } from '../model.ts';
import { badArgument } from '../system/coded-error.ts';
import { type CellPlan, identityOf } from './plan.ts';

/** The `index`-th of `count` parts, from 1 on. */
export interface Shard {
  index: number;
  count: number;
}

/** @throws CodedError (bad-argument) */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (!index || !count || index > count) throw badArgument(`--shard takes I/N with I from 1 to N, as in 2/4; not "${text}"`);
  return { index, count };
}

/**
 * One shard of the cells, in their order. The dearest cell goes first, each to the shard that has the least yet: the same cells and costs give
 * the same shards on every machine.
 * @throws CodedError (bad-argument) where it would have none
 */
export function shardOf<T extends CellPlan>(cells: readonly T[], { index, count }: Shard, costOf: (cell: T) => number): T[] {
  if (index > cells.length && cells.length > 0) throw badArgument(`--shard ${index}/${count} has no cells: there are only ${cells.length}`);
  const costs = cells.map(costOf);
  const dearestFirst = cells.map((_, at) => at).sort((a, b) => (costs[b] ?? 0) - (costs[a] ?? 0) || a - b);
  const loads: { cost: number; cells: number }[] = Array.from({ length: count }, () => ({ cost: 0, cells: 0 }));
  const mine = new Set<number>();
  for (const at of dearestFirst) {
    const least = loads.reduce((best, load) =>
      load.cost < best.cost || (load.cost === best.cost && load.cells < best.cells) ? load : best,
    );
    least.cost += costs[at] ?? 0;
    least.cells++;
    if (least === loads[index - 1]) mine.add(at);
  }
  return cells.filter((_, at) => mine.has(at));
}

/**
 * How long each cell keeps a machine busy, in milliseconds; waits do not count, since cells wait side by side. A cell that was not run before
 * costs what others of its client and scenario took, then of its scenario, and else what its actions let expect.
 * @param measured by `cellId`
 */
export function costsFrom(measured: ReadonlyMap<string, number>): (cell: CellPlan) => number {
  const groups = new Map<string, number[]>();
  for (const [id, cost] of measured) {
    const [, client = '', scenario = ''] = id.split('/');
    for (const group of [`${client}/${scenario}`, scenario]) groups.set(group, [...(groups.get(group) ?? []), cost]);
  }
  const medians = new Map([...groups].map(([group, costs]) => [group, costs.sort((a, b) => a - b)[costs.length >> 1] as number]));
  return (plan) => {
    const { server: _server, client, scenario } = identityOf(plan);
    return measured.get(cellId(identityOf(plan))) ?? medians.get(`${client}/${scenario}`) ?? medians.get(scenario) ?? expectedMs(plan);
  };
}

/** A lane, its server and the capture; a browser's start; each action. Milliseconds, as measured on two cores. */
const LANE_MS = 800;
const REAL_BROWSER_MS = 3_000;
const ACTION_MS = 200;

function expectedMs({ client, scenario }: CellPlan): number {
  const actions = scenario.steps.flatMap((step) => step.actions).filter(({ do: what }: Action) => what !== 'watch');
  return LANE_MS + (client.definition.provenance === 'real' ? REAL_BROWSER_MS : 0) + actions.length * ACTION_MS;
}
