/**
 * One diff for everything that is compared: server against server, emulated browser against real browser, model against
 * real server, today against a baseline.
 */
import type { Observation, ObservedValue, Tolerance, ValueJson } from '../model.ts';

export type DiffKind = 'equal' | 'differs' | 'only-left' | 'only-right';

/** One observation of two cells side by side; `null` where a cell has no value for it. */
export interface ValueDiff {
  observation: string;
  kind: DiffKind;
  left: ObservedValue | null;
  right: ObservedValue | null;
}

/** What the diff needs to know of an observation; a row of `observations` in run.json has it too. */
export type Compared = Pick<Observation, 'id' | 'unit' | 'tolerance'>;

export type Values = Readonly<Record<string, ObservedValue>>;

/** Compares two sets of values, in the order of `observations`. An observation that neither side has gives no entry. */
export function diffValues(left: Values, right: Values, observations: readonly Compared[]): ValueDiff[] {
  return observations.flatMap((observation) => {
    const [a, b] = [left[observation.id] ?? null, right[observation.id] ?? null];
    if (!a && !b) return [];
    return [{ observation: observation.id, kind: diffKind(a, b, observation), left: a, right: b }];
  });
}

/** How two values of one observation differ; `null`: this side has no such value. */
export function diffKind(left: ObservedValue | null, right: ObservedValue | null, observation: Compared): DiffKind {
  if (left && right) return equalValues(left, right, observation) ? 'equal' : 'differs';
  if (left) return 'only-left';
  return right ? 'only-right' : 'equal';
}

/**
 * Whether two values are equal within the tolerance. "Still open after 8 s" (`null` with a window) contradicts neither a close at 72 s nor
 * "still open after 95 s": only a close within the watched window does.
 */
export function equalValues(left: ObservedValue, right: ObservedValue, observation: Compared): boolean {
  if (left.value === null && right.value === null) return true;
  if (left.value === null) return compatibleWithOpen(left, right.value, observation);
  if (right.value === null) return compatibleWithOpen(right, left.value, observation);
  return within(normalise(left.value), normalise(right.value), observation.tolerance);
}

/** A value without white space at its ends, and with single spaces inside: that is no difference. */
export const normalise = (value: ValueJson): ValueJson => (typeof value === 'string' ? value.trim().replace(/\s+/g, ' ') : value);

function within(left: ValueJson, right: ValueJson, tolerance: Tolerance): boolean {
  if (tolerance.kind === 'exact' || typeof left !== 'number' || typeof right !== 'number') return left === right;
  return Math.abs(left - right) <= allowedBy(tolerance, left, right);
}

/** By how much two numbers may differ. */
export const allowedBy = (tolerance: Tolerance, left: number, right: number): number =>
  tolerance.kind === 'exact' ? 0 : Math.max(tolerance.absolute, tolerance.ratio * Math.max(Math.abs(left), Math.abs(right)));

function compatibleWithOpen(open: ObservedValue, closed: ValueJson, { unit }: Compared): boolean {
  const { windowS } = open;
  if (windowS === undefined || typeof closed !== 'number') return false;
  return closed >= (unit === 'ms' ? windowS * 1000 : windowS);
}
