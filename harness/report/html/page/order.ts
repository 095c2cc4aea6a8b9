/** The order of values. */
import type { ValueJson } from '../../../model.ts';

/** Numbers come first, then what was still open, then text, then missing values. */
export function compareKeys(a: ValueJson | undefined, b: ValueJson | undefined): number {
  const rank = (key: ValueJson | undefined): number => (typeof key === 'number' ? 0 : key === null ? 1 : key === undefined ? 3 : 2);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}
