import { createHash } from 'node:crypto';
import { questions as registered } from '../../clients/probe/questions/index.ts';
import { manifest } from '../../servers/site/manifest.ts';
import type { CellPlan } from '../lab/plan.ts';
import { projectVersion } from '../system/version.ts';

/** A hash of what cells act out and on what: this version, the site, scenarios, questions and browsers of the user's own. In hexadecimal digits. */
export function definitionsOf(cells: readonly CellPlan[]): string {
  const distinct = <T>(of: (cell: CellPlan) => T): T[] => [...new Set(cells.map(of))];
  const all = [
    projectVersion(),
    manifest,
    distinct(({ scenario }) => scenario),
    registered,
    [...new Set(cells.flatMap(({ questions = [] }) => questions))],
    distinct(({ profile }) => profile),
  ];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}
