import type { Observation, Tolerance } from '../model.ts';

/** Times differ when they are more than 15 % and more than 50 ms apart. */
export const timeTolerance = (unit: 's' | 'ms'): Tolerance => ({ kind: 'relative', ratio: 0.15, absolute: unit === 's' ? 0.05 : 50 });

/** Gives inference and the default tolerance (times: `timeTolerance`; everything else: exact). */
export function defineObservation(observation: Omit<Observation, 'tolerance'> & { tolerance?: Tolerance }): Observation {
  const { unit } = observation;
  const tolerance: Tolerance = unit === 's' || unit === 'ms' ? timeTolerance(unit) : { kind: 'exact' };
  return { tolerance, ...observation };
}
