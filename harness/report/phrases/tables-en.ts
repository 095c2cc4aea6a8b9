/** English words of the results table and of the sections below it (`terminal.ts`, `markdown.ts`). Other languages take their shape from this record. */
import type { DocumentedVerdict } from '../../compare/documented.ts';
import type { CellResult, ClientRow } from '../../compare/run-result.ts';
import type { Conformance } from '../../model.ts';

export const tablesEn = {
  server: 'server',
  version: 'version',
  /** Headers of the columns of the main table. */
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
  openAfter: (seconds: string): string => `open after ${seconds}`,
  nobody: 'nobody',
  atOnce: 'at once',
  none: 'none',
  yes: 'yes',
  no: 'no',
  model: 'model',
  modelLegend: '[model]: imitates the server from cited sources; not the real thing.',
  variantLegend: '↳: the server above with one setting changed.',
  state: { skipped: 'skipped', failed: 'failed', 'not-applicable': 'not applicable' } satisfies Record<
    Exclude<CellResult['state'], 'observed'>,
    string
  >,
  remedy: (command: string): string => `remedy: ${command}`,
  /** Which client the table is about. */
  tableTitle: (client: string, provenance: ClientRow['provenance'], version: string | null): string =>
    `${client} (${version === null ? provenance : `${provenance}, ${version}`})`,
  tableSources: (sources: string): string => `Values from: ${sources}.`,
  columnsLeftOut: (titles: string, file: string): string => `Too narrow for: ${titles}. All columns are in ${file}.`,
  mattersTitle: 'The differences that matter most',
  deviatesLegend: '§: deviates from the RFC.',
  moreServers: (count: number): string => `and ${count} more`,
  moreValues: (count: number): string => `${count} more ${count === 1 ? 'value' : 'values'}`,
  /** Where the rest is. */
  restIn: (differences: string, changes: string | null): string =>
    `All differences, the settings of variants, every documented time-out and what the RFCs say are in ${differences}${changes === null ? '' : `; what changed from version to version in ${changes}`}.`,
  differencesTitle: 'What differs from the majority',
  noDifferences: 'Nothing differs from the majority.',
  noMajority: (observations: string): string => `no majority (see the table): ${observations}`,
  usual: (value: string, agreeing: number, voting: number): string => `usual: ${value} (${agreeing} of ${voting})`,
  lacks: 'no such value',
  frames: (frames: readonly number[], more: boolean): string =>
    frames.length === 0 ? 'no frame' : `frame${frames.length > 1 ? 's' : ''} ${frames.join(', ')}${more ? ', …' : ''}`,
  alsoIn: (count: number): string => `and in ${count} more ${count === 1 ? 'cell' : 'cells'}`,
  elsewhere: (count: number, file: string): string =>
    `${count} ${count === 1 ? 'difference' : 'differences'} more, in other observations and scenarios: ${file}`,
  andMore: (count: number, file: string): string => `… and ${count} more: ${file}`,
  variantTitle: 'What a changed setting changes',
  variantOf: (variant: string, base: string): string => `${variant} against ${base}`,
  versionTitle: 'What changed from one version to the next',
  fromVersion: (earlier: string, later: string): string => `${earlier} → ${later}`,
  versionHeader: 'what (client/scenario)',
  /** A value in one version, or in a row of them. */
  inVersions: (value: string, first: string, last: string): string =>
    first === last ? `${value} in ${first}` : `${value} from ${first} to ${last}`,
  partsJoin: '; ',
  perhapsTiming: 'Perhaps the timing of this run alone; make it again before a version is blamed:',
  versionsAlike: 'nothing that was observed changed',
  connectionsVary:
    'How many connections a visit opens also depends on timing: let the run be made again before such a change is blamed on a version.',
  documentedTitle: 'Time-outs as documented and as measured',
  documentedDiffers: 'Time-outs that are not as documented',
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
  verdicts: { conforms: 'conforms', deviates: 'deviates', unspecified: 'unspecified' } satisfies Record<Conformance['verdict'], string>,
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
  notShownTitle: 'Not observed',
  runSummary: ({ observed, failed, skipped, notApplicable, frames, dropped }: RunCounts): string =>
    [
      `${observed} cells observed`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
      ...(notApplicable > 0 ? [`${notApplicable} not applicable`] : []),
      `${frames} frames captured`,
      dropped === null ? 'drops unknown to the backend, none by sequence numbers' : `${dropped} dropped`,
    ].join(', '),
  allValuesTitle: 'All values',
  baselineTitle: (run: string, startedAt: string): string => `Against the baseline ${run} of ${startedAt}`,
  asBaseline: 'Nothing differs from it.',
  lost: 'no longer observed',
  added: 'newly observed',
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
