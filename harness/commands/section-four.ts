import { clients } from '../../clients/index.ts';
import { servers } from '../../servers/index.ts';
import { CLAIM_WORDS } from '../claims/wording/index.ts';
import type { RunResult } from '../compare/run-result.ts';
import { cellId } from '../model.ts';
import { escapeTerminal } from '../report/escape.ts';
import { verdictLines } from '../report/section-four.ts';
import { reportOwn, reportRun, type Written } from '../report/section-four-files.ts';
import { writeReports } from '../report/write-reports.ts';
import { strayCaptures } from '../results/own-captures.ts';
import { readRun } from '../results/read-run.ts';
import { readRemadeRun } from '../results/remake.ts';
import { openRunFolder, writeInto } from '../results/run-folder.ts';
import { sectionFourCells } from '../results/section-four-cells.ts';
import { print } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { exitCodeOfRun } from './exit.ts';
import * as option from './options.ts';
import { runWatched, untilWritten } from './run-watched.ts';
import { say } from './say.ts';

/** Runs the cells that the claims need, judges them, and writes `section-four.md`. */
export const addSectionFour: AddCommand = (program) => {
  program
    .command('section-four')
    .description('run what section four of the lab report needs, judge every claim, and write section-four.md')
    .addOption(option.language())
    .addOption(option.quick())
    .addOption(option.window())
    .addOption(option.out('results/latest'))
    .option(
      '--captures <dir>',
      'run nothing: judge captures named <server>__<browser>.pcapng (or listed in manifest.json), or those of an earlier run',
    )
    .option('--emulated', 'emulated browsers only, also where real ones are installed')
    .addOption(option.capture())
    .action(async (options) => {
      const { captures, language, out } = options;
      const show = ({ judged, file }: Written) =>
        print(`${verdictLines(judged, CLAIM_WORDS[language]).join('\n')}\n\n${escapeTerminal(file)}\n`);
      if (captures !== undefined) {
        // Made again: a capture that was cut or changed since shows nothing.
        const earlier = (await readRun(captures)) ? await readRemadeRun(captures) : null;
        if (earlier && earlier.lost.length > 0)
          say(`not judged, since their captures are not there, not whole, or not those of the run: ${earlier.lost.join(', ')}`);
        const ids = (all: readonly { id: string }[]) => all.map(({ id }) => id);
        if (!earlier) for (const stray of await strayCaptures(captures, ids(servers), ids(clients))) say(`not judged: ${stray}`);
        const folder = await openRunFolder(out, { mode: 'add' });
        const report = () =>
          earlier
            ? reportRun({ ...earlier, dir: captures, folder, language, which: 'all' })
            : reportOwn(captures, folder, language, [...servers, ...clients]);
        const written = await writeInto(folder, report);
        if (earlier) {
          sayFailed(earlier.run.cells.filter((cell) => !earlier.lost.includes(cellId(cell))));
          process.exitCode = exitCodeOfRun(earlier.run);
        }
        return show(written);
      }
      const { selection, cells } = await sectionFourCells(options.emulated ?? false);
      const { interrupted, ...assembled } = await runWatched(selection, cells, options);
      const { folder } = assembled;
      const report = async () => {
        await writeReports(folder, assembled, 'json');
        return reportRun({ ...assembled, dir: out, language, which: 'all' });
      };
      await show(await untilWritten(() => writeInto(folder, report, { keep: true })));
      sayFailed(assembled.run.cells);
      process.exitCode = exitCodeOfRun(assembled.run, interrupted);
    });
};

function sayFailed(cells: RunResult['cells']): void {
  for (const cell of cells) if (cell.state === 'failed') say(`${cellId(cell)} failed: ${cell.reason.split('\n')[0]}`);
}
