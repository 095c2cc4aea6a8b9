import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseRunResult, type RunResult } from '../compare/run-result.ts';
import { assembleRun, metaFromCaptures, metaOf, type RunMeta } from '../results/assemble.ts';
import { CommandError, EXIT } from './exit.ts';
import { writeReports } from './reports.ts';

export interface TableOptions {
  reporter?: string;
}

/** Makes a run's result and its reports again from its captures. What didn't run, and where it ran, comes from run.json where that is there. */
export async function table(dir: string, options: TableOptions): Promise<void> {
  const before = await readRun(path.join(dir, 'run.json'));
  const run = await assembleRun(dir, before ? metaOf(before) : await metaOfCaptures(dir));
  if (before?.baseline) run.baseline = before.baseline;
  await writeReports(dir, run, options.reporter);
  if (run.cells.some((cell) => cell.state === 'failed')) process.exitCode = EXIT.failed;
}

async function metaOfCaptures(dir: string): Promise<RunMeta> {
  const leftOut = (capture: string, reason: string) => {
    process.stderr.write(`wirematrix: left out, since it can't be read: ${path.join(dir, capture)}: ${reason}\n`);
    process.exitCode = EXIT.failed;
  };
  const meta = await metaFromCaptures(dir, leftOut).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    throw new CommandError(EXIT.usage, `${dir} is no folder of a run: it has neither run.json nor captures/`);
  });
  if (meta.outcomes.length === 0)
    throw new CommandError(EXIT.usage, `no capture below ${path.join(dir, 'captures')} was made by wirematrix`);
  return meta;
}

/**
 * Reads a run.json; `null` where there is none.
 * @throws CommandError (usage) for one that can't be read or is not of this schema
 */
export async function readRun(file: string): Promise<RunResult | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new CommandError(EXIT.usage, `can't read ${file}: ${message}`);
  }
  try {
    return parseRunResult(JSON.parse(text), file);
  } catch (error) {
    throw new CommandError(EXIT.usage, error instanceof SyntaxError ? `${file} is no JSON: ${error.message}` : (error as Error).message);
  }
}
