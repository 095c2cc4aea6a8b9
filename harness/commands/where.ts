/** The end of what a run prints: where its reports are. */
import path from 'node:path';
import { REPORT, type Where, whereLines } from '../report/where.ts';
import type { ReporterList } from '../report/write-reports.ts';
import { resolveReporters } from '../report/write-reports.ts';
import { badArgument } from '../system/coded-error.ts';
import { openFile } from '../system/open-file.ts';
import { print } from '../system/terminal.ts';
import { say } from './say.ts';

/** The ids of the reporters that were named; `null` where none was. @throws CodedError (bad-argument) where one is not there, or `--open` has nothing to open */
export async function reportersNamed({
  reporter,
  open,
  ui,
}: {
  reporter?: ReporterList | undefined;
  open?: true | undefined;
  ui?: true | undefined;
}): Promise<string[] | null> {
  const named = reporter === undefined ? null : (await resolveReporters(reporter)).map(({ id }) => id);
  if (open && !ui && named !== null && !named.includes('html')) throw badArgument(`--open opens ${REPORT}: name html among the reporters`);
  return named;
}

/** Whether the table is printed: by default, and where it was named. */
export const printsTable = (named: readonly string[] | null): boolean => named === null || named.includes('terminal');

/** Opens the report where that was asked for, and says where it is and what lies beside it. @param opens left out: the command can't open it */
export async function sayWhere(
  place: string,
  { opens, prints, ...where }: Omit<Where, 'canOpen'> & { opens?: boolean; prints: boolean },
): Promise<void> {
  const notOpened = opens === true ? await openFile(path.join(place, REPORT)) : null;
  if (prints) await print(['', ...whereLines(place, { ...where, canOpen: opens === false || notOpened !== null }), ''].join('\n'));
  if (notOpened !== null) say(`the report can't be opened: ${notOpened}; open ${path.join(place, REPORT)} in a browser`);
}
