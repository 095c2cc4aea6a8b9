/** One cell as a story in the terminal: what happened, the ladder of each connection, and the values with their frames. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { NotACaptureError } from '../capture-file/read-capture.ts';
import { cellResult } from '../compare/cell-result.ts';
import type { RunResult } from '../compare/run-result.ts';
import { type CellEvidence, readEvidence } from '../decode/cell-evidence.ts';
import { isLanguage, LANGUAGES, type Language } from '../model.ts';
import { observations } from '../observe/index.ts';
import { type ExplainInput, renderExplanation } from '../report/explanation.ts';
import { TextOutput } from '../system/text-output.ts';
import { CommandError, EXIT, usageError } from './exit.ts';
import { readRun } from './table.ts';

export interface ExplainOptions {
  /** Folder of the run; default `results/latest`. */
  dir?: string;
  ascii?: boolean;
  language?: string;
}

/**
 * @param cell `express/chromium/first-visit` of the run in `dir`, or the path of a capture file
 * @throws CommandError (usage) where there is no such cell and no such capture
 */
export async function explain(cell: string, options: ExplainOptions = {}): Promise<void> {
  const { dir = 'results/latest', ascii = false } = options;
  const language = languageOf(options.language);
  const run = await readRun(path.join(dir, 'run.json'));
  const file = await captureOf(cell, dir, run);
  const evidence = await readCapture(file);
  const input: ExplainInput = { ...explained(evidence, run, path.relative('', file)), language, ascii, columns: 100 };
  const output = new TextOutput(process.stdout);
  output.write(renderExplanation(input));
  await output.end();
}

/** The row of a cell and what a reader needs beside it, from its capture alone where there is no run. */
export function explained(
  evidence: CellEvidence,
  run: RunResult | null,
  capture: string,
): Pick<ExplainInput, 'cell' | 'evidence' | 'titles' | 'capture'> {
  const windowS = evidence.header ? evidence.header.windowMs / 1000 : null;
  const cell = cellResult(evidence, observations, { capture, captureSha256: '', windowS });
  const titles = {
    servers: run?.servers ?? [],
    clients: run?.clients ?? [],
    scenarios: run?.scenarios ?? [],
    observations: observations.map(({ observe: _observe, ...row }) => row),
  };
  return { cell, evidence, titles, capture };
}

async function captureOf(cell: string, dir: string, run: RunResult | null): Promise<string> {
  if (await isFile(cell)) return cell;
  const [server, client, scenario, ...rest] = cell.split('/');
  if (!server || !client || !scenario || rest.length > 0) {
    throw usageError(`"${cell}" is neither a cell such as express/chromium/first-visit nor a capture file`);
  }
  const row = run?.cells.find((one) => one.server === server && one.client === client && one.scenario === scenario);
  if (row && row.state !== 'observed') throw usageError(`${cell} ${row.state}: ${row.reason}`);
  const file = path.join(dir, row?.capture ?? path.join('captures', server, client, `${scenario}.pcapng`));
  if (await isFile(file)) return file;
  const near =
    run?.cells.filter((one) => one.state === 'observed' && one.server === server).map((one) => `${one.client}/${one.scenario}`) ?? [];
  const known = near.length > 0 ? `; of ${server} there are: ${near.join(', ')}` : '';
  throw usageError(`there is no capture of ${cell} in ${dir}${known}. Run compare first, or name another folder with --dir`);
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );

async function readCapture(file: string): Promise<CellEvidence> {
  try {
    return await readEvidence(file, { frames: true });
  } catch (error) {
    if (error instanceof NotACaptureError) throw usageError(`${file}: ${error.message}`);
    throw new CommandError(EXIT.usage, `can't read ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

function languageOf(language = 'en'): Language {
  if (!isLanguage(language)) throw usageError(`there is no language "${language}"; there are: ${LANGUAGES.join(', ')}`);
  return language;
}
