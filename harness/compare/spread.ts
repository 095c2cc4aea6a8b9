/** How the values of a cell that was run several times varied. */
import type { ObservedValue, Spread, ValueJson } from '../model.ts';
import { allowedBy, type Compared, normalise } from './diff.ts';
import type { ObservedCell, RunResult } from './run-result.ts';

type ValuesOfRun = Readonly<Record<string, ObservedValue>>;

/**
 * The values of the first run, each with its spread over all of them.
 * @param runs the values of each run that was observed; at least one
 * @returns also the observations that the first run did not show and others did, with the number of those
 */
export function spreadOver(
  runs: readonly ValuesOfRun[],
  observations: readonly Compared[],
): { values: Record<string, ObservedValue>; elsewhere: { id: string; times: number }[] } {
  const [first = {}] = runs;
  const values: Record<string, ObservedValue> = {};
  const elsewhere: { id: string; times: number }[] = [];
  for (const observation of observations) {
    const { id } = observation;
    const shown = runs.flatMap((run) => run[id] ?? []);
    const value = first[id];
    if (value) values[id] = { ...value, spread: spreadOf(shown, observation, runs.length) };
    else if (shown.length > 0) elsewhere.push({ id, times: shown.length });
  }
  return { values, elsewhere };
}

function spreadOf(shown: readonly ObservedValue[], { unit }: Compared, runs: number): Spread {
  const absent = runs - shown.length;
  const missing = absent === 0 ? {} : { absent };
  const times = new Map<ValueJson, number>();
  for (const value of shown.map((one) => normalise(one.value))) times.set(value, (times.get(value) ?? 0) + 1);
  if (times.size === 1) return { runs, ...missing };
  const values = [...times].map(([value, count]) => ({ value, times: count })).sort((a, b) => b.times - a.times);
  const numbers = shown.flatMap(({ value }) => (typeof value === 'number' ? [value] : [])).sort((a, b) => a - b);
  if (unit === null || numbers.length < shown.length) return { runs, values, ...missing };
  const [min = 0, max = 0] = [numbers[0], numbers.at(-1)];
  // No two times are the same: to count them says nothing.
  return unit === 's' || unit === 'ms' ? { runs, min, median: medianOf(numbers), max, ...missing } : { runs, min, max, values, ...missing };
}

function medianOf(sorted: readonly number[]): number {
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}

/**
 * Whether two runs' values differ by no more than they vary from run to run, as far as that is known: numbers whose ranges lie within the tolerance of each other, a value
 * that the other side showed too in one of its runs, none where the other side had runs without.
 */
export function isWithinSpread(
  left: ObservedValue | null,
  right: ObservedValue | null,
  { tolerance }: Pick<Compared, 'tolerance'>,
): boolean {
  if (!left || !right) return (left ?? right)?.spread?.absent !== undefined;
  if (!left.spread && !right.spread) return false;
  const [a, b] = [rangeOf(left), rangeOf(right)];
  if (a && b) {
    const [low, high] = a[0] <= b[0] ? [a[1], b[0]] : [b[1], a[0]];
    return high - low <= allowedBy(tolerance, low, high);
  }
  const shown = new Set(shownBy(left));
  return shownBy(right).some((value) => shown.has(value));
}

const rangeOf = ({ value, spread }: ObservedValue): [number, number] | null => {
  if (typeof value !== 'number') return null;
  return spread?.min !== undefined && spread.max !== undefined ? [spread.min, spread.max] : [value, value];
};

const shownBy = ({ value, spread }: ObservedValue): ValueJson[] => spread?.values?.map((one) => one.value) ?? [normalise(value)];

/** A value that varied more than its tolerance allows, and where. */
export interface Varied {
  cell: ObservedCell;
  observation: RunResult['observations'][number];
  spread: Spread;
  /** As in `ObservedValue`. */
  windowS?: number;
}

/** Every value that varied beyond its tolerance, in the order of the observations and cells. */
export function variedValues({ observations, cells }: Pick<RunResult, 'observations' | 'cells'>): Varied[] {
  return observations.flatMap((observation) =>
    cells.flatMap((cell): Varied[] => {
      const value = cell.state === 'observed' ? cell.values[observation.id] : undefined;
      if (cell.state !== 'observed' || !value?.spread || !isBeyond(value.spread, observation)) return [];
      const { spread, windowS } = value;
      return [{ cell, observation, spread, ...(windowS === undefined ? {} : { windowS }) }];
    }),
  );
}

function isBeyond({ min, max, values, absent }: Spread, { tolerance }: Pick<Compared, 'tolerance'>): boolean {
  if (absent !== undefined) return true;
  if (min === undefined || max === undefined) return values !== undefined;
  return max - min > allowedBy(tolerance, min, max);
}
