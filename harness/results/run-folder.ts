/**
 * A folder of results. New results are written beside the old ones and take their place when they are whole; only files that a run
 * of ours wrote, which its manifest lists with size and hash, are removed or overwritten.
 */
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, rmdirSync, rmSync, type Stats } from 'node:fs';
import { lstat, mkdir, readdir, readFile, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { innerPath } from '../compare/run-result.ts';
import { badArgument, CodedError, unableHere } from '../system/coded-error.ts';
import { writeAtomically, writeProblem } from '../system/files.ts';
import { FolderInUse, type FolderLock, lockFolder } from '../system/folder-lock.ts';
import { CHUNK_BYTES, readChunks } from '../system/read-chunks.ts';
import { reasonOf } from '../system/reason.ts';
import { giveToSudoCaller } from '../system/sudo-caller.ts';

/** Lists the files of a run in its folder. */
export const MANIFEST = '.wirematrix.json';
/** The files and folders of a run; a test checks the reporters against it. A new run replaces these only where they are an earlier run's. */
export const RUN_NAMES = [
  'captures',
  'repeats',
  'har',
  'run.json',
  'table.md',
  'differences.md',
  'what-changed.md',
  'matrices.md',
  'table.csv',
  'values.csv',
  'section-four.md',
  'report.html',
  'findings.json',
  'race.json',
  'race.md',
  'race.zh.md',
  'junit.xml',
  'findings.sarif',
  'comment.md',
  'badge.json',
] as const;
/** Begins the name of a folder in which a run gathers its results. */
export const STAGING = '.wirematrix-new-';
/** Begins the name of a folder with whole results that could not be put in place; no run removes it. */
const KEPT = 'wirematrix-kept-';
/** In a staging folder: the results that were there before, and the plan of the swap. */
const OLD = '.old';
const SWAP = '.swap.json';
/** In a staging folder: which cells of the run have ended, so that a run that was cut can be resumed. */
export const JOURNAL = '.run.jsonl';

const fileSchema = z.object({ bytes: z.number(), sha256: z.string() });
const manifestSchema = z.object({ wirematrix: z.literal(1), files: z.record(innerPath, fileSchema) });
type Manifest = z.infer<typeof manifestSchema>;
type OwnFile = z.infer<typeof fileSchema>;

const swapSchema = z.object({ remove: z.array(innerPath), add: z.array(innerPath) });
type Swap = z.infer<typeof swapSchema>;

/** Which files in a folder new results may replace. */
export interface RunFolderOptions {
  /** `replace`: all old results are removed. `add`: only those with the name of a new one. */
  mode: 'replace' | 'add';
  /** Files that count as ours where the folder has no manifest: those that an earlier version wrote. */
  alsoOurs?: (file: string) => boolean;
  /** A file that may be replaced although the user changed it: the new results are made from it. */
  input?: string;
  /** What the user can do where the folder can't be written, and no option names another one. */
  elsewhere?: string;
  /** The staging folder of a run that was cut, by its name in the folder: the new results are gathered there. */
  adopt?: string;
}

/** A folder that is locked for new results. */
export interface RunFolder {
  /** The folder as the user named it: where the results will be. */
  readonly dir: string;
  /** Where the new results are gathered: a folder of its own within. */
  readonly staging: string;
  /** Where the results are now: in `staging`; in `dir` once they are committed; in a folder of their own within `dir` where that failed. */
  readonly place: string;
  /** Checks that a file may be written. @throws CodedError (bad-argument) where a file of that name is there which is not ours */
  checkFree(file: string): Promise<void>;
  /** Whether a file is as a run left it. */
  isAsLeft(file: string): Promise<boolean>;
  /**
   * Puts the new results in place and releases the lock.
   * @param keep where that fails, the new results stay at `place`; else they are removed
   * @throws CodedError (bad-argument) where the user changed a file meanwhile that would be replaced, (unable-here) where it fails otherwise;
   * the old results are then unchanged
   */
  commit(keep?: boolean): Promise<void>;
  /** Removes the new results and releases the lock; where a run that was cut can be resumed from them, they stay. */
  discard(): Promise<void>;
  /**
   * For a process that ends before the results are in place: keeps a run that can be resumed, and, under a name that no later run removes, captures of any other one. Does not wait.
   * @param hasCaptured whether there is any capture that is whole
   * @returns `null` where the results are in place, or were given up
   */
  keep(hasCaptured: boolean): Kept | null;
  /** Lets `commit` remove the runs that were cut in this folder before: this one has what they lack. */
  supersedes: boolean;
}

/** What is left of a run that ended before its results were in place. */
export interface Kept {
  /** Where it is; `null`: nothing is left. */
  place: string | null;
  isResumable: boolean;
}

/**
 * Makes the folder where it is not there, locks it, and checks that nothing of the user's would be lost.
 * @throws CodedError (bad-argument) where files that are not ours stand in the way, (unable-here) where the folder is in use or can't be written
 */
export async function openRunFolder(
  out: string,
  { mode, alsoOurs = () => false, input, adopt, elsewhere }: RunFolderOptions,
): Promise<RunFolder> {
  const made = await mkdir(out, { recursive: true }).catch((error: unknown) => {
    throw cantWrite(out, error, elsewhere);
  });
  // Above `made` there is nothing of ours.
  if (made !== undefined) giveToSudoCaller(path.dirname(made), [path.relative(path.dirname(made), path.resolve(out))]);
  const lock = await lockFor(out);
  try {
    const dir = await realpath(out);
    await finishEarlier(dir);
    const listed = await readManifest(dir, out);
    const manifest = listed ?? NO_FILES;
    const isOurs = async (file: string): Promise<boolean> =>
      ((file === input || (listed === null && alsoOurs(file))) && isOwnFile(dir, file)) || (await isAsListed(dir, file, manifest));
    const checkFree = async (file: string): Promise<void> => {
      const inTheWay = notAFolder(dir, file);
      if (inTheWay !== null) throw notOurs(out, inTheWay);
      if (entryAt(path.join(dir, file)) && !(await isOurs(file))) throw notOurs(out, file);
    };
    if (mode === 'replace') for (const file of await filesNamed(dir, RUN_NAMES)) if (!(await isOurs(file))) throw notOurs(out, file);
    const staging = path.join(dir, adopt ?? `${STAGING}${process.pid}-${randomUUID().slice(0, 8)}`);
    if (adopt === undefined) await mkdir(staging, { mode: 0o755 });
    else await clearReports(staging);
    let place = staging;
    let supersedes = false;
    let isOpen = true;
    return {
      dir: out,
      staging,
      get place() {
        return place;
      },
      get supersedes() {
        return supersedes;
      },
      set supersedes(value) {
        supersedes = value;
      },
      checkFree,
      isAsLeft: (file) => isAsListed(dir, file, manifest),
      async commit(keep = true) {
        try {
          await swapIn(dir, staging, { before: manifest, mode, checkFree });
          place = out;
          if (supersedes) for (const cut of await cutRuns(dir)) await rm(path.join(dir, cut), { recursive: true, force: true });
        } catch (error) {
          if (keep) {
            place = keepAside(staging);
            giveToSudoCaller(dir, (await filesBelow(dir, path.basename(place))).concat(path.basename(place)));
          } else await rm(staging, { recursive: true, force: true }).catch(() => {});
          throw error instanceof CodedError ? error : unableHere(`the results can't be put in ${out}: ${writeProblem(error)}`);
        } finally {
          isOpen = false;
          lock.release();
        }
      },
      keep(hasCaptured) {
        // A swap that has begun is finished by whoever opens the folder next.
        if (!isOpen || existsSync(path.join(staging, SWAP))) return null;
        isOpen = false;
        if (isCutRun(staging)) return { place: staging, isResumable: true };
        if (hasCaptured) return { place: keepAside(staging), isResumable: false };
        rmSync(staging, { recursive: true, force: true });
        return { place: null, isResumable: false };
      },
      async discard() {
        isOpen = false;
        if (!isCutRun(staging)) await rm(staging, { recursive: true, force: true }).catch(() => {});
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    if (error instanceof CodedError) throw error;
    throw cantWrite(out, error, elsewhere);
  }
}

/**
 * Lets `work` write into the folder, then commits. Where it fails, the new results are discarded, unless `keep` is set: captures are worth keeping
 * even without their reports.
 * @throws what `work` throws
 */
export async function writeInto<T>(folder: RunFolder, work: () => Promise<T>, { keep = false } = {}): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // Where this fails too, `folder.place` says where the results are; the first error is the one reported.
    await (keep ? folder.commit().catch(() => {}) : folder.discard());
    throw error;
  }
  await folder.commit(keep);
  return result;
}

/**
 * Locks a folder of a run, so that no other run changes it while it is read.
 * @throws CodedError (unable-here) where a run goes on in it
 */
export const lockFor = async (dir: string): Promise<FolderLock> => {
  try {
    return await lockFolder(dir);
  } catch (error) {
    throw cantWrite(dir, error);
  }
};

const cantWrite = (out: string, error: unknown, elsewhere?: string) =>
  unableHere(error instanceof FolderInUse ? reasonOf(error) : `the results can't be written to ${out}: ${writeProblem(error, elsewhere)}`);

const notOurs = (out: string, file: string) =>
  badArgument(
    `${path.join(out, file)} is not as a run of wirematrix left it, and is not overwritten: move it away, or choose another folder with --out`,
  );

/** All files at and below those names, links and special files included. */
async function filesNamed(dir: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const entry = await lstat(path.join(dir, name)).catch(() => null);
    if (entry?.isDirectory()) found.push(...(await filesBelow(dir, name)));
    else if (entry) found.push(name);
  }
  return found;
}

/** Everything below a folder but folders: paths relative to `dir`, with forward slashes. Links are not followed. */
async function filesBelow(dir: string, folder: string): Promise<string[]> {
  const entries = await readdir(path.join(dir, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

const NO_FILES: Manifest = { wirematrix: 1, files: {} };

/** What is asked of single files runs on this thread: a run has a thousand of them, each takes a dozen such calls, and to wait for another thread takes longer. */
function entryAt(file: string): Stats | null {
  try {
    return lstatSync(file);
  } catch {
    return null;
  }
}

/** The manifest of the folder, which the user named `out`; `null` where there is none. @throws CodedError (bad-argument) for one that no run wrote */
async function readManifest(dir: string, out: string): Promise<Manifest | null> {
  const file = path.join(dir, MANIFEST);
  const entry = entryAt(file);
  if (entry === null) return null;
  if (!entry.isFile()) throw notOurs(out, MANIFEST);
  const text = await readFile(file, 'utf8');
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    throw notOurs(out, MANIFEST);
  }
}

async function isAsListed(dir: string, file: string, manifest: Manifest): Promise<boolean> {
  const listed = Object.hasOwn(manifest.files, file) ? manifest.files[file] : undefined;
  if (!listed || !isOwnFile(dir, file)) return false;
  const found = await describe(path.join(dir, file)).catch(() => null);
  return found !== null && found.bytes === listed.bytes && found.sha256 === listed.sha256;
}

/** Whether it is a regular file in the folder itself: no link, nor anything that a link leads to. */
function isOwnFile(dir: string, file: string): boolean {
  return entryAt(path.join(dir, file))?.isFile() === true && notAFolder(dir, file) === null;
}

/** The first part of a file's path that is there and is no folder, such as a link; relative to `dir`. */
function notAFolder(dir: string, file: string): string | null {
  const parts = file.split('/');
  for (let count = 1; count < parts.length; count++) {
    const part = parts.slice(0, count).join('/');
    const entry = entryAt(path.join(dir, part));
    if (entry === null) return null;
    if (!entry.isDirectory()) return part;
  }
  return null;
}

async function describe(file: string): Promise<OwnFile> {
  const entry = await lstat(file);
  if (!entry.isFile()) throw new Error(`${file} is not a file`);
  return { bytes: entry.size, sha256: await sha256(file) };
}

/** The hash of a file, in hexadecimal digits. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  const bytes = new Uint8Array(CHUNK_BYTES);
  const fd = openSync(file, 'r');
  try {
    await readChunks(fd, bytes, 0, (length) => hash.update(bytes.subarray(0, length)));
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}

interface SwapOptions extends Pick<RunFolder, 'checkFree'> {
  before: Manifest;
  mode: RunFolderOptions['mode'];
}

/** @throws CodedError (bad-argument) where a file that would be replaced is not ours any more: a run lasts minutes */
async function swapIn(dir: string, staging: string, { before, mode, checkFree }: SwapOptions): Promise<void> {
  const add = (await filesBelow(staging, '.')).filter((file) => file !== SWAP && file !== JOURNAL);
  const files: Manifest['files'] = mode === 'add' ? { ...before.files } : {};
  for (const file of add) {
    await checkFree(file);
    files[file] = await describe(path.join(staging, file));
  }
  await writeAtomically(path.join(staging, MANIFEST), `${JSON.stringify({ wirematrix: 1, files } satisfies Manifest, null, 1)}\n`);
  const remove = new Set(add.filter((file) => existsSync(path.join(dir, file))));
  // What was changed meanwhile stays; no manifest lists it any more.
  if (mode === 'replace') for (const file of Object.keys(before.files)) if (await isAsListed(dir, file, before)) remove.add(file);
  const swap: Swap = { remove: [...remove, MANIFEST], add: [...add, MANIFEST] };
  await writeAtomically(path.join(staging, SWAP), JSON.stringify(swap));
  await carryOut(dir, staging, swap);
  giveToSudoCaller(dir, swap.add);
}

/**
 * Moves the old files out, the new ones in. Can be begun again where it was cut: then the first half is over once a new file has moved.
 * @throws the file system's error; all files are then where they were before, or in `staging` where they can't be moved back
 */
async function carryOut(dir: string, staging: string, { remove, add }: Swap): Promise<void> {
  const old = path.join(staging, OLD);
  try {
    const begun = add.some((file) => !existsSync(path.join(staging, file)));
    if (!begun) for (const file of remove) move(dir, old, file);
    for (const file of add) move(staging, dir, file);
  } catch (error) {
    let isUndone = true;
    const back = (from: string, to: string, file: string): void => {
      try {
        move(from, to, file);
      } catch {
        isUndone = false;
      }
    };
    for (const file of add) if (!existsSync(path.join(staging, file))) back(dir, staging, file);
    for (const file of remove) back(old, dir, file);
    for (const file of add) removeEmpty(dir, path.dirname(file));
    if (isUndone) {
      await rm(old, { recursive: true, force: true });
      await rm(path.join(staging, SWAP), { force: true });
    }
    throw error;
  }
  for (const file of remove) removeEmpty(dir, path.dirname(file));
  await rm(staging, { recursive: true, force: true });
}

/** Moves a file to the same place in another folder. Nothing happens where it is not there: it was moved before. */
function move(from: string, to: string, file: string): void {
  for (const folder of [from, to]) {
    const inTheWay = notAFolder(folder, file);
    if (inTheWay !== null) throw new Error(`${path.join(folder, inTheWay)} is not a folder`);
  }
  if (entryAt(path.join(from, file)) === null) return;
  if (entryAt(path.join(to, file)) !== null) throw new Error(`${path.join(to, file)} is there`);
  mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
  renameSync(path.join(from, file), path.join(to, file));
}

/**
 * Puts a folder in order that is only read, where a killed run left a swap half done. The folder is locked.
 * @throws CodedError where that fails
 */
export const putInOrder = async (dir: string): Promise<void> => finishEarlier(await realpath(dir));

/** Gives results that could not be put in place a name under which no later run removes them. Returns where they are. */
function keepAside(staging: string): string {
  const kept = path.join(path.dirname(staging), path.basename(staging).replace(STAGING, KEPT));
  try {
    renameSync(staging, kept);
    return kept;
  } catch {
    return staging;
  }
}

function removeEmpty(dir: string, folder: string): void {
  for (let inner = folder; inner !== '.'; inner = path.dirname(inner)) {
    try {
      rmdirSync(path.join(dir, inner));
    } catch {
      return;
    }
  }
}

/** Leaves of a run that was cut what cells gave: reports are made anew. @throws CodedError (unable-here) where it is gone */
async function clearReports(staging: string): Promise<void> {
  if (!isCutRun(staging)) throw unableHere(`${staging} is no longer there: another run has removed it`);
  for (const name of await readdir(staging)) if (!CAPTURED.has(name)) await rm(path.join(staging, name), { recursive: true, force: true });
}

const CAPTURED: ReadonlySet<string> = new Set(['captures', 'repeats', JOURNAL]);

/** The names of the folders in which runs that were cut left what they had captured. */
export async function cutRuns(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((): string[] => []);
  const found: string[] = [];
  for (const name of names.sort())
    if ((name.startsWith(STAGING) || name.startsWith(KEPT)) && isCutRun(path.join(dir, name))) found.push(name);
  return found;
}

/** Whether a run can be resumed from there: it had captured at least one cell, which its journal names after its first line. */
function isCutRun(staging: string): boolean {
  const file = path.join(staging, JOURNAL);
  // A swap that could not be undone holds old results too.
  if (entryAt(file)?.isFile() !== true || existsSync(path.join(staging, SWAP))) return false;
  try {
    return readFileSync(file, 'utf8').trimEnd().includes('\n');
  } catch {
    return false;
  }
}

/**
 * Clears up after killed runs: finishes a swap that had begun, removes results from which no run can be resumed. The folder must be locked.
 * @throws CodedError where a swap can't be finished
 */
async function finishEarlier(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.startsWith(STAGING)) continue;
    const staging = path.join(dir, name);
    if (!(await lstat(staging)).isDirectory()) continue;
    const swap = await readSwap(path.join(staging, SWAP));
    if (swap === null) {
      if (!isCutRun(staging)) await rm(staging, { recursive: true, force: true });
      continue;
    }
    try {
      await carryOut(dir, staging, swap);
    } catch (error) {
      throw unableHere(`the results of an earlier run, now in ${keepAside(staging)}, can't be put in ${dir}: ${writeProblem(error)}`);
    }
  }
}

async function readSwap(file: string): Promise<Swap | null> {
  const entry = entryAt(file);
  if (entry === null) return null;
  try {
    if (!entry.isFile()) throw new Error('it is not a file');
    return swapSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    throw badArgument(`${file} was not written by a run of wirematrix: move its folder away, or choose another folder with --out`);
  }
}
