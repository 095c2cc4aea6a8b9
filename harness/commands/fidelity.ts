import path from 'node:path';
import { escapeTerminal } from '../report/escape.ts';
import { fidelityMarkdown, fidelitySummary, modelFidelityMarkdown, modelFidelitySummary } from '../report/fidelity-report.ts';
import { type FidelityRunner, fidelityOfBrowsers, fidelityOfModels } from '../results/fidelity.ts';
import { openRunFolder, writeInto } from '../results/run-folder.ts';
import { writeAtomically } from '../system/files.ts';
import { print } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { EXIT, exitCodeOfRun } from './exit.ts';
import { atLeastOne, capture, delay, out, percentage, quick, rate, window } from './options.ts';
import { runWatched } from './run-watched.ts';
import { say } from './say.ts';

/** Emulated browsers against real ones, and models against the servers that they imitate. */
export const addFidelity: AddCommand = (program) => {
  program
    .command('fidelity')
    .description('emulated browsers against real ones, or models against the servers they imitate: a score for each, and what differs')
    .option(
      '--servers [ids]',
      'the servers that the browsers visit (default: the usual ones); without ids: models against their real servers instead',
    )
    .option('--clients <ids>', 'comma list of emulated browsers (default: all that have a real counterpart)')
    .option('--scenarios <ids>', 'comma list of scenario ids (default all)')
    .option('--runs <n>', 'runs of the real browsers: what varies between them is their range', atLeastOne, 3)
    .option('--rescore', 'run nothing: the score of the captures that an earlier fidelity left in the folder')
    .option('--reuse', 'take the captures of the real browsers that an earlier fidelity left in the folder')
    .addOption(quick())
    .addOption(window())
    .addOption(out('results/latest-fidelity'))
    .addOption(capture())
    .option(
      '--at-once <n>',
      'cells that act at one time (default: one for every two cores); with more, which connection is free first varies',
      atLeastOne,
    )
    .addOption(rate())
    .addOption(delay())
    .option('--min <percent>', 'exit code 1 where a score is lower', percentage)
    .action(async ({ servers, min, ...options }) => {
      let hasFailed = false;
      const runner: FidelityRunner = {
        async run(...what) {
          const done = await runWatched(...what);
          hasFailed ||= exitCodeOfRun(done.run) !== EXIT.ok;
          return done;
        },
        say,
      };
      let shares: number[];
      if (servers === true) {
        const result = await fidelityOfModels(options, runner);
        if (result) await writeResult(options.out, 'models', result, modelFidelityMarkdown(result), modelFidelitySummary(result));
        shares = result ? result.models.map(({ share }) => share) : [];
      } else {
        const result = await fidelityOfBrowsers({ ...options, servers }, runner);
        if (result) await writeResult(options.out, 'fidelity', result, fidelityMarkdown(result), fidelitySummary(result));
        shares = result ? result.summary.browsers.map(({ share }) => share) : [];
      }
      // There are no shares where the run was interrupted.
      if (shares.length === 0) process.exitCode = EXIT.interrupted;
      else if (hasFailed) process.exitCode = EXIT.failed;
      else if (min !== undefined && shares.some((share) => share * 100 < min)) process.exitCode = EXIT.failed;
    });
};

async function writeResult(out: string, name: string, result: object, markdown: string, summary: string[]): Promise<void> {
  const folder = await openRunFolder(out, { mode: 'add' });
  await writeInto(folder, async () => {
    for (const [file, content] of [
      [`${name}.json`, `${JSON.stringify(result, null, 1)}\n`],
      [`${name}.md`, markdown],
    ] as const) {
      await folder.checkFree(file);
      await writeAtomically(path.join(folder.staging, file), content);
    }
  });
  await print([...summary, escapeTerminal(`Every miss with its frames: ${path.join(out, `${name}.md`)}`), ''].join('\n'));
}
