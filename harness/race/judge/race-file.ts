/** An earlier race, read from its `race.json`. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { badArgument } from '../../system/coded-error.ts';
import type { EarlierPair } from './gate.ts';
import type { RaceResult } from './pair.ts';

/** The results as data. */
export const RACE_FILE = 'race.json';

const pair = z.object({
  upstream: z.string(),
  server: z.string(),
  method: z.enum(['GET', 'POST']),
  verdict: z.enum(['safe', 'races', 'not-shown']),
  tried: z.number().int().nonnegative(),
  raced: z.number().int().nonnegative(),
  failed: z.record(z.string(), z.number()),
});
const file = z.object({ schemaVersion: z.literal(1), pairs: z.array(pair) });

/**
 * The race of a folder. It is one of ours: only its version is looked at. `null` where the folder has none.
 * @throws CodedError (bad-argument) where it can't be read
 */
export async function readRaceIn(folder: string): Promise<RaceResult | null> {
  const name = path.join(folder, RACE_FILE);
  let data: { schemaVersion?: unknown };
  try {
    data = JSON.parse(await readFile(name, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw badArgument(`can't read ${name}: ${message}`);
  }
  const read = file.safeParse(data);
  if (!read.success) throw badArgument(`${name} is not a race.json: make it again by race`);
  return data as unknown as RaceResult;
}

/**
 * The pairs of an earlier race. @param name path of its race.json, or of one packed by gzip (`.gz`), or of the folder that it is in
 * @throws CodedError (bad-argument) where it is missing or no race.json
 */
export async function readEarlierPairs(name: string): Promise<EarlierPair[]> {
  const remedy = 'name the race.json of an earlier run of race';
  let data: unknown;
  try {
    const bytes = await readFile((await isFolder(name)) ? path.join(name, RACE_FILE) : name);
    data = JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw badArgument(
      code === 'ENOENT' ? `there is no baseline ${name}: ${remedy}` : `can't read the baseline ${name}: ${message}; ${remedy}`,
    );
  }
  const read = file.safeParse(data);
  if (read.success) return read.data.pairs;
  const [issue] = read.error.issues;
  throw badArgument(`the baseline ${name} is not a race.json (${issue?.path.join('.')}: ${issue?.message}): ${remedy}`);
}

/**
 * The pairs of the race that is beside an earlier run. @param baseline the folder of the run, or a file in it, its run.json say; `null` where no race is there
 * @throws CodedError (bad-argument) where it can't be read
 */
export async function earlierPairsBeside(baseline: string): Promise<EarlierPair[] | null> {
  const race = await readRaceIn((await isFolder(baseline)) ? baseline : path.dirname(baseline));
  return race?.pairs ?? null;
}

const isFolder = async (name: string): Promise<boolean> => (await stat(name).catch(() => null))?.isDirectory() ?? false;
