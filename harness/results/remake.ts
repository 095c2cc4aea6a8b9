import path from 'node:path';
import { badArgument } from '../system/coded-error.ts';
import { type AssembledRun, assembleRun, metaFromCaptures, metaOf, type RunMeta } from './assemble.ts';
import { readRun } from './read-run.ts';

export interface UnreadableCapture {
  capture: string;
  reason: string;
}

/**
 * A run's result again, from its captures. What did not run, and where it ran, comes from run.json where that is there; else the captures'
 * own headers say what they are.
 * @returns the run, and the captures that had to be left out
 * @throws CodedError (bad-argument) where the folder holds no run
 */
export async function remakeRun(dir: string): Promise<AssembledRun & { leftOut: UnreadableCapture[] }> {
  const leftOut: UnreadableCapture[] = [];
  const before = await readRun(dir);
  const meta = before ? metaOf(before) : await metaOfCaptures(dir, (capture, reason) => leftOut.push({ capture, reason }));
  const assembled = await assembleRun(dir, meta);
  if (before?.baseline) assembled.run.baseline = before.baseline;
  return { ...assembled, leftOut };
}

async function metaOfCaptures(dir: string, onUnreadable: (capture: string, reason: string) => void): Promise<RunMeta> {
  const meta = await metaFromCaptures(dir, onUnreadable).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    throw badArgument(`${dir} is no folder of a run: it has neither run.json nor captures/`);
  });
  if (meta.outcomes.length === 0) throw badArgument(`no capture below ${path.join(dir, 'captures')} was made by wirematrix`);
  return meta;
}
