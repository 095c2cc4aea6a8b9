/** A value and its frames as text, for the terminal and Markdown. */
import type { DocumentedDefault } from '../compare/run-result.ts';
import type { Varied } from '../compare/spread.ts';
import type { CellIdentity, Observation, ObservedValue, Spread } from '../model.ts';
import { grouped } from '../system/grouped.ts';
import { valueInLanguage } from './phrases/in-language.ts';
import type { TableWords } from './phrases/tables.ts';

type Unit = Observation['unit'];

/** A value with its unit; "open after 95 s" for a connection that was still open when the watch ended; – without a value. */
export function valueText(observed: ObservedValue | null | undefined, unit: Unit, words: TableWords): string {
  if (!observed) return '–';
  const { value } = observed;
  if (value === null) {
    const { windowS } = observed;
    return windowS === undefined ? words.none : words.openAfter(seconds(windowS >= 5 ? Math.floor(windowS) : windowS));
  }
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number') return numberText(value, unit);
  return Object.hasOwn(PLAIN, value) ? words[PLAIN[value]!] : valueInLanguage(words.language, value);
}

/** Values that the tables have words for. */
const PLAIN: Readonly<Record<string, 'none' | 'yes' | 'no'>> = { none: 'none', yes: 'yes', no: 'no' };

/** How a value varied: `5.9 s – 6.0 s – 6.1 s`, or `server × 4, client × 1`; empty where it did not. `windowS`: how long what was still open was watched. */
export function spreadText({ min, median, max, values = [], absent }: Spread, unit: Unit, words: TableWords, windowS?: number): string {
  const watched = windowS === undefined ? {} : { windowS };
  const numbers =
    min === undefined || median === undefined || max === undefined ? [] : [min, median, max].map((value) => numberText(value, unit));
  const [least, middle, most] = numbers as [string, string, string];
  return [
    ...(numbers.length > 0 ? [words.between(least, middle, most)] : []),
    ...values.map(({ value, times }) => words.timesOf(valueText({ value, frames: [], ...watched }, unit, words), times)),
    ...(absent === undefined ? [] : [words.timesOf(words.noValue, absent)]),
  ].join(words.comma);
}

/** What the words and figures of what varied mean. */
export const variedLegend = (all: readonly Varied[], words: TableWords): string =>
  [...(all.some(({ observation }) => observation.race !== undefined) ? [words.raceLegend] : []), words.betweenLegend].join(words.gap);

function numberText(value: number, unit: Unit): string {
  if (unit === 's') return seconds(value);
  if (unit === 'ms') return value >= 1000 ? seconds(value / 1000) : `${Number(value.toPrecision(3))}${NO_BREAK}ms`;
  if (unit === 'bytes') return `${grouped(value)}${NO_BREAK}B`;
  return String(value);
}

/** The space between a number and its unit, where no line may break. Reporters replace it with a plain space. */
export const NO_BREAK = '\u00a0';

/** One decimal below 100 s; whole seconds are written whole. */
const seconds = (value: number): string => `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))}${NO_BREAK}s`;

/** A documented default with its setting. `unit`: `s`, or `null` for a number of requests. */
export function documentedText(said: DocumentedDefault | null, unit: Unit, words: TableWords): string {
  if (said === null) return words.undocumented;
  const { value, atMost, setting } = said;
  const text = value === null ? words.unlimited : numberText(value, unit);
  return `${text}${atMost === undefined ? '' : `–${numberText(atMost, unit)}`}${words.aside(setting)}`;
}

/** The first `limit` frames of a value. */
export const framesText = (observed: ObservedValue | null, words: TableWords, limit = 4): string =>
  observed ? words.frames(observed.frames.slice(0, limit), observed.frames.length > limit) : '';

/** The short name of a body's framing. */
export const framingText = (framing: string): string => (framing === 'content-length' ? 'length' : framing);

/** Client and scenario of a cell: `chromium/first-visit`. */
export const placeOf = (cell: Pick<CellIdentity, 'client' | 'scenario'>): string => `${cell.client}/${cell.scenario}`;
