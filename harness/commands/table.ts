import path from 'node:path';
import { loadConfig } from '../config/load.ts';
import { settingsOf } from '../config/settings.ts';
import { writeReports } from '../report/write-reports.ts';
import { FORMER_RUN_FILE, remakeRun } from '../results/remake.ts';
import { writeInto } from '../results/run-folder.ts';
import type { AddCommand } from './command.ts';
import { exitCodeOfRun } from './exit.ts';
import { sayLeftOut } from './left-out.ts';
import { config, languageAsked, reporter, runFolder } from './options.ts';
import { sayOwn } from './own.ts';
import { say } from './say.ts';
import { printsTable, reportersNamed, sayWhere } from './where.ts';

/** Makes a run's result and its reports again from its captures. */
export const addTable: AddCommand = (program) => {
  program
    .command('table')
    .description("make the table and every report again from a run's captures, without a network")
    .addArgument(runFolder())
    .addOption(reporter())
    .addOption(languageAsked())
    .addOption(config())
    .action(async (dir, given) => {
      const { options, own } = settingsOf(undefined, given, await loadConfig(given.config));
      // Checked before the captures are read.
      const chosen = await reportersNamed(options);
      const { leftOut, lost, folder, ...assembled } = await remakeRun(dir, own);
      const exitOfOwn = sayOwn(assembled);
      const exitOfLeftOut = sayLeftOut(dir, leftOut);
      if (lost.length > 0) say(`no longer shown: ${lost.join(', ')}; run.json as it was is kept as ${path.join(dir, FORMER_RUN_FILE)}`);
      await writeInto(folder, () => writeReports(folder, { ...assembled, language: options.language }, options.reporter));
      await sayWhere(folder.place, { by: null, language: options.language, prints: printsTable(chosen) });
      process.exitCode = exitOfLeftOut || exitCodeOfRun(assembled.run) || exitOfOwn;
    });
};
