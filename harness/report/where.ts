/** Where a run's reports are, for the end of what a command prints. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Language } from '../model.ts';
import { ownCommand } from '../system/packages.ts';
import { escapeTerminal } from './escape.ts';
import { CHANGES, DIFFERENCES, FINDINGS } from './file-names.ts';
import { TABLE_WORDS } from './phrases/tables.ts';
import { SECTION_FOUR } from './section-four-files.ts';

export const REPORT = 'report.html';

export interface Where {
  /** The command that makes a later run to be compared with this one; `null`: it is not known, or this one was cut. */
  by: 'compare' | 'probe' | null;
  /** Whether the command that prints this can open the report, and has not. */
  canOpen?: boolean;
  language?: Language;
}

/** Lines that name what is in the folder, the report first. */
export function whereLines(dir: string, { by, language = 'en', canOpen = false }: Where): string[] {
  const words = TABLE_WORDS[language];
  const there = (name: string): boolean => existsSync(path.join(dir, name));
  const others = ['table.md', FINDINGS, DIFFERENCES, CHANGES, SECTION_FOUR, 'captures'].filter(there);
  return [
    ...(there(REPORT) ? [words.report(path.join(dir, REPORT), canOpen)] : []),
    ...(others.length > 0 ? [words.besideReport(others)] : []),
    ...(by !== null && there('run.json') ? [words.laterRun(ownCommand(by, '--baseline', path.join(dir, 'run.json')))] : []),
  ].map(escapeTerminal);
}
