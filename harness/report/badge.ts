import { isObserved } from '../compare/matrix.ts';
import type { FindingRow, RunResult } from '../compare/run-result.ts';
import { reportedFindings } from './for-machines.ts';
import { renderJson } from './json.ts';
import { defineReporter } from './reporter.ts';

/** `badge.json`: what an endpoint badge of shields.io reads. */
export const badge = defineReporter({
  id: 'badge',
  describe: 'writes badge.json: the worst findings as an endpoint badge of shields.io',
  onRequest: true,
  files: ({ run }) => [{ path: 'badge.json', content: renderJson(badgeOf(run)) }],
});

/** The badge: the worst severity and how often, or that nothing is wrong; a run that observed nothing shows that. */
export function badgeOf(run: RunResult): { schemaVersion: 1; label: string; message: string; color: string } {
  const badgeWith = (message: string, color: string) => ({ schemaVersion: 1 as const, label: 'wirematrix', message, color });
  if (!run.cells.some(isObserved)) return badgeWith('not observed', 'lightgrey');
  const number = (severity: FindingRow['severity']) => reportedFindings(run).filter((finding) => finding.severity === severity).length;
  const [faults, risks] = [number('fault'), number('risk')];
  const text = [counted(faults, 'fault'), counted(risks, 'risk')].filter((part) => part !== '').join(', ');
  if (faults > 0) return badgeWith(text, 'red');
  return risks > 0 ? badgeWith(text, 'orange') : badgeWith('no faults, no risks', 'brightgreen');
}

const counted = (number: number, word: string): string => (number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`);
