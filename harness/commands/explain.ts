import path from 'node:path';
import { explained, renderExplanation } from '../report/explanation.ts';
import { findCapture, readFoundCapture } from '../results/find-capture.ts';
import { readRun } from '../results/read-run.ts';
import { print } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { language } from './options.ts';

/** One cell as a story: what happened, the ladder of each connection, and the values with their frames. */
export const addExplain: AddCommand = (program) => {
  program
    .command('explain')
    .description('one cell as a story: what happened, a ladder diagram of each connection, and the values with their frames')
    .argument('<cell>', 'server/client/scenario, or a capture file')
    .option('--dir <dir>', 'folder of the run', 'results/latest')
    .option('--ascii', 'draw with ASCII characters only')
    .addOption(language())
    .action(async (cell, { dir, ascii = false, language }) => {
      const run = await readRun(dir);
      const file = await findCapture(cell, dir, run);
      const evidence = await readFoundCapture(file);
      await print(renderExplanation({ ...explained(evidence, run, path.relative('', file)), language, ascii, columns: 100 }));
    });
};
