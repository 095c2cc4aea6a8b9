/** Thresholds of a race: what fails it, by itself or beside an earlier one. */
import { badArgument } from '../../system/coded-error.ts';
import { lostOf, type Pair, type RaceResult } from './pair.ts';
import { wilson } from './statistics.ts';

/** What may fail a race: pairs whose requests met the close (lost, or repeated unseen), those that lost any, those that are predicted to race. */
export const RACE_THRESHOLDS = ['race', 'lost', 'predicted'] as const;
export type RaceThreshold = (typeof RACE_THRESHOLDS)[number];

/** The pairs of an earlier race, as far as they are compared. */
export type EarlierPair = Pick<Pair, 'upstream' | 'server' | 'method' | 'verdict' | 'tried' | 'raced' | 'failed'>;

/** A pair that does not hold. `new`: the earlier race has no such pair; `no-longer-safe` and `more-lost`: it was better there. */
export interface RaceReason {
  kind: RaceThreshold | 'new' | 'no-longer-safe' | 'more-lost';
  pair: Pair;
  /** That of the earlier race. */
  before: EarlierPair | null;
}

/** The words of a list that are thresholds of a race, and the others, which may be those of findings. */
export function splitThresholds(words: readonly string[]): { race: RaceThreshold[]; others: string[] } {
  const isOfRace = (word: string): word is RaceThreshold => RACE_THRESHOLDS.some((one) => one === word);
  return { race: words.filter(isOfRace), others: words.filter((word) => !isOfRace(word)) };
}

/** @throws CodedError (bad-argument) for a word that is none, or where there is no word */
export function parseThresholds(words: readonly string[]): RaceThreshold[] {
  const { race, others } = splitThresholds(words);
  const [unknown] = others;
  if (unknown !== undefined) throw badArgument(`--fail-on: there is no "${unknown}"; there are: ${RACE_THRESHOLDS.join(', ')}`);
  if (race.length === 0) throw badArgument(`--fail-on names nothing; there are: ${RACE_THRESHOLDS.join(', ')}`);
  return race;
}

/**
 * The pairs that fail. Beside an earlier race only those that are new and worse count: one that was safe and now meets the close; one that loses more of the requests that
 * meet it, where the two intervals don't overlap; one that was not there.
 * @param thresholds none, with an earlier race: `race`
 */
export function raceReasons(
  { pairs }: Pick<RaceResult, 'pairs'>,
  thresholds: readonly RaceThreshold[],
  earlier: readonly EarlierPair[] | null,
): RaceReason[] {
  const wanted = thresholds.length === 0 && earlier !== null ? (['race'] as const) : thresholds;
  return pairs.flatMap((pair): RaceReason[] => {
    const threshold = wanted.find((one) => fails(pair, one));
    if (threshold === undefined) return [];
    if (earlier === null) return [{ kind: threshold, pair, before: null }];
    const before = earlier.find(
      ({ upstream, server, method, tried }) => upstream === pair.upstream && server === pair.server && method === pair.method && tried > 0,
    );
    const kind = before === undefined ? 'new' : worse(before, pair);
    return kind === null ? [] : [{ kind, pair, before: before ?? null }];
  });
}

function fails(pair: Pair, threshold: RaceThreshold): boolean {
  switch (threshold) {
    case 'race':
      return pair.verdict === 'races';
    case 'lost':
      return lostOf(pair) > 0;
    case 'predicted':
      return pair.predicted === 'races';
  }
}

/** How a pair is worse than it was; `null` where chance alone may make the difference. */
function worse(before: EarlierPair, now: Pair): 'no-longer-safe' | 'more-lost' | null {
  if (before.verdict === 'safe' && now.verdict === 'races') return 'no-longer-safe';
  // How many meet the close is a matter of aim; what becomes of those that do is the upstream side's.
  const [shareNow, shareBefore] = [now, before].map((pair) => wilson(lostOf(pair), pair.raced));
  return shareNow![0] > shareBefore![1] ? 'more-lost' : null;
}
