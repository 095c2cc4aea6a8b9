import { constants } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { MADE_AGAIN, parseRunResult, type RunResult } from '../compare/run-result.ts';
import { badArgument, CodedError } from '../system/coded-error.ts';
import { isMissing } from '../system/missing.ts';
import { ownCommand } from '../system/packages.ts';
import { reasonOf } from '../system/reason.ts';
import { cutRuns } from './run-folder.ts';

/** The name of a run's result in its folder. */
export const RUN_FILE = 'run.json';

/** Bytes: Node holds no longer string. */
const LONGEST = constants.MAX_STRING_LENGTH;
const tooLong = (file: string): CodedError =>
  badArgument(
    `${file} is too large to be read (the limit is ${Math.floor(LONGEST / 1e6)} MB): run fewer cells, or in shards (compare --shard 1/3)`,
  );

/**
 * Reads a run.json, or one packed by gzip (`.gz`); `null` where there is none.
 * @throws CodedError (bad-argument) for one that can't be read or is not of this schema
 */
export async function readRunFile(file: string): Promise<RunResult | null> {
  let text: string;
  try {
    if ((await stat(file)).size > LONGEST) throw tooLong(file);
    const bytes = await readFile(file);
    text = (file.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: LONGEST }) : bytes).toString('utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (isMissing(error)) return null;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLong(file);
    if (error instanceof CodedError) throw error;
    throw badArgument(`can't read ${file}: ${message}`);
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw badArgument(`${file} is not valid JSON: ${(error as SyntaxError).message}; if it was cut, ${MADE_AGAIN}`);
  }
  try {
    return parseRunResult(data, file);
  } catch (error) {
    throw badArgument(reasonOf(error));
  }
}

/** The run of a folder, packed or not; `null` where it has no run.json. @throws as `readRunFile` does, and for one that is no regular file */
export async function readRun(dir: string): Promise<RunResult | null> {
  for (const file of [path.join(dir, RUN_FILE), path.join(dir, `${RUN_FILE}.gz`)]) {
    // A pipe or a device would never end.
    const found = await stat(file).catch(() => null);
    if (found && !found.isFile()) throw badArgument(`${file} is not a regular file: ${MADE_AGAIN}`);
    const run = await readRunFile(file);
    if (run !== null) return run;
  }
  return null;
}

/** The run that is meant by its folder, or by its run.json. @throws CodedError (bad-argument) where there is none, and as `readRunFile` does */
export async function readRunAt(place: string): Promise<RunResult> {
  const isFolder = (await stat(place).catch(() => null))?.isDirectory() ?? false;
  const run = await (isFolder ? readRun(place) : readRunFile(place));
  if (!run) throw badArgument(`there is no run at ${place}: ${(await howToGoOn(place)) ?? 'name the folder of a run, or its run.json'}`);
  return run;
}

/** Of a folder without results: that it holds a run that was cut, and what goes on with it; `null` where it does not. */
export const howToGoOn = async (dir: string): Promise<string | null> =>
  (await cutRuns(dir)).length > 0 ? `it holds a run that was cut, and ${ownCommand('compare', '--resume', dir)} goes on with it` : null;
