/**
 * Every sentence that a report says, in one record for each language. A language that lacks a sentence does not compile.
 * Ids, header names and values from the wire are never translated.
 */
import type { ObservedCell } from '../compare/run-result.ts';
import type { Judgement, ObservedValue } from '../model.ts';

export const LANGUAGES = ['en'] as const;
export type Language = (typeof LANGUAGES)[number];

type Unit = 's' | 'ms' | 'bytes' | 'count' | null;

export interface Wording {
  server: string;
  version: string;
  /** Headers of the columns of the main table. */
  columns: Record<ColumnId, string>;
  openAfter(seconds: string): string;
  nobody: string;
  atOnce: string;
  none: string;
  yes: string;
  no: string;
  ofAll(part: number, all: number): string;
  model: string;
  modelLegend: string;
  variantLegend: string;
  state: Record<'skipped' | 'failed' | 'not-applicable', string>;
  remedy(command: string): string;
  /** What the main table shows: which client, which scenarios. */
  tableTitle(client: string, provenance: 'emulated' | 'real', version: string | null): string;
  tableSources(sources: string): string;
  columnsLeftOut(titles: string, file: string): string;
  differencesTitle: string;
  noDifferences: string;
  noMajority(observations: string): string;
  usual(value: string, agreeing: number, voting: number): string;
  lacks: string;
  frames(frames: readonly number[], more: boolean): string;
  alsoIn(count: number): string;
  andMore(count: number, file: string): string;
  elsewhere(count: number, file: string): string;
  variantTitle: string;
  variantOf(variant: string, base: string): string;
  conformanceTitle: string;
  verdicts: Record<Judgement['verdict'], string>;
  notShownTitle: string;
  runSummary(counts: {
    observed: number;
    failed: number;
    skipped: number;
    notApplicable: number;
    frames: number;
    dropped: number | null;
  }): string;
  allValuesTitle: string;
  claimsTitle: string;
  baselineTitle(run: string, startedAt: string): string;
  asBaseline: string;
  lost: string;
  added: string;
}

export type ColumnId =
  | 'http-version'
  | 'connections'
  | 'closes-first'
  | 'idle-used'
  | 'idle-unused'
  | 'advertised'
  | 'etag'
  | 'revisit'
  | 'audio'
  | 'body'
  | 'head-and-body'
  | 'cache-control';

const en: Wording = {
  server: 'server',
  version: 'version',
  columns: {
    'http-version': 'HTTP',
    connections: 'conn. used',
    'closes-first': 'who closes first',
    'idle-used': 'idle after use',
    'idle-unused': 'idle, never used',
    advertised: 'says',
    etag: 'ETag',
    revisit: '304s',
    audio: 'audio Range',
    body: 'body ends',
    'head-and-body': 'head with body',
    'cache-control': 'Cache-Control',
  },
  openAfter: (seconds) => `open after ${seconds}`,
  nobody: 'nobody',
  atOnce: 'at once',
  none: 'none',
  yes: 'yes',
  no: 'no',
  ofAll: (part, all) => `${part} of ${all}`,
  model: 'model',
  modelLegend: '[model]: imitates the server from cited sources; not the real thing.',
  variantLegend: '↳: the server above with one setting changed.',
  state: { skipped: 'skipped', failed: 'failed', 'not-applicable': 'not applicable' },
  remedy: (command) => `remedy: ${command}`,
  tableTitle: (client, provenance, version) => `${client} (${version === null ? provenance : `${provenance}, ${version}`})`,
  tableSources: (sources) => `Values from: ${sources}.`,
  columnsLeftOut: (titles, file) => `Too narrow for: ${titles}. All columns are in ${file}.`,
  differencesTitle: 'What differs from the majority',
  noDifferences: 'Nothing differs from the majority.',
  noMajority: (observations) => `no majority (see the table): ${observations}`,
  usual: (value, agreeing, voting) => `usual: ${value} (${agreeing} of ${voting})`,
  lacks: 'no such value',
  frames: (frames, more) =>
    frames.length === 0 ? 'no frame' : `frame${frames.length > 1 ? 's' : ''} ${frames.join(', ')}${more ? ', …' : ''}`,
  alsoIn: (count) => `and in ${count} more ${count === 1 ? 'cell' : 'cells'}`,
  elsewhere: (count, file) => `${count} ${count === 1 ? 'difference' : 'differences'} more, in other observations and scenarios: ${file}`,
  andMore: (count, file) => `… and ${count} more: ${file}`,
  variantTitle: 'What a changed setting changes',
  variantOf: (variant, base) => `${variant} against ${base}`,
  conformanceTitle: 'What the RFCs say',
  verdicts: { conforms: 'conforms', deviates: 'deviates', unspecified: 'unspecified' },
  notShownTitle: 'Not observed',
  runSummary: ({ observed, failed, skipped, notApplicable, frames, dropped }) =>
    [
      `${observed} cells observed`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
      ...(notApplicable > 0 ? [`${notApplicable} not applicable`] : []),
      `${frames} frames captured`,
      dropped === null ? 'drops unknown to the backend, none by sequence numbers' : `${dropped} dropped`,
    ].join(', '),
  allValuesTitle: 'All values',
  claimsTitle: 'Claims',
  baselineTitle: (run, startedAt) => `Against the baseline ${run} of ${startedAt}`,
  asBaseline: 'Nothing differs from it.',
  lost: 'no longer observed',
  added: 'newly observed',
};

const RECORD: Record<Language, Wording> = { en };

export const wordingOf = (language: Language): Wording => RECORD[language];

/** A value as a person reads it: with its unit; "open after 95 s" for what was still open at the window's end. */
export function valueText(observed: ObservedValue | null | undefined, unit: Unit, words: Wording): string {
  if (!observed) return '–';
  const { value } = observed;
  if (value === null) {
    const windowS = observed['window-s'];
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
export const framesText = (observed: ObservedValue | null, words: Wording, limit = 4): string =>
  observed ? words.frames(observed.frames.slice(0, limit), observed.frames.length > limit) : '';

export const framingText = (framing: string): string => (framing === 'content-length' ? 'length' : framing);

/** The reporters' short name of a cell's place: `chromium/first-visit`. */
export const placeOf = (cell: Pick<ObservedCell, 'client' | 'scenario'>): string => `${cell.client}/${cell.scenario}`;
