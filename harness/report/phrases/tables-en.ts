/** English words of the results table and of the sections below it (`terminal.ts`, `markdown.ts`). Other languages take their shape from this record. */
import type { DocumentedVerdict } from '../../compare/documented.ts';
import type { CellResult, ClientRow } from '../../compare/run-result.ts';
import type { Conformance, Language } from '../../model.ts';
import { grouped } from '../../system/grouped.ts';
import { highlightsEn } from './highlights-en.ts';

const plural = (count: number, one: string, many = `${one}s`): string => `${grouped(count)} ${count === 1 ? one : many}`;

export const tablesEn = {
  language: 'en' as Language,
  server: 'server',
  version: 'version',
  /** Headers of the columns of the main table. */
  columns: {
    'http-version': 'HTTP',
    connections: 'conns used/opened',
    'closes-first': 'who closes first',
    'idle-used': 'idle after use',
    'idle-unused': 'idle, never used',
    advertised: 'advertised',
    etag: 'ETag',
    revisit: 'revisit 304s',
    audio: 'audio Range',
    body: 'body ends',
    'head-and-body': 'head with body',
    'cache-control': 'Cache-Control',
  },
  openAfter: (seconds: string): string => `still open after ${seconds}`,
  /** The same in a narrow column; `openLegend` explains it. */
  openShort: (seconds: string): string => `>${seconds}`,
  openLegend: '>N s: still open when the watch ended, after N s.',
  nobody: 'nobody',
  /** Who closed, how, and when. */
  closing: (first: string, how: string, when: string): string => [first, how, when].filter(Boolean).join(' '),
  /** The same in a narrow column; `closingLegend` explains it. */
  closingShort: (first: string, how: string, when: string): string => [first, how === 'FIN' ? '' : how, when].filter(Boolean).join(' '),
  closingLegend: 'A close is by FIN unless RST is named.',
  /** Between two parts of a value, and between two names. */
  comma: ', ',
  list: ', ',
  /** Between a name and what is said of it, and between two facts. */
  colon: ': ',
  and: '; ',
  /** What stands in brackets behind something. */
  aside: (text: string): string => ` (${text})`,
  /** Between two sentences. */
  gap: ' ',
  atOnce: 'at once',
  none: 'none',
  yes: 'yes',
  no: 'no',
  model: 'model',
  modelLegend: '[model]: an imitation built from cited sources, not the real server.',
  variantLegend: '↳: the server above with one setting changed.',
  state: { skipped: 'skipped', failed: 'failed', 'not-applicable': 'not applicable' } satisfies Record<
    Exclude<CellResult['state'], 'observed'>,
    string
  >,
  remedy: (command: string): string => `remedy: ${command}`,
  /** Which client the table is about. */
  tableTitle: (client: string, provenance: ClientRow['provenance'], version: string | null): string =>
    `${client} (${version === null ? provenance : `${provenance}, ${version}`})`,
  otherTables: (titles: string, file: string): string => `The same table for ${titles} is in ${file}.`,
  tableSources: (sources: string): string => `Values from: ${sources}.`,
  columnsLeftOut: (titles: string, file: string): string => `No room for: ${titles}; ${file} has all columns.`,
  mattersTitle: 'The differences that matter most',
  deviatesLegend: '§: deviates from the RFC.',
  moreServers: (count: number): string => `and ${count} more`,
  moreValues: (count: number): string => `${count} more ${count === 1 ? 'value' : 'values'}`,
  /** Where the rest is. */
  restIn: (differences: string, changes: string | null): string =>
    `All differences, the settings of variants, every documented timeout and what the RFCs say are in ${differences}${changes === null ? '' : `; what changed from version to version in ${changes}`}.`,
  differencesTitle: 'Differences from the majority',
  noDifferences: 'Nothing differs from the majority.',
  noMajority: (observations: string): string => `no majority (see the table): ${observations}`,
  usual: (value: string, agreeing: number, voting: number): string => `usual: ${value} (${agreeing} of ${voting})`,
  lacks: 'no value',
  frames: (frames: readonly number[], more: boolean): string =>
    frames.length === 0 ? 'no frame' : `frame${frames.length > 1 ? 's' : ''} ${frames.join(', ')}${more ? ', …' : ''}`,
  alsoIn: (count: number): string => `and in ${grouped(count)} more ${count === 1 ? 'cell' : 'cells'}`,
  highlightsTitle: 'Highlights',
  ownClaimsTitle: 'Your claims',
  highlights: highlightsEn,
  /** How many differences there are in all. */
  allDifferences: (count: number, file: string): string => `${plural(count, 'difference')} from the majority in all: ${file}`,
  andMore: (count: number, file: string): string => `… and ${grouped(count)} more: ${file}`,
  variantTitle: 'What one changed setting changes',
  variantOf: (variant: string, base: string): string => `${variant} against ${base}`,
  versionTitle: 'What changed from one version to the next',
  fromVersion: (earlier: string, later: string): string => `${earlier} → ${later}`,
  versionHeader: 'what (client/scenario)',
  /** A value in one version, or in a row of them. */
  inVersions: (value: string, first: string, last: string): string =>
    first === last ? `${value} in ${first}` : `${value} from ${first} to ${last}`,
  perhapsTiming: 'Perhaps only the timing of this run; run it again before you blame a version:',
  versionsAlike: 'no observed change',
  connectionsVary: 'How many connections a visit opens also depends on timing: run it again before you blame a version for such a change.',
  documentedTitle: 'Timeouts: documented and measured',
  documentedDiffers: 'Timeouts that are not as documented',
  /** Headers of the columns after the server's. */
  documentedHeader: ['what', 'documented default', 'measured', 'verdict', 'source'],
  timers: { idle: 'idle after a response', head: 'incomplete request head', requests: 'requests on a connection' },
  undocumented: 'not documented',
  unlimited: 'no limit',
  documentedVerdicts: { agrees: 'agrees', differs: 'differs', unseen: 'not watched long enough', undocumented: '–' } satisfies Record<
    DocumentedVerdict,
    string
  >,
  documentedSource: (source: string, read: string): string => `${source}, read ${read}`,
  conformanceTitle: 'What the RFCs say',
  verdicts: { conforms: 'conforms', deviates: 'deviates', unspecified: 'not specified' } satisfies Record<Conformance['verdict'], string>,
  variedTitle: (runs: number): string => `What varied in ${runs} runs of each cell, beyond the tolerance`,
  nothingVaried: (runs: number): string => `Nothing varied beyond its tolerance in ${runs} runs of each cell.`,
  variedHeader: ['cell', 'value', 'in its runs'],
  timesOf: (value: string, times: number): string => `${value} × ${times}`,
  noValue: 'no value',
  inRuns: (runs: number, text: string): string => `in ${runs} runs: ${text}`,
  between: (min: string, median: string, max: string): string => `${min} – ${median} – ${max}`,
  race: (id: string): string => `${id} (race)`,
  raceLegend: 'A race varies although nothing has changed: what goes on side by side decides it.',
  betweenLegend: 'Times and numbers: least – median – most.',
  versionsIn: (file: string): string => `What changed from version to version: ${file}`,
  notShownTitle: 'Not observed',
  runSummary: ({ observed, failed, skipped, notApplicable, frames, dropped }: RunCounts): string =>
    [
      `${plural(observed, 'cell')} observed`,
      ...(failed > 0 ? [`${grouped(failed)} failed`] : []),
      ...(skipped > 0 ? [`${grouped(skipped)} skipped`] : []),
      ...(notApplicable > 0 ? [`${grouped(notApplicable)} not applicable`] : []),
      `${plural(frames, 'frame')} captured`,
      dropped === null ? 'the backend does not count drops; the sequence numbers show none' : `${grouped(dropped)} dropped`,
    ].join(', '),
  allValuesTitle: 'All values',
  baselineTitle: (run: string, startedAt: string): string => `Compared with the baseline ${run} of ${startedAt}`,
  asBaseline: 'Nothing changed.',
  baselineCount: (count: number, startedAt: string, file: string): string =>
    `${count === 0 ? 'No change' : plural(count, 'change')} since the baseline of ${startedAt}${count === 0 ? '.' : `: ${file}`}`,
  lost: 'no longer observed',
  added: 'newly observed',
  report: (file: string, canOpen: boolean): string => `Report: ${file}${canOpen ? ' (--open opens it)' : ''}`,
  besideReport: (files: readonly string[]): string => `Beside it: ${files.join(', ')}`,
  /** How a later run is compared with this one. */
  laterRun: (command: string): string => `To compare a later run with this one: ${command}`,
};

/** Cells of a run by state, and its frames. */
export interface RunCounts {
  observed: number;
  failed: number;
  skipped: number;
  notApplicable: number;
  frames: number;
  /** `null` where the capture backend cannot know. */
  dropped: number | null;
}

/** The shape of every language's table words. */
export type TableWords = typeof tablesEn;
export type ColumnId = keyof TableWords['columns'];
