import { existsSync } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { RunResult } from '../compare/run-result.ts';
import { cellId } from '../model.ts';
import { badArgument } from '../system/coded-error.ts';
import { isMissing } from '../system/missing.ts';
import { type AssembledRun, assembleRun, metaFromCaptures, metaOf, type RunMeta } from './assemble.ts';
import type { OwnRules } from './own-rules.ts';
import { howToGoOn, RUN_FILE, readRun } from './read-run.ts';
import { lockFor, MANIFEST, openRunFolder, putInOrder, RUN_NAMES, type RunFolder, STAGING } from './run-folder.ts';

/** The former run.json: kept where a cell that it showed can't be shown any more, or where the user changed it. */
export const FORMER_RUN_FILE = 'run.former.json';

/** Where reports are written. The packets of the printed rows are below `captures`. */
const REPORT_NAMES = [...RUN_NAMES.filter((name) => name !== 'captures'), 'captures/lab-reports'];

/** A capture that was left out of a run, and why. */
export interface UnreadableCapture {
  capture: string;
  reason: string;
}

/** A run made again from its captures, and what of it could not be. */
export interface RemadeRun extends AssembledRun {
  folder: RunFolder;
  /** Captures that had to be left out. */
  leftOut: UnreadableCapture[];
  /** Cells that the former run.json showed and this one does not; it is then kept as `FORMER_RUN_FILE`. */
  lost: string[];
}

/**
 * Makes a run's result again from its captures. Where it ran and what did not run comes from run.json, where there is one; otherwise from
 * the captures' headers.
 * @param own what is looked for beside what this project looks for; what else the run had of the kind is taken from run.json
 * @throws CodedError (bad-argument) where the folder holds no run, or a run.json without the captures that it names
 */
export async function remakeRun(dir: string, own: OwnRules = {}): Promise<RemadeRun> {
  await checkIsRun(dir);
  let before: RunResult | null = null;
  // With a valid run.json the reports in its folder are taken for a run's, even those of an earlier version.
  const isReport = (file: string): boolean => before !== null && REPORT_NAMES.some((name) => file === name || file.startsWith(`${name}/`));
  const folder = await openRunFolder(dir, {
    mode: 'add',
    alsoOurs: isReport,
    input: RUN_FILE,
    elsewhere: 'copy the run to another folder',
  });
  try {
    // Only now: what a killed run left is in order.
    before = await readRun(dir);
    const remade = await assembleAgain(dir, before, own);
    const isEdited = existsSync(path.join(dir, MANIFEST)) && !(await folder.isAsLeft(RUN_FILE));
    if (remade.lost.length > 0 || isEdited) {
      await folder.checkFree(FORMER_RUN_FILE);
      // The first one shows the most.
      const isKept = existsSync(path.join(dir, FORMER_RUN_FILE)) || !existsSync(path.join(dir, RUN_FILE));
      if (!isKept) await copyFile(path.join(dir, RUN_FILE), path.join(folder.staging, FORMER_RUN_FILE));
    }
    return { ...remade, folder };
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

/** The same, of a folder that is only read. @throws as `remakeRun` does */
export async function readRemadeRun(dir: string, own: OwnRules = {}): Promise<Omit<RemadeRun, 'folder'>> {
  await checkIsRun(dir);
  const lock = await lockFor(dir);
  try {
    await putInOrder(dir);
    return await assembleAgain(dir, await readRun(dir), own);
  } finally {
    lock.release();
  }
}

/** Before anything is made in the folder. A run.json packed by gzip is one too. */
async function checkIsRun(dir: string): Promise<void> {
  const names: string[] = await readdir(dir).catch(() => []);
  if (!names.some((name) => name === 'captures' || name.startsWith(RUN_FILE) || name.startsWith(STAGING)))
    throw badArgument(`${dir} is not the folder of a run: it has neither run.json nor captures/`);
}

async function assembleAgain(dir: string, before: RunResult | null, own: OwnRules): Promise<Omit<RemadeRun, 'folder'>> {
  const leftOut: UnreadableCapture[] = [];
  if (before) checkCaptures(dir, before);
  const meta = before ? metaOf(before) : await metaOfCaptures(dir, (capture, reason) => leftOut.push({ capture, reason }));
  const assembled = await assembleRun(dir, meta, own);
  if (before?.baseline) assembled.run.baseline = before.baseline;
  return { ...assembled, leftOut, lost: before ? lostCells(before, assembled.run) : [] };
}

function checkCaptures(dir: string, run: RunResult): void {
  const named = run.cells.flatMap((cell) => (cell.state === 'observed' ? [cell.capture] : []));
  if (named.length === 0 || named.some((capture) => existsSync(path.join(dir, capture)))) return;
  throw badArgument(
    `${dir} has run.json, but none of the ${named.length} captures that it names: results are made from captures. run.json is left as it is`,
  );
}

function lostCells(before: RunResult, after: RunResult): string[] {
  const shown = new Set(after.cells.filter(({ state }) => state === 'observed').map(cellId));
  return before.cells.filter((cell) => cell.state === 'observed' && !shown.has(cellId(cell))).map(cellId);
}

async function metaOfCaptures(dir: string, onUnreadable: (capture: string, reason: string) => void): Promise<RunMeta> {
  const meta = await metaFromCaptures(dir, onUnreadable).catch(async (error: unknown) => {
    if (!isMissing(error)) throw error;
    throw badArgument(`${dir} has no results: ${(await howToGoOn(dir)) ?? 'it has neither run.json nor captures/'}`);
  });
  if (meta.outcomes.length === 0) throw badArgument(`no capture below ${path.join(dir, 'captures')} was made by wirematrix`);
  return meta;
}
