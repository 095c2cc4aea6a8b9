import path from 'node:path';
import { type CellResult, cellId } from '../compare/run-result.ts';
import type { CellEvidence } from '../decode/cell-evidence.ts';
import { incompleteness } from '../decode/completeness.ts';
import { explained, renderExplanation } from '../report/explanation.ts';
import { findCapture, readFoundCapture } from '../results/find-capture.ts';
import { readRun } from '../results/read-run.ts';
import { sha256 } from '../results/run-folder.ts';
import { print, terminalOf } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { EXIT } from './exit.ts';
import { language } from './options.ts';
import { say } from './say.ts';

/** A wider ladder is harder to read. */
const COLUMNS_MOST = 100;

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
      const why = await whyNotWhole(
        file,
        evidence,
        run?.cells.find((one) => cellId(one) === cell),
      );
      if (why.length > 0) {
        say(`${path.relative('', file)} does not show all that happened: ${why.join('; ')}`);
        process.exitCode = EXIT.failed;
      }
      const columns = Math.min(COLUMNS_MOST, terminalOf(process.stdout).columns);
      await print(renderExplanation({ ...explained(evidence, run, path.relative('', file)), language, ascii, columns }));
    });
};

/** Why a capture that a run of ours made can't be believed; empty for one from elsewhere. A packed one has lost bodies, and has another hash. */
async function whyNotWhole(file: string, evidence: CellEvidence, cell: CellResult | undefined): Promise<string[]> {
  if (!evidence.header || file.endsWith('.gz')) return [];
  const isOther = cell?.state === 'observed' && cell.captureSha256 !== (await sha256(file));
  return [...incompleteness(evidence), ...(isOther ? ['its hash differs from that in run.json'] : [])];
}
