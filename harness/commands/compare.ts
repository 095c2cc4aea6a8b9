import path from 'node:path';
import { planCells, shardOf } from '../lab/plan.ts';
import { select, withCells } from '../lab/selection.ts';
import { resolveReporters, writeReports } from '../report/write-reports.ts';
import { writeInto } from '../results/run-folder.ts';
import { sectionFourCells } from '../results/section-four-cells.ts';
import { CodedError } from '../system/coded-error.ts';
import { ownCommand } from '../system/packages.ts';
import type { AddCommand } from './command.ts';
import { exitCodeOfRun } from './exit.ts';
import { exitCodeOfGate, gateFor } from './gate.ts';
import { atLeastOne, baseline, capture, delay, failOn, max, out, quick, rate, reporter, window } from './options.ts';
import { runWatched } from './run-watched.ts';
import { say } from './say.ts';

/** Runs the matrix, writes the run's folder and prints the table. */
export const addCompare: AddCommand = (program) => {
  program
    .command('compare')
    .description('run servers × clients × scenarios, capture, and print the comparison matrix')
    .option('--servers <ids>', 'comma list of server ids, or the groups all, real, models, variants (see list)')
    .option('--clients <ids>', 'comma list of client ids, or the groups all, emulated, real')
    .option('--scenarios <ids>', 'comma list of scenario ids, or all')
    .addOption(quick())
    .addOption(window())
    .addOption(out('results/latest'))
    .addOption(capture())
    .option('--models', 'also run the models of the chosen servers')
    .option('--claims', 'run the cells of the claims too (as section-four does), so that every claim is judged')
    .addOption(reporter())
    .addOption(baseline())
    .addOption(failOn())
    .addOption(max())
    .option('--at-once <n>', 'cells that act at one time (default: one a core, at least 2); fewer disturb each other less', atLeastOne)
    .addOption(rate())
    .addOption(delay())
    .option('--shard <i/n>', 'run only the i-th of n parts of the cells (merge joins them)')
    .action(async (options) => {
      const chosen = await select(options);
      const matrix = { selection: chosen, cells: planCells(chosen.servers, chosen.clients, chosen.scenarios) };
      const plan = options.claims ? withCells(await sectionFourCells(false), matrix) : matrix;
      const { selection } = plan;
      const cells = shardOf(plan.cells, options.shard);
      // Checked before the run, so that a mistyped name does not cost a whole run.
      if (options.reporter !== undefined) await resolveReporters(options.reporter);
      const gate = await gateFor(options);
      const { interrupted, ...assembled } = await runWatched(selection, cells, options);
      const { run } = assembled;
      const reasons = gate.look(run);
      const reports = () => writeReports(assembled.folder, { ...assembled, gate: reasons }, options.reporter);
      await writeInto(assembled.folder, reports, { keep: true }).catch((error: unknown) => {
        throw error instanceof CodedError
          ? new CodedError(error.code, `${error.message}\n${howToReportAgain(assembled.folder.place)}`)
          : error;
      });
      if (interrupted) say(`interrupted; what was captured by then is in ${options.out}`);
      process.exitCode = exitCodeOfRun(run, interrupted) || exitCodeOfGate(reasons, run);
    });
};

const howToReportAgain = (out: string): string =>
  `the captures are in ${path.join(out, 'captures')}; ${ownCommand('table', out)} makes the reports from them`;
