/** How long a cell will take, as far as that is known before: the longest begin first, so that the run is over soon after the last of them. */
import type { Scenario } from '../../clients/scenario.ts';
import { documentedOf, type TimerId } from '../../servers/documented.ts';
import { CHAIN_SIGN } from '../model.ts';
import type { CellPlan } from './plan.ts';

/** The cells, those first that are expected to take the longest; of equals the servers take turns, so that the heavy ones do not all run at one time. */
export function longestFirst(cells: readonly CellPlan[], windowMs: number): CellPlan[] {
  const taken = new Map<string, number>();
  const placed = cells.map((cell) => {
    const expected = expectedMs(cell, windowMs);
    const key = `${cell.server.definition.id} ${expected}`;
    const turn = taken.get(key) ?? 0;
    taken.set(key, turn + 1);
    return { cell, expected, turn };
  });
  return placed.sort((a, b) => b.expected - a.expected || a.turn - b.turn).map(({ cell }) => cell);
}

const expectedMs = (cell: CellPlan, windowMs: number): number =>
  Math.max(expectedWaitMs(cell, windowMs), (cell.scenario.busyS ?? 0) * 1000);

/** How long idle connections of a cell will be watched: as the server's documentation says, else the whole window. Milliseconds. */
export function expectedWaitMs({ scenario, server, own }: Pick<CellPlan, 'scenario' | 'server' | 'own'>, windowMs: number): number {
  const actions = scenario.steps.flatMap((step) => step.actions);
  // No document says how long a server that was told to stop takes over the connections that it has.
  if (actions.some(({ do: what }) => what === 'stop-server')) return windowMs;
  const watches = actions.filter((action) => action.do === 'watch');
  if (watches.some(({ whole }) => whole)) return windowMs;
  if (watches.length === 0) return 0;
  const timers = own ? undefined : documentedOf(server.definition.id.split(CHAIN_SIGN)[0] ?? '');
  const timer = timers?.[timerOf(scenario)];
  const seconds = timer?.atMost ?? timer?.value ?? null;
  return seconds === null ? windowMs : Math.min(windowMs, seconds * 1000);
}

/** Shorter waits are over while other cells of the run still start. */
const LONG_WAIT_MS = 10_000;

/** How many cells will wait for so long that they decide how long the run lasts. */
export const longWaits = (cells: readonly CellPlan[], windowMs: number): number =>
  cells.filter((cell) => expectedWaitMs(cell, windowMs) > LONG_WAIT_MS).length;

const timerOf = ({ id }: Scenario): TimerId => (id === 'idle-unused' || id === 'idle-partial-head' ? 'head' : 'idle');
