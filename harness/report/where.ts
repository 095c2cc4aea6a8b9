/** Where a run's reports are, for the end of what a command prints. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ownCommand } from '../system/packages.ts';
import { escapeTerminal } from './escape.ts';
import { CHANGES, DIFFERENCES } from './file-names.ts';
import { SECTION_FOUR } from './section-four-files.ts';

export const REPORT = 'report.html';

/** Lines that name what is in the folder, the report first; none where there is no report. */
export function whereLines(dir: string, { opened = false } = {}): string[] {
  const there = (name: string): boolean => existsSync(path.join(dir, name));
  const others = ['table.md', DIFFERENCES, CHANGES, SECTION_FOUR, 'captures'].filter(there);
  return [
    ...(there(REPORT) ? [`Report: ${path.join(dir, REPORT)}${opened ? '' : ' (--open opens it)'}`] : []),
    ...(others.length > 0 ? [`Beside it: ${others.join(', ')}`] : []),
    ...(there('run.json')
      ? [`To hold a later run against this one: ${ownCommand('compare', '--baseline', path.join(dir, 'run.json'))}`]
      : []),
  ].map(escapeTerminal);
}
