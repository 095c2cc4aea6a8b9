import path from 'node:path';
import { cellId } from '../model.ts';
import { VALUES, valueTable } from '../report/csv.ts';
import { html } from '../report/html.ts';
import { renderJson } from '../report/json.ts';
import { readableMarkdown } from '../report/markdown.ts';
import { reportRun, SECTION_FOUR } from '../report/section-four-files.ts';
import { writeChosen } from '../report/write-reports.ts';
import { PACKED, packCaptures, writePacked } from '../results/pack.ts';
import { RUN_FILE } from '../results/read-run.ts';
import { readRemadeRun } from '../results/remake.ts';
import { openRunFolder, writeInto } from '../results/run-folder.ts';
import type { AddCommand } from './command.ts';
import { exitCodeOfRun } from './exit.ts';
import { out, runFolder } from './options.ts';

/** Makes a run small enough to be kept in a repository, as the reference results are. */
export const addPack: AddCommand = (program) => {
  program
    .command('pack')
    .description('a run small enough for a repository: JSON packed, and the captures that the claims rest on, their bodies cut')
    .addArgument(runFolder())
    .addOption(out('results/packed'))
    .action(async (dir, options) => {
      const assembled = await readRemadeRun(dir);
      const folder = await openRunFolder(options.out, { mode: 'add' });
      await writeInto(folder, async () => {
        const packed = await packCaptures(dir, assembled, folder);
        await writePacked(folder, `${RUN_FILE}${PACKED}`, renderJson(assembled.run));
        await writePacked(folder, `${VALUES}${PACKED}`, valueTable(assembled.run));
        await writeChosen(folder, assembled, [readableMarkdown, html], (cell) => ({
          capture: packed.get(cellId(cell)) ?? null,
          har: null,
        }));
        const linkOf = (cell: string): string | null => {
          const file = packed.get(cell);
          return file === undefined ? null : path.join(options.out, file);
        };
        for (const [language, name] of [
          ['en', SECTION_FOUR],
          ['zh', SECTION_FOUR.replace('.md', '.zh.md')],
        ] as const)
          await reportRun({ ...assembled, dir, folder, language, which: 'all', linkOf, name });
      });
      process.exitCode = exitCodeOfRun(assembled.run);
    });
};
