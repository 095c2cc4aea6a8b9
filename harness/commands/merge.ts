import { loadConfig } from '../config/load.ts';
import { settingsOf } from '../config/settings.ts';
import { writeReports } from '../report/write-reports.ts';
import { openGate } from '../results/gate.ts';
import { mergeRuns } from '../results/merge.ts';
import { writeInto } from '../results/run-folder.ts';
import type { AddCommand } from './command.ts';
import { exitCodeOfRun } from './exit.ts';
import { exitCodeOfGate } from './gate.ts';
import { baseline, config, failOn, languageAsked, max, out, reporter } from './options.ts';
import { sayOwn } from './own.ts';
import { printsTable, reportersNamed, sayWhere } from './where.ts';

/** Joins the runs of several shards into one. */
export const addMerge: AddCommand = (program) => {
  program
    .command('merge')
    .description('join the runs of several shards into one')
    .argument('<dirs...>', 'folders of the runs')
    .addOption(out('results/latest'))
    .addOption(reporter())
    .addOption(languageAsked())
    .addOption(config())
    .addOption(baseline())
    .addOption(failOn())
    .addOption(max())
    .action(async (dirs, given) => {
      const { options, own } = settingsOf(undefined, given, await loadConfig(given.config));
      // Checked before the captures are copied.
      const chosen = await reportersNamed(options);
      const gate = await openGate(options, own);
      const assembled = await mergeRuns(dirs, options.out, own);
      const exitOfOwn = sayOwn(assembled);
      const reasons = gate.look(assembled.run);
      await writeInto(assembled.folder, () =>
        writeReports(assembled.folder, { ...assembled, gate: reasons, language: options.language }, options.reporter),
      );
      await sayWhere(assembled.folder.place, { by: 'compare', language: options.language, prints: printsTable(chosen) });
      process.exitCode = exitCodeOfRun(assembled.run) || exitCodeOfGate(reasons, assembled.run) || exitOfOwn;
    });
};
