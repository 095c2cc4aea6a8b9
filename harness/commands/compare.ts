import path from 'node:path';
import { loadConfig } from '../config/load.ts';
import { settingsOf } from '../config/settings.ts';
import { selectWith, withExtras } from '../lab/extras.ts';
import { planCells, shardOf } from '../lab/plan.ts';
import { withCells } from '../lab/selection.ts';
import { REPORT, whereLines } from '../report/where.ts';
import { resolveReporters, writeReports } from '../report/write-reports.ts';
import { openGate } from '../results/gate.ts';
import { writeInto } from '../results/run-folder.ts';
import { sectionFourCells } from '../results/section-four-cells.ts';
import { badArgument, CodedError } from '../system/coded-error.ts';
import { openFile } from '../system/open-file.ts';
import { ownCommand } from '../system/packages.ts';
import { print } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { exitCodeOfRun } from './exit.ts';
import { exitCodeOfGate } from './gate.ts';
import { atLeastOne, baseline, capture, config, delay, failOn, max, out, quick, rate, reporter, window } from './options.ts';
import { runWatched } from './run-watched.ts';
import { say } from './say.ts';

/** Runs the matrix, writes the run's folder and prints the table. */
export const addCompare: AddCommand = (program) => {
  program
    .command('compare')
    .description('run servers × clients × scenarios, capture, and print the comparison matrix')
    .option(
      '--servers <ids>',
      'comma list of server ids, of versions as in node-http@18..26, or of groups: all, real, python, … (see list)',
    )
    .option('--clients <ids>', 'comma list of client ids, or the groups all, emulated, real')
    .option('--scenarios <ids>', 'comma list of scenario ids, or all')
    .addOption(quick())
    .addOption(window())
    .addOption(out('results/latest'))
    .addOption(capture())
    .option('--models', 'also run the models of the chosen servers')
    .option('--claims', 'run the cells of the claims too (as section-four does), so that every claim is judged')
    .addOption(reporter())
    .addOption(config())
    .addOption(baseline())
    .addOption(failOn())
    .addOption(max())
    .option('--at-once <n>', 'cells that act at one time (default: one a core, at least 2); fewer disturb each other less', atLeastOne)
    .addOption(rate())
    .addOption(delay())
    .option('--open', 'open the report when it is written')
    .option('--shard <i/n>', 'run only the i-th of n parts of the cells (merge joins them)')
    .action(async (given) => {
      const { options, extras, own } = settingsOf(undefined, given, await loadConfig(given.config));
      const asked = await selectWith(options, extras);
      const matrix = { selection: asked, cells: planCells(asked.servers, asked.clients, asked.scenarios) };
      const plan = await withExtras(options.claims ? withCells(await sectionFourCells(false), matrix) : matrix, extras);
      const { selection } = plan;
      const cells = shardOf(plan.cells, options.shard);
      // Checked before the run, so that a mistyped name does not cost a whole run.
      const chosen = options.reporter === undefined ? null : (await resolveReporters(options.reporter)).map(({ id }) => id);
      const prints = chosen === null || chosen.includes('terminal');
      if (options.open && chosen !== null && !chosen.includes('html'))
        throw badArgument(`--open opens ${REPORT}: name html among the reporters`);
      const gate = await openGate(options, own);
      const { interrupted, ...assembled } = await runWatched(selection, cells, { ...options, own });
      const { run } = assembled;
      const reasons = gate.look(run);
      const reports = () => writeReports(assembled.folder, { ...assembled, gate: reasons }, options.reporter);
      await writeInto(assembled.folder, reports, { keep: true }).catch((error: unknown) => {
        throw error instanceof CodedError
          ? new CodedError(error.code, `${error.message}\n${howToReportAgain(assembled.folder.place)}`)
          : error;
      });
      const { place } = assembled.folder;
      const notOpened = options.open ? await openFile(path.join(place, REPORT)) : null;
      if (prints) await print(['', ...whereLines(place, { opened: options.open === true && notOpened === null }), ''].join('\n'));
      if (notOpened !== null) say(`the report can't be opened: ${notOpened}; open ${path.join(place, REPORT)} in a browser`);
      if (interrupted) say(`interrupted; what was captured by then is in ${options.out}`);
      process.exitCode = exitCodeOfRun(run, interrupted) || exitCodeOfGate(reasons, run);
    });
};

const howToReportAgain = (out: string): string =>
  `the captures are in ${path.join(out, 'captures')}; ${ownCommand('table', out)} makes the reports from them`;
