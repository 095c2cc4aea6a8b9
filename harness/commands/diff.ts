import { diffRuns } from '../compare/run-diff.ts';
import { diffText } from '../report/diff-text.ts';
import { escapeJson } from '../report/escape.ts';
import { readRunAt } from '../results/read-run.ts';
import { print, terminalOf } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';

/** Says what changed between two runs. */
export const addDiff: AddCommand = (program) => {
  program
    .command('diff')
    .description('what changed between two runs: findings that are new and gone, values beyond their tolerance')
    .argument('<a>', 'the earlier run: its folder, or its run.json')
    .argument('<b>', 'the later one')
    .option('--json', 'as JSON')
    .action(async (a, b, { json }) => {
      const [from, to] = [await readRunAt(a), await readRunAt(b)];
      const diff = diffRuns(from, to);
      const { columns } = terminalOf(process.stdout);
      await print(json ? `${escapeJson(JSON.stringify(diff, null, 2))}\n` : diffText(diff, to.observations, columns));
    });
};
