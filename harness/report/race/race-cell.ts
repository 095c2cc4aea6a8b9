import { lostOf, type Pair } from '../../race/judge/pair.ts';
import type { RaceWords } from './race-words.ts';

/** `+6 s`, `−54 s`; empty where it is not known. */
export const marginText = (marginS: number | null): string =>
  marginS === null ? '' : `${marginS < 0 ? '−' : '+'}${Math.abs(marginS) < 10 ? Math.abs(marginS) : Math.round(Math.abs(marginS))} s`;

/** What a pair showed, in a few words: its two methods together where they do the same. */
export function cellText(pairs: readonly Pair[], words: Pick<RaceWords, 'verdicts' | 'lost' | 'repeated' | 'notTried' | 'list'>): string {
  const texts = pairs.map((pair): [method: string, text: string] => {
    if (pair.tried === 0) return [pair.method, words.notTried];
    const lost = lostOf(pair);
    if (lost > 0) return [pair.method, words.lost(lost, pair.tried)];
    if (pair.repeated > 0) return [pair.method, words.repeated];
    return [pair.method, words.verdicts[pair.verdict]];
  });
  const [first] = texts;
  if (first === undefined) return '';
  if (texts.every(([, text]) => text === first[1])) return first[1];
  return texts.map(([method, text]) => `${method} ${text}`).join(words.list);
}

/** What a pair or several showed at the worst: how the page colours it. */
export type RaceState = 'lost' | 'repeated' | 'not-shown' | 'safe' | 'not-tried';

const WORST_FIRST: readonly RaceState[] = ['lost', 'repeated', 'not-shown', 'safe', 'not-tried'];

/** The state of one method. */
export function stateOf(pair: Pair): RaceState {
  if (pair.tried === 0) return 'not-tried';
  if (lostOf(pair) > 0) return 'lost';
  if (pair.repeated > 0) return 'repeated';
  return pair.verdict === 'safe' ? 'safe' : 'not-shown';
}

/** The worst state of several methods. */
export function worstOf(pairs: readonly Pair[]): RaceState {
  const states = new Set(pairs.map(stateOf));
  return WORST_FIRST.find((state) => states.has(state)) ?? 'not-tried';
}
