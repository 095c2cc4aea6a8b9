/** Joins the runs of several shards into one. */
import { copyFile, mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { cellId } from '../model.ts';
import { badArgument, CodedError, unableHere } from '../system/coded-error.ts';
import { writeProblem } from '../system/files.ts';
import type { FolderLock } from '../system/folder-lock.ts';
import { type AssembledOutcome, type AssembledRun, assembleRun, linkOfAll, metaOf, type RunMeta } from './assemble.ts';
import { joinCarried } from './carried.ts';
import { fileInside } from './inside.ts';
import type { OwnRules } from './own-rules.ts';
import { howToGoOn, readRun } from './read-run.ts';
import { lockFor, openRunFolder, putInOrder, type RunFolder } from './run-folder.ts';

interface Part {
  dir: string;
  meta: RunMeta;
}

/**
 * Joins the runs of several shards into one: copies their captures to the folder `to` and derives everything from them anew, so that the
 * majority is that of all servers together.
 * @param own what is looked for beside what this project looks for, as in the runs
 * @throws CodedError (bad-argument) for a folder without a run, an output folder that is one of the inputs, a cell that two runs observed, or shards that are
 * not all of one run;
 * (unable-here) where a run goes on in one of them or the captures can't be copied
 */
export async function mergeRuns(dirs: readonly string[], to: string, own: OwnRules = {}): Promise<AssembledRun & { folder: RunFolder }> {
  for (const dir of dirs) await checkIsFolder(dir);
  const inputs = await Promise.all(dirs.map((dir) => realpath(dir)));
  const out = await realpath(to).catch(() => null);
  if (out !== null && inputs.includes(out)) throw badArgument(`${to} is one of the runs to merge: name another folder with --out`);
  const locks: FolderLock[] = [];
  try {
    for (const dir of dirs) {
      locks.push(await lockFor(dir));
      await putInOrder(dir);
    }
    const parts = await Promise.all(dirs.map(readPart));
    const meta = mergeMetas(parts);
    const folder = await openRunFolder(to, { mode: 'replace' });
    try {
      await copyCaptures(parts, meta, folder.staging);
      return { ...(await assembleRun(folder.staging, meta, own)), folder };
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
  if (!found?.isDirectory()) throw badArgument(`${dir} is not the folder of a run: it has no run.json`);
}

async function readPart(dir: string): Promise<Part> {
  const run = await readRun(dir);
  if (!run) throw badArgument(`${dir} is not the folder of a run: ${(await howToGoOn(dir)) ?? 'it has no run.json'}`);
  return { dir, meta: metaOf(run) };
}

/**
 * Joins what the runs hold beside their captures. Rows are in the order in which they first appear; where several runs planned a cell, the
 * observed one counts.
 */
export function mergeMetas(parts: readonly Part[]): RunMeta {
  const [first] = parts;
  if (!first) throw badArgument('name the folders of the runs to merge');
  const planned = plannedCells(parts);
  const runs = parts.map((part) => part.meta.run);
  const same = <T>(values: T[], otherwise: T): T => (values.every((value) => value === values[0]) ? (values[0] as T) : otherwise);
  const carried = joinCarried(parts.flatMap((part) => part.meta.carried ?? []));
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
      ...alike(runs, 'asked'),
      ...alike(runs, 'definitions'),
      ...alike(runs, 'repeat'),
    },
    servers: rows(parts.map((part) => part.meta.servers)),
    clients: rows(parts.map((part) => part.meta.clients)),
    scenarios: rows(parts.map((part) => part.meta.scenarios)),
    outcomes: inOrder(outcomesOf(parts), planned),
    ...(carried ? { carried } : {}),
  };
}

/** A field of the runs' information, where it is the same in all. */
function alike<Name extends 'asked' | 'definitions' | 'repeat'>(runs: readonly RunMeta['run'][], name: Name): Pick<RunMeta['run'], Name> {
  const [first, ...others] = runs.map((run) => run[name]);
  const isSame = first !== undefined && others.every((other) => isDeepStrictEqual(other, first));
  return (isSame ? { [name]: first } : {}) as Pick<RunMeta['run'], Name>;
}

/**
 * The cells of the run whose shards are merged, in order; `null` where they are other runs.
 * @throws CodedError (bad-argument) where a shard is missing, or where they are not of one run
 */
function plannedCells(parts: readonly Part[]): string[] | null {
  const shards = parts.flatMap(({ dir, meta }) => (meta.run.shard ? [{ dir, ...meta.run.shard, meta }] : []));
  const [first] = shards;
  if (!first) return null;
  const other = parts.find(({ meta }) => !meta.run.shard);
  if (other) throw badArgument(`${first.dir} is a shard and ${other.dir} is not: merge the shards of one run`);
  for (const shard of shards) {
    const why = differenceOf(first, shard);
    if (why !== null)
      throw badArgument(
        `${first.dir} and ${shard.dir} are not shards of one run: ${why}. Run them again with the same options on every machine`,
      );
    const twin = shards.find((one) => one !== shard && one.index === shard.index);
    if (twin) throw badArgument(`${twin.dir} and ${shard.dir} are both shard ${shard.index}/${shard.count}: name one of them`);
  }
  const missing = Array.from({ length: first.count }, (_, index) => index + 1).filter(
    (index) => !shards.some((shard) => shard.index === index),
  );
  if (missing.length > 0)
    throw badArgument(
      `of ${first.count} shards ${missing.map((index) => `${index}/${first.count}`).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing: name all their folders`,
    );
  const there = new Set(parts.flatMap(({ meta }) => meta.outcomes.map(({ cell }) => cellId(cell))));
  const lost = first.cells.filter((id) => !there.has(id));
  if (lost.length > 0)
    throw badArgument(
      `no shard has the cell ${lost[0]}: they were planned by different times. Run them again with the same --times on every machine`,
    );
  return first.cells;
}

type ShardOf = NonNullable<RunMeta['run']['shard']> & Pick<Part, 'meta'>;

/** Why two shards are not of one run; `null` where they are. */
function differenceOf(one: ShardOf, other: ShardOf): string | null {
  if (one.count !== other.count) return `one is of ${one.count} shards, the other of ${other.count}`;
  if (!isDeepStrictEqual(one.cells, other.cells)) return 'their cells are chosen from different ones';
  const [a, b] = [one.meta, other.meta];
  if (a.run.longestWaitMs !== b.run.longestWaitMs)
    return `they watched for ${a.run.longestWaitMs / 1000} s and for ${b.run.longestWaitMs / 1000} s`;
  if (a.run.repeat !== b.run.repeat) return `their cells were run ${a.run.repeat ?? 1} and ${b.run.repeat ?? 1} times`;
  if (!isDeepStrictEqual(a.run.link, b.run.link)) return 'their links are not alike';
  for (const rowsOf of [(meta: RunMeta) => meta.servers, (meta: RunMeta) => meta.clients]) {
    for (const { id, version } of rowsOf(a)) {
      const there = rowsOf(b).find((row) => row.id === id);
      if (there && there.version !== version)
        return `${id} is ${version ?? 'not installed'} in one and ${there.version ?? 'not installed'} in the other`;
    }
  }
  return a.run.definitions === b.run.definitions ? null : DEFINITIONS_DIFFER;
}

const DEFINITIONS_DIFFER = 'the site, a scenario, a question, a browser or wirematrix itself is not the same';

/** The outcomes in the order of the planned cells, which is that of one run of all. */
function inOrder(outcomes: AssembledOutcome[], planned: readonly string[] | null): AssembledOutcome[] {
  if (planned === null) return outcomes;
  const byCell = new Map(outcomes.map((outcome) => [cellId(outcome.cell), outcome]));
  return planned.flatMap((id) => byCell.get(id) ?? []);
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
      if (!wanted.has(outcome) || !('capture' in outcome)) continue;
      const repeats = outcome.state === 'observed' ? (outcome.repeats ?? []) : [];
      for (const capture of [outcome.capture, ...repeats.map((one) => one.capture)]) {
        if (capture === null) continue;
        // One that is missing, or is none, becomes the reason of its failed cell.
        const source = await fileInside(dir, capture).catch(() => null);
        if (source === null) continue;
        const target = path.join(out, capture);
        await mkdir(path.dirname(target), { recursive: true });
        await copyFile(source, target);
      }
    }
  }
}
