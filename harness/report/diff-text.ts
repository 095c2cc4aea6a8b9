/** What changed between two runs, for a terminal. */
import type { RunDiff } from '../compare/run-diff.ts';
import { isSame } from '../compare/run-diff.ts';
import type { FindingRow, RunResult } from '../compare/run-result.ts';
import { escapeTerminal } from './escape.ts';
import { TABLE_WORDS } from './phrases/tables.ts';
import { framesText, NO_BREAK, valueText } from './value-text.ts';
import { wrapProse } from './width.ts';

const LEAST_COLUMNS = 40;
/** Cells that are named. */
const CELLS_NAMED = 12;

/** The whole text. `observations`: of the later run. */
export function diffText(diff: RunDiff, observations: RunResult['observations'], columns: number): string {
  const words = TABLE_WORDS.en;
  const width = Math.max(LEAST_COLUMNS, columns);
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0
      ? []
      : [
          '',
          title,
          ...lines.flatMap((line) =>
            wrapProse(escapeTerminal(line), width - 4).map((part, at) => (at === 0 ? `  ${part}` : `    ${part}`)),
          ),
        ];
  const valueLine = ({ observation, left, right }: RunDiff['values'][number]): string => {
    const row = observations.find(({ id }) => id === observation);
    const text = (side: typeof left) => (side.value ? valueText(side.value, row?.unit ?? null, words) : words.lacks);
    return `${right.cell} ${observation}: ${text(left)} → ${text(right)} (${framesText(right.value, words)})`;
  };
  const worse = diff.values.filter((one) => one.worse);
  const other = diff.values.filter((one) => !one.worse);
  return [
    ...wrapProse(escapeTerminal(`From the run of ${diff.from.startedAt} to the run of ${diff.to.startedAt}:`), width),
    ...(isSame(diff) ? ['nothing changed beyond the tolerances.'] : []),
    ...section(
      'Versions',
      diff.versions.map(({ server, from, to }) => `${server}: ${from ?? 'unknown'} → ${to ?? 'unknown'}`),
    ),
    ...section('New findings', diff.appeared.map(findingLine)),
    ...section('Not looked for in the earlier run', diff.notLookedFor ?? []),
    ...section('Findings that are gone', diff.gone.map(findingLine)),
    ...section('Values that are worse', worse.map(valueLine)),
    ...section('Values that changed', other.map(valueLine)),
    ...section('No longer observed', cellLines(diff.onlyFrom)),
    ...section('Newly observed', cellLines(diff.onlyTo)),
    '',
  ]
    .join('\n')
    .replaceAll(NO_BREAK, ' ');
}

function findingLine({ severity, id, title, server, seen, where }: FindingRow): string {
  const [place] = where;
  const at = place ? ` (${place.cell ?? server}, ${TABLE_WORDS.en.frames(place.frames.slice(0, 4), place.frames.length > 4)})` : '';
  return `${severity} ${id}: ${title}${at}: ${seen}`;
}

const cellLines = (cells: readonly string[]): string[] =>
  cells.length <= CELLS_NAMED ? [...cells] : [...cells.slice(0, CELLS_NAMED), `… and ${cells.length - CELLS_NAMED} more`];
