/** An earlier race, read from its `race.json`. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { badArgument } from '../../system/coded-error.ts';
import type { EarlierPair } from './gate.ts';
import type { RaceResult } from './pair.ts';

const pair = z.object({
  upstream: z.string(),
  server: z.string(),
  method: z.enum(['GET', 'POST']),
  verdict: z.enum(['safe', 'races', 'not-shown']),
  tried: z.number().int().nonnegative(),
  raced: z.number().int().nonnegative(),
  failed: z.record(z.string(), z.number()),
  lostShare: z.tuple([z.number(), z.number()]),
});
const file = z.object({ schemaVersion: z.literal(1), pairs: z.array(pair) });

/**
 * The race of a folder. It is one of ours: only its version is looked at. `null` where the folder has none.
 * @throws CodedError (bad-argument) where it can't be read
 */
export async function readRaceIn(folder: string): Promise<RaceResult | null> {
  const name = path.join(folder, 'race.json');
  let data: { schemaVersion?: unknown };
  try {
    data = JSON.parse(await readFile(name, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw badArgument(`can't read ${name}: ${message}`);
  }
  const read = file.safeParse(data);
  if (!read.success) throw badArgument(`${name} is no race.json: make it again by race`);
  return data as unknown as RaceResult;
}

/**
 * The pairs of an earlier race. @param name path of its race.json, or of one packed by gzip (`.gz`)
 * @throws CodedError (bad-argument) where it is missing or no race.json
 */
export async function readEarlierPairs(name: string): Promise<EarlierPair[]> {
  const remedy = 'name the race.json of an earlier run of race';
  let data: unknown;
  try {
    const bytes = await readFile(name);
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
  throw badArgument(`the baseline ${name} is no race.json (${issue?.path.join('.')}: ${issue?.message}): ${remedy}`);
}
