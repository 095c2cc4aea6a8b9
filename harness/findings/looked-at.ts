import type { Evidence, ObservedValue } from '../model.ts';
import type { ExchangeCounts } from './counts.ts';

/** The evidence of a cell, or of one server in a capture from elsewhere. */
export interface LookedAt extends Evidence {
  /** Observed values, where they are known: rules over values are silent without them. */
  readonly values?: Readonly<Record<string, ObservedValue>>;
  /** Counts of all exchanges, where `exchanges` holds only a part of them. */
  readonly counts?: ExchangeCounts;
}
