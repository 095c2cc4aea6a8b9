/** What the reports say of a race beside its own results: lines of configuration, and what the documented time-outs predict for its servers. */
import { productOf } from '../../findings/products.ts';
import { predictFronts } from '../../race/behind.ts';
import { DOCUMENTED, type Documented, type DocumentedLifetime, SERVER_LIFETIMES } from '../../race/documented.ts';
import type { RaceResult } from '../../race/judge/pair.ts';
import type { Prediction } from '../../race/judge/prediction.ts';

export interface RaceFacts {
  /** The line that gives a server a longer idle time-out, by its id; only of products that are known. */
  settings: Readonly<Record<string, string>>;
  /** How old a server lets a connection become by its documents, by its id; only of servers whose documents say so. */
  lifetimes: Readonly<Record<string, DocumentedLifetime>>;
  /** Servers, by id, for which the documented time-outs are predicted. */
  predictedFor: readonly string[];
  documented: readonly DocumentedRow[];
}

/** A documented time-out with a prediction for each of `predictedFor`. */
export interface DocumentedRow {
  documented: Documented;
  predictions: readonly Pick<Prediction, 'predicted' | 'marginS'>[];
}

export function factsOfRace({ servers }: Pick<RaceResult, 'servers'>): RaceFacts {
  const settings = servers.flatMap(({ id, variantOf }) => {
    const line = variantOf === null ? productOf(id, { exchanges: [] })?.settings['idle-timeout'] : undefined;
    return line === undefined ? [] : [[id, line] as const];
  });
  const lifetimes = servers.flatMap(({ id, variantOf }) => {
    const said = SERVER_LIFETIMES[id] ?? SERVER_LIFETIMES[variantOf ?? ''];
    return said === undefined ? [] : [[id, said] as const];
  });
  // A planted timer of fractions of a second races everything.
  const predictedFor = servers.flatMap(({ id, timer }) => (timer === null || id.startsWith('planted') ? [] : [{ id, timer }]));
  return {
    settings: Object.fromEntries(settings),
    lifetimes: Object.fromEntries(lifetimes),
    predictedFor: predictedFor.map(({ id }) => id),
    documented: DOCUMENTED.map((documented) => ({
      documented,
      predictions: predictedFor.map(({ timer }) => {
        const [front] = predictFronts([{ documented, idleS: documented.idleS, isSetByUser: false }], {
          idleS: timer.shortestS,
          openAfterS: timer.openAfterS,
          closesEach: timer.closesEach,
          hintS: timer.hintS,
        });
        const { predicted, marginS } = front!.prediction;
        return { predicted, marginS };
      }),
    })),
  };
}
