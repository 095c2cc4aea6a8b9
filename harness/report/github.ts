import type { FindingRow } from '../compare/run-result.ts';
import { printable } from './escape.ts';
import { failsRun, placeText, reportedFindings } from './for-machines.ts';
import { gateLines } from './gate-text.ts';
import { defineReporter, type ReportInput, STANDARD_OUTPUT } from './reporter.ts';

/** Annotations of a GitHub workflow, which it reads from standard output. */
export const github = defineReporter({
  id: 'github',
  describe: 'prints the findings as annotations of a GitHub workflow',
  onRequest: true,
  files: (input) => [{ path: STANDARD_OUTPUT, content: renderGithub(input) }],
});

type Kind = 'error' | 'warning' | 'notice';
const KINDS: Record<FindingRow['severity'], Kind | null> = { fault: 'error', risk: 'warning', advice: 'notice', note: null };
/** GitHub shows so many of each kind of one step, and drops the others. */
const SHOWN = 10;

/** The lines: what fails the gate is an error, and nothing else where thresholds were asked for. Notes are left out, and so is what GitHub would drop, which a last line of the kind counts. */
export function renderGithub({ run, gate }: Pick<ReportInput, 'run' | 'gate'>): string {
  const thresholds = gateLines(
    (gate ?? []).filter(({ kind }) => kind !== 'finding'),
    run,
  ).map((line) => annotation('error', 'wirematrix', line));
  const lines: Record<Kind, string[]> = { error: thresholds, warning: [], notice: [] };
  for (const finding of reportedFindings(run)) {
    const usual = KINDS[finding.severity];
    const kind = failsRun(finding, gate, ['fault']) ? 'error' : usual === 'error' ? 'warning' : usual;
    if (kind !== null) lines[kind].push(findingLine(kind, finding));
  }
  return Object.entries(lines)
    .flatMap(([kind, all]) =>
      all.length <= SHOWN
        ? all
        : [...all.slice(0, SHOWN - 1), annotation(kind as Kind, 'wirematrix', `… and ${all.length - SHOWN + 1} more`)],
    )
    .map((line) => `${line}\n`)
    .join('');
}

function findingLine(kind: Kind, { id, title, seen, remedy, where }: FindingRow): string {
  const [place] = where;
  return annotation(kind, `${id}: ${title}`, `${seen}${place ? ` (${placeText(place)})` : ''}\nWhat mends it: ${remedy}`);
}

/** One workflow command: what separates its parts is escaped as GitHub reads it back. */
export function annotation(kind: Kind, title: string, message: string): string {
  const data = (text: string) =>
    text.split('\n').map(printable).join('\n').replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
  return `::${kind} title=${data(title).replace(/:/g, '%3A').replace(/,/g, '%2C')}::${data(message)}`;
}
