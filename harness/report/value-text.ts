/** A value and its frames as text, for the terminal and Markdown. */
import type { CellIdentity, Observation, ObservedValue } from '../model.ts';
import type { TableWords } from './phrases/tables.ts';

type Unit = Observation['unit'];

/** A value as a person reads it: with its unit; "open after 95 s" for what was still open at the window's end. */
export function valueText(observed: ObservedValue | null | undefined, unit: Unit, words: TableWords): string {
  if (!observed) return '–';
  const { value } = observed;
  if (value === null) {
    const { windowS } = observed;
    return windowS === undefined ? words.none : words.openAfter(seconds(windowS >= 5 ? Math.floor(windowS) : windowS));
  }
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  return typeof value === 'number' ? numberText(value, unit) : value;
}

function numberText(value: number, unit: Unit): string {
  if (unit === 's') return seconds(value);
  if (unit === 'ms') return value >= 1000 ? seconds(value / 1000) : `${Number(value.toPrecision(3))}${NO_BREAK}ms`;
  if (unit === 'bytes') return `${grouped(value)}${NO_BREAK}B`;
  return String(value);
}

/** Between a number and its unit: no line breaks there. Reporters write it as a plain space. */
export const NO_BREAK = '\u00a0';

/** One decimal below 100 s; whole seconds are written whole. */
const seconds = (value: number): string => `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))}${NO_BREAK}s`;

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** Frames as far as a line of text has room for them. */
export const framesText = (observed: ObservedValue | null, words: TableWords, limit = 4): string =>
  observed ? words.frames(observed.frames.slice(0, limit), observed.frames.length > limit) : '';

export const framingText = (framing: string): string => (framing === 'content-length' ? 'length' : framing);

/** The reporters' short name of a cell's place: `chromium/first-visit`. */
export const placeOf = (cell: Pick<CellIdentity, 'client' | 'scenario'>): string => `${cell.client}/${cell.scenario}`;
