import { writeReports } from '../report/write-reports.ts';
import { mergeRuns } from '../results/merge.ts';
import { writeInto } from '../results/run-folder.ts';
import type { AddCommand } from './command.ts';
import { exitCodeOfRun } from './exit.ts';
import { out, reporter } from './options.ts';

/** Joins the runs of several shards into one. */
export const addMerge: AddCommand = (program) => {
  program
    .command('merge')
    .description('join the runs of several shards into one')
    .argument('<dirs...>', 'folders of the runs')
    .addOption(out('results/latest'))
    .addOption(reporter())
    .action(async (dirs, options) => {
      const assembled = await mergeRuns(dirs, options.out);
      await writeInto(assembled.folder, () => writeReports(assembled.folder, assembled, options.reporter));
      process.exitCode = exitCodeOfRun(assembled.run);
    });
};
