/** The same comparison as harness/compare/diff.ts and matrix.ts, for the row that the reader chooses; a test holds both to the same answers. */

/** @typedef {{ kind: 'exact' } | { kind: 'relative', ratio: number, absolute: number }} Tolerance */
/** @typedef {{ unit: string | null, tolerance: Tolerance }} Compared */
/** @typedef {readonly [number, any, number[], (number | null)?, ...any[]]} Value */

/** @param {any} value */
const normalise = (value) => (typeof value === 'string' ? value.trim().replace(/\s+/g, ' ') : value);

/** @param {any} left @param {any} right @param {Tolerance} tolerance */
function within(left, right, tolerance) {
  if (tolerance.kind === 'exact' || typeof left !== 'number' || typeof right !== 'number') return left === right;
  return Math.abs(left - right) <= Math.max(tolerance.absolute, tolerance.ratio * Math.max(Math.abs(left), Math.abs(right)));
}

/** "Still open after 8 s" doesn't contradict a close at 72 s. @param {Value} open @param {any} closed @param {string | null} unit */
function compatibleWithOpen(open, closed, unit) {
  const windowS = open[3];
  if (typeof windowS !== 'number' || typeof closed !== 'number') return false;
  return closed >= (unit === 'ms' ? windowS * 1000 : windowS);
}

/** @param {Value} left @param {Value} right @param {Compared} observation */
function equalValues(left, right, observation) {
  if (left[1] === null && right[1] === null) return true;
  if (left[1] === null) return compatibleWithOpen(left, right[1], observation.unit);
  if (right[1] === null) return compatibleWithOpen(right, left[1], observation.unit);
  return within(normalise(left[1]), normalise(right[1]), observation.tolerance);
}

/**
 * @param {Value | null} left @param {Value | null} right @param {Compared} observation
 * @returns {'equal' | 'differs' | 'only-left' | 'only-right'}
 */
export function diffKind(left, right, observation) {
  if (left && right) return equalValues(left, right, observation) ? 'equal' : 'differs';
  if (left) return 'only-left';
  return right ? 'only-right' : 'equal';
}

/**
 * The value that more rows share than any other, two at least.
 * @template {Value | null} T
 * @param {T[]} voters @param {Compared} observation
 * @returns {{ value: T, agreeing: number, voting: number } | null}
 */
export function majorityOf(voters, observation) {
  const agree = (/** @type {T} */ a, /** @type {T} */ b) => diffKind(a, b, observation) === 'equal';
  const counts = voters.map((voter) => voters.filter((other) => agree(voter, other)).length);
  const agreeing = Math.max(0, ...counts);
  if (agreeing < 2) return null;
  const value = /** @type {T} */ (voters[counts.indexOf(agreeing)]);
  const tied = voters.some((other, place) => counts[place] === agreeing && !agree(value, other));
  return tied ? null : { value, agreeing, voting: voters.length };
}
