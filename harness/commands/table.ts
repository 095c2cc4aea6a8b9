import path from 'node:path';
import { printable } from '../report/escape.ts';
import { writeReports } from '../report/write-reports.ts';
import { remakeRun } from '../results/remake.ts';
import type { AddCommand } from './command.ts';
import { EXIT, exitCodeOfRun } from './exit.ts';
import { reporter, runFolder } from './options.ts';
import { say } from './say.ts';

/** Makes a run's result and its reports again from its captures. */
export const addTable: AddCommand = (program) => {
  program
    .command('table')
    .description("make the table and every report again from a run's captures, without a network")
    .addArgument(runFolder())
    .addOption(reporter())
    .action(async (dir, options) => {
      const { leftOut, ...assembled } = await remakeRun(dir);
      for (const { capture, reason } of leftOut) say(`left out, since it can't be read: ${path.join(dir, printable(capture))}: ${reason}`);
      await writeReports(dir, assembled, options.reporter);
      process.exitCode = leftOut.length > 0 ? EXIT.failed : exitCodeOfRun(assembled.run);
    });
};
