import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseRunResult, type RunResult } from '../compare/run-result.ts';
import { badArgument } from '../system/coded-error.ts';
import { reasonOf } from '../system/reason.ts';

/** The name of a run's result in its folder. */
export const RUN_FILE = 'run.json';

/**
 * Reads a run.json, or one packed by gzip (`.gz`); `null` where there is none.
 * @throws CodedError (bad-argument) for one that can't be read or is not of this schema
 */
export async function readRunFile(file: string): Promise<RunResult | null> {
  let text: string;
  try {
    const bytes = await readFile(file);
    text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw badArgument(`can't read ${file}: ${message}`);
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw badArgument(`${file} is no JSON: ${(error as SyntaxError).message}`);
  }
  try {
    return parseRunResult(data, file);
  } catch (error) {
    throw badArgument(reasonOf(error));
  }
}

/** The run of a folder, packed or not; `null` where it has no run.json. @throws as `readRunFile` does */
export const readRun = async (dir: string): Promise<RunResult | null> =>
  (await readRunFile(path.join(dir, RUN_FILE))) ?? (await readRunFile(path.join(dir, `${RUN_FILE}.gz`)));
