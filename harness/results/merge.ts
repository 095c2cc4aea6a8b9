/** Joins the runs of several shards into one. */
import { copyFile, mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { cellId } from '../model.ts';
import { badArgument, CodedError, unableHere } from '../system/coded-error.ts';
import { writeProblem } from '../system/files.ts';
import type { FolderLock } from '../system/folder-lock.ts';
import { type AssembledOutcome, type AssembledRun, assembleRun, linkOfAll, metaOf, type RunMeta } from './assemble.ts';
import { fileInside } from './inside.ts';
import { readRun } from './read-run.ts';
import { lockFor, openRunFolder, type RunFolder } from './run-folder.ts';

interface Part {
  dir: string;
  meta: RunMeta;
}

/**
 * Joins the runs of several shards into one: copies their captures to the folder `to` and derives everything from them anew, so that the
 * majority is that of all servers together.
 * @throws CodedError (bad-argument) for a folder without a run, an output folder that is one of the inputs, or a cell that two runs observed;
 * (unable-here) where a run goes on in one of them or the captures can't be copied
 */
export async function mergeRuns(dirs: readonly string[], to: string): Promise<AssembledRun & { folder: RunFolder }> {
  for (const dir of dirs) await checkIsFolder(dir);
  const inputs = await Promise.all(dirs.map((dir) => realpath(dir)));
  const out = await realpath(to).catch(() => null);
  if (out !== null && inputs.includes(out)) throw badArgument(`${to} is one of the runs to merge: name another folder with --out`);
  const locks: FolderLock[] = [];
  try {
    for (const dir of dirs) locks.push(await lockFor(dir));
    const parts = await Promise.all(dirs.map(readPart));
    const meta = mergeMetas(parts);
    const folder = await openRunFolder(to, { mode: 'replace' });
    try {
      await copyCaptures(parts, meta, folder.staging);
      return { ...(await assembleRun(folder.staging, meta)), folder };
    } catch (error) {
      await folder.discard();
      if (error instanceof CodedError) throw error;
      throw unableHere(`the captures can't be copied to ${to}: ${writeProblem(error)}`);
    }
  } finally {
    for (const lock of locks) lock.release();
  }
}

async function checkIsFolder(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => null);
  if (!found?.isDirectory()) throw badArgument(`${dir} is no folder of a run: it has no run.json`);
}

async function readPart(dir: string): Promise<Part> {
  const run = await readRun(dir);
  if (!run) throw badArgument(`${dir} is no folder of a run: it has no run.json`);
  return { dir, meta: metaOf(run) };
}

/**
 * Joins what the runs hold beside their captures. Rows are in the order in which they first appear; where several runs planned a cell, the
 * observed one counts.
 */
export function mergeMetas(parts: readonly Part[]): RunMeta {
  const [first] = parts;
  if (!first) throw badArgument('name the folders of the runs to merge');
  const runs = parts.map((part) => part.meta.run);
  const same = <T>(values: T[], otherwise: T): T => (values.every((value) => value === values[0]) ? (values[0] as T) : otherwise);
  const ends = runs.map((run) => Date.parse(run.startedAt) + run.durationMs);
  const startedAt = runs.map((run) => run.startedAt).sort()[0] ?? '';
  return {
    run: {
      id: runs.map((run) => run.id).join('+'),
      startedAt,
      durationMs: Math.max(...ends) - Date.parse(startedAt),
      longestWaitMs: Math.max(...runs.map((run) => run.longestWaitMs)),
      host: {
        os: same(
          runs.map((run) => run.host.os),
          'several',
        ),
        kernel: same(
          runs.map((run) => run.host.kernel),
          'several',
        ),
        cpus: Math.max(...runs.map((run) => run.host.cpus)),
        node: same(
          runs.map((run) => run.host.node),
          'several',
        ),
      },
      capture: {
        backend: same(
          runs.map((run) => run.capture.backend),
          'several',
        ),
        clock: same(
          runs.map((run) => run.capture.clock),
          'unknown',
        ),
      },
      isolation: same(
        runs.map((run) => run.isolation),
        'unknown',
      ),
      ...linkOfAll(runs),
    },
    servers: rows(parts.map((part) => part.meta.servers)),
    clients: rows(parts.map((part) => part.meta.clients)),
    scenarios: rows(parts.map((part) => part.meta.scenarios)),
    outcomes: outcomesOf(parts),
  };
}

/** Of the rows of one id, the first that was not skipped. */
function rows<T extends { id: string; skipped?: unknown }>(lists: T[][]): T[] {
  const merged = new Map<string, T>();
  for (const row of lists.flat()) {
    const known = merged.get(row.id);
    if (!known || (known.skipped && !row.skipped)) merged.set(row.id, row);
  }
  return [...merged.values()];
}

function outcomesOf(parts: readonly Part[]): AssembledOutcome[] {
  const merged = new Map<string, { outcome: AssembledOutcome; dir: string }>();
  for (const { dir, meta } of parts) {
    for (const outcome of meta.outcomes) {
      const id = cellId(outcome.cell);
      const known = merged.get(id);
      if (known?.outcome.state === 'observed' && outcome.state === 'observed') {
        throw badArgument(`the cell ${id} was observed in ${known.dir} and in ${dir}: merge joins the shards of one run`);
      }
      if (!known || outcome.state === 'observed') merged.set(id, { outcome, dir });
    }
  }
  return [...merged.values()].map(({ outcome }) => outcome);
}

async function copyCaptures(parts: readonly Part[], meta: RunMeta, out: string): Promise<void> {
  const wanted = new Set(meta.outcomes);
  for (const { dir, meta: own } of parts) {
    for (const outcome of own.outcomes) {
      if (!wanted.has(outcome) || !('capture' in outcome) || outcome.capture === null) continue;
      const target = path.join(out, outcome.capture);
      await mkdir(path.dirname(target), { recursive: true });
      // A missing capture becomes the reason of its failed cell.
      const source = await fileInside(dir, outcome.capture).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return null;
      });
      if (source !== null) await copyFile(source, target);
    }
  }
}
