import type { Observation, Tolerance } from '../model.ts';

/** Two times differ when they are more than 15 % and more than 50 ms apart. */
export const timeTolerance = (unit: 's' | 'ms'): Tolerance => ({ kind: 'relative', ratio: 0.15, absolute: unit === 's' ? 0.05 : 50 });

type Defaulted = 'tolerance' | 'scenario' | 'notFound' | 'judgedBeside' | 'race' | 'nullIsNoAnswer';

/** An observation without the fields for which `defineObservation` has a default. */
export type ObservationInput = Omit<Observation, Defaulted> & Partial<Pick<Observation, Defaulted>>;

/** Fills in the defaults: times are compared by `timeTolerance`, everything else exactly; no scenario of its own; judged without a plain answer. */
export function defineObservation(observation: ObservationInput): Observation {
  const { unit } = observation;
  const tolerance: Tolerance = unit === 's' || unit === 'ms' ? timeTolerance(unit) : { kind: 'exact' };
  return { tolerance, scenario: null, notFound: undefined, judgedBeside: 'any', race: null, nullIsNoAnswer: false, ...observation };
}
