/** A run that was cut, and what of it can be taken over by one that goes on with it. */
import { copyFile, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RunInfo, RunResult } from '../compare/run-result.ts';
import { type CellPlan, capturePath, identityOf, type LaneCell, laneCellId } from '../lab/plan.ts';
import { type CellIdentity, cellId } from '../model.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { type AssembledOutcome, metaOf, type RunMeta } from './assemble.ts';
import { fileInside } from './inside.ts';
import { type CapturedCell, readJournal } from './journal.ts';
import { RUN_FILE, readRun } from './read-run.ts';
import { cutRuns, lockFor, putInOrder, sha256 } from './run-folder.ts';

/** A run of `compare` that lacks cells. */
export interface CutRun extends Pick<RunMeta, 'servers' | 'clients' | 'scenarios'> {
  run: RunInfo;
  /** By name in the run's folder; `null`: the results were put in place, since the run could end in order. */
  staging: string | null;
  /** `server/client/scenario` of its cells, in order. */
  cells: string[];
  captured: CapturedCell[];
  /** Cells that showed nothing, and are not run again either. */
  settled?: Unshown[];
  parts: { startedAt: string; durationMs: number }[];
}

type Unshown = Exclude<AssembledOutcome, { state: 'observed' }>;

/** A run that lacks nothing but this cell: whoever goes on with it runs the cell again, and no other one. @param id `server/client/scenario` */
export function lacking(run: RunResult, id: string): CutRun {
  const { captured, ...cut } = fromResults(run);
  const isOther = ({ cell }: { cell: CellIdentity }): boolean => cellId(cell) !== id;
  const settled = metaOf(run).outcomes.filter((outcome): outcome is Unshown => outcome.state !== 'observed' && isOther(outcome));
  return { ...cut, captured: captured.filter(isOther), settled };
}

/**
 * The latest run in a folder that can be resumed.
 * @throws CodedError (bad-argument) where there is none, (unable-here) where a run goes on in the folder
 */
export async function findCutRun(dir: string): Promise<CutRun> {
  await finishSwapIn(dir);
  const found: CutRun[] = [];
  for (const staging of await cutRuns(dir)) {
    const { head, captured, parts } = await readJournal(path.join(dir, staging));
    const { cells, journal: _journal, ...rows } = head;
    found.push({ ...rows, staging, cells: [...new Set(cells.map(cellId))], captured, parts });
  }
  const inPlace = await readRun(dir);
  if (inPlace?.run.asked) found.push(fromResults(inPlace));
  const [latest] = found.sort((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt));
  if (latest) return latest;
  if (inPlace)
    throw badArgument(
      `${path.join(dir, RUN_FILE)} does not say by which options its cells were chosen: only a run of compare can be resumed`,
    );
  throw badArgument(`${dir} holds no run that was cut: name the folder that compare was given with --out`);
}

/** A run may have been killed in the middle of putting its results in place. @throws CodedError (unable-here) where a run goes on in the folder */
async function finishSwapIn(dir: string): Promise<void> {
  if (!(await stat(dir).catch(() => null))?.isDirectory()) return;
  const lock = await lockFor(dir);
  try {
    await putInOrder(dir);
  } finally {
    lock.release();
  }
}

function fromResults({ run, servers, clients, scenarios, cells }: RunResult): CutRun {
  const captured = cells.flatMap((cell): CapturedCell[] => {
    if (cell.state !== 'observed') return [];
    const { server, client, scenario, capture, captureSha256, durationMs, activeMs } = cell;
    const times = { ...(durationMs === undefined ? {} : { durationMs }), ...(activeMs === undefined ? {} : { activeMs }) };
    return [{ capture, captureSha256, times }, ...(cell.repeats ?? []).map((one) => ({ ...one, times: {} }))].flatMap((one) =>
      one.capture === null || one.captureSha256 === null || ('reason' in one && one.reason !== null)
        ? []
        : [
            {
              cell: { server, client, scenario, ...repeatOf(one.capture) },
              capture: one.capture,
              captureSha256: one.captureSha256,
              ...one.times,
            },
          ],
    );
  });
  const parts = run.parts ?? [{ startedAt: run.startedAt, durationMs: run.durationMs }];
  return { run, servers, clients, scenarios, staging: null, cells: cells.map(cellId), captured, parts };
}

/** As `capturePath` writes it. */
function repeatOf(capture: string): Pick<LaneCell, 'repeat'> {
  const repeat = /^repeats\/(\d+)\//.exec(capture)?.[1];
  return repeat === undefined ? {} : { repeat: Number(repeat) };
}

/** What is compared between the halves of a run. */
export type Halves = Pick<RunMeta, 'servers' | 'clients'> & { run: Pick<RunInfo, 'definitions' | 'isolation' | 'capture'> };

/** The planned cells that a run has, in its order. */
export function cellsOf({ cells }: CutRun, plan: readonly CellPlan[]): CellPlan[] {
  const planned = new Map(plan.map((cell) => [cellId(identityOf(cell)), cell]));
  return cells.flatMap((id) => planned.get(id) ?? []);
}

/** @throws CodedError (unable-here) that names every difference between the halves of a run */
export function checkIsSame(cut: CutRun, plan: readonly CellPlan[], now: Halves): void {
  const planned = new Set(plan.map((cell) => cellId(identityOf(cell))));
  const gone = cut.cells.filter((id) => !planned.has(id));
  const different = [
    ...differentRows(cut.servers, now.servers),
    ...differentRows(cut.clients, now.clients),
    ...gone.slice(0, SHOWN).map((id) => `the cell ${id} can't be run any more`),
    ...(gone.length > SHOWN ? [`${gone.length - SHOWN} more cells can't`] : []),
    ...(gone.length > 0 || cut.run.definitions === now.run.definitions
      ? []
      : ['the site, a scenario, a question, a browser or wirematrix itself is another one']),
    ...(cut.run.isolation === now.run.isolation ? [] : [`the isolation of lanes was ${cut.run.isolation} and is ${now.run.isolation}`]),
    ...(cut.run.capture.backend === now.run.capture.backend
      ? []
      : [`the capture backend was ${cut.run.capture.backend} and is ${now.run.capture.backend}`]),
  ];
  if (different.length > 0)
    throw unableHere(
      `the run can't be resumed, since its halves would not be alike:\n${different.map((one) => `  - ${one}`).join('\n')}\nrun the cells anew: leave --resume out`,
    );
}

/** Cells that a message names. */
const SHOWN = 3;

type Row = { id: string; version: string | null };

function differentRows(before: readonly Row[], now: readonly Row[]): string[] {
  const versionOf = (row: Row | undefined): string => (row ? (row.version ?? 'not installed') : 'not chosen');
  const ids = new Set([...before, ...now].map(({ id }) => id));
  return [...ids].flatMap((id) => {
    const [was, is] = [before, now].map((rows) => versionOf(rows.find((row) => row.id === id)));
    return was === is ? [] : [`${id} was ${was} and is ${is}`];
  });
}

/**
 * Takes over the captures that are still as they were; those that were put in place are copied to the new results.
 * @returns by `laneCellId`; what is missing is run again
 */
export async function takeOver(dir: string, { staging, captured }: CutRun, to: string): Promise<Map<string, CapturedCell>> {
  const from = staging === null ? dir : path.join(dir, staging);
  const kept = new Map<string, CapturedCell>();
  for (const one of captured) {
    if (one.capture !== capturePath(one.cell)) continue;
    const file = await fileInside(from, one.capture).catch(() => null);
    if (file === null || (await sha256(file)) !== one.captureSha256) continue;
    if (staging === null) {
      await mkdir(path.dirname(path.join(to, one.capture)), { recursive: true });
      await copyFile(file, path.join(to, one.capture));
    }
    kept.set(laneCellId(one.cell), one);
  }
  return kept;
}

/** Takes over the cells that showed nothing, with the captures that they have; these prove nothing, so that none need be there. */
export async function takeOverSettled(dir: string, { settled = [] }: CutRun, to: string): Promise<Unshown[]> {
  for (const outcome of settled) {
    if (outcome.state !== 'failed' || outcome.capture === null) continue;
    const file = await fileInside(dir, outcome.capture).catch(() => null);
    if (file === null) continue;
    await mkdir(path.dirname(path.join(to, outcome.capture)), { recursive: true });
    await copyFile(file, path.join(to, outcome.capture));
  }
  return settled;
}
