import { createHash } from 'node:crypto';
import { questions as registered } from '../../clients/probe/questions/index.ts';
import { manifest } from '../../servers/site/manifest.ts';
import type { CellPlan } from '../lab/plan.ts';
import { projectVersion } from '../system/version.ts';

/**
 * A hash of what cells act out and on what: this version, the site, scenarios, questions and browsers of the user's own. In hexadecimal digits.
 * @param cells of the whole run, in any order: its parts have the same hash
 */
export function definitionsOf(cells: readonly CellPlan[]): string {
  const distinct = <T extends { id: string }>(all: readonly T[]): T[] =>
    [...new Map(all.map((one) => [one.id, one])).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const all = [
    projectVersion(),
    manifest,
    distinct(cells.map(({ scenario }) => scenario)),
    registered,
    distinct(cells.flatMap(({ questions = [] }) => questions)),
    distinct(cells.flatMap(({ profile }) => profile ?? [])),
  ];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}
