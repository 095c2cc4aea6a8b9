/**
 * A folder of results. New results are written beside the old ones and take their place when they are whole; only files that a run
 * of ours wrote, which its manifest lists with size and hash, are removed or overwritten.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, realpath, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { writeAtomically, writeProblem } from '../system/files.ts';
import { FolderInUse, type FolderLock, lockFolder } from '../system/folder-lock.ts';
import { reasonOf } from '../system/reason.ts';

/** Lists the files of a run in its folder. */
export const MANIFEST = '.wirematrix.json';
/** The files and folders of a run; a test checks the reporters against it. A new run replaces these only where they are an earlier run's. */
export const RUN_NAMES = [
  'captures',
  'har',
  'run.json',
  'table.md',
  'table.csv',
  'values.csv',
  'section-four.md',
  'report.html',
  'findings.json',
] as const;
/** Begins the name of a folder in which a run gathers its results. */
const STAGING = '.wirematrix-new-';
/** In a staging folder: the results that were there before, and the plan of the swap. */
const OLD = '.old';
const SWAP = '.swap.json';

const fileSchema = z.object({ bytes: z.number(), sha256: z.string() });
const manifestSchema = z.object({ wirematrix: z.literal(1), files: z.record(z.string(), fileSchema) });
type Manifest = z.infer<typeof manifestSchema>;
type OwnFile = z.infer<typeof fileSchema>;

const swapSchema = z.object({ remove: z.array(z.string()), add: z.array(z.string()) });
type Swap = z.infer<typeof swapSchema>;

/** Which files in a folder new results may replace. */
export interface RunFolderOptions {
  /** `replace`: all old results are removed. `add`: only those with the name of a new one. */
  mode: 'replace' | 'add';
  /** Files that count as ours although no manifest lists them: those that an earlier version wrote. */
  alsoOurs?: (file: string) => boolean;
}

/** A folder that is locked for new results. */
export interface RunFolder {
  /** The folder as the user named it: where the results will be. */
  readonly dir: string;
  /** Where the new results are gathered: a folder of its own within. */
  readonly staging: string;
  /** Where the results are now: in `staging`, or in `dir` once they are committed. */
  readonly place: string;
  /** Checks that a file may be written. @throws CodedError (bad-argument) where a file of that name is there which is not ours */
  checkFree(file: string): Promise<void>;
  /** Puts the new results in place and releases the lock. @throws CodedError (unable-here) where that fails; the old ones are then unchanged */
  commit(): Promise<void>;
  /** Removes the new results and releases the lock. */
  discard(): Promise<void>;
}

/**
 * Makes the folder where it is not there, locks it, and checks that nothing of the user's would be lost.
 * @throws CodedError (bad-argument) where files that are not ours stand in the way, (unable-here) where the folder is in use or can't be written
 */
export async function openRunFolder(out: string, { mode, alsoOurs = () => false }: RunFolderOptions): Promise<RunFolder> {
  const lock = await lockFor(out);
  try {
    const dir = await realpath(out);
    await finishEarlier(dir);
    const manifest = await readManifest(dir);
    const isOurs = async (file: string): Promise<boolean> => alsoOurs(file) || (await isAsListed(dir, file, manifest));
    if (mode === 'replace') for (const file of await filesNamed(dir, RUN_NAMES)) if (!(await isOurs(file))) throw notOurs(out, file);
    const staging = path.join(dir, `${STAGING}${process.pid}-${randomUUID().slice(0, 8)}`);
    await mkdir(staging, { mode: 0o755 });
    let place = staging;
    return {
      dir: out,
      staging,
      get place() {
        return place;
      },
      async checkFree(file) {
        if (existsSync(path.join(dir, file)) && !(await isOurs(file))) throw notOurs(out, file);
      },
      async commit() {
        try {
          await swapIn(dir, staging, manifest, mode);
          place = out;
        } catch (error) {
          throw unableHere(`the results can't be put in ${out}: ${writeProblem(error)}`);
        } finally {
          lock.release();
        }
      },
      async discard() {
        await rm(staging, { recursive: true, force: true }).catch(() => {});
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    if (error instanceof Error && 'code' in error && error.code === 'bad-argument') throw error;
    throw cantWrite(out, error);
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
  await folder.commit();
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

const cantWrite = (out: string, error: unknown) =>
  unableHere(error instanceof FolderInUse ? reasonOf(error) : `the results can't be written to ${out}: ${writeProblem(error)}`);

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

async function readManifest(dir: string): Promise<Manifest> {
  const text = await readFile(path.join(dir, MANIFEST), 'utf8').catch(() => '');
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return { wirematrix: 1, files: {} };
  }
}

async function isAsListed(dir: string, file: string, manifest: Manifest): Promise<boolean> {
  const listed = Object.hasOwn(manifest.files, file) ? manifest.files[file] : undefined;
  if (!listed) return false;
  const found = await describe(path.join(dir, file)).catch(() => null);
  return found !== null && found.bytes === listed.bytes && found.sha256 === listed.sha256;
}

async function describe(file: string): Promise<OwnFile> {
  const entry = await lstat(file);
  if (!entry.isFile()) throw new Error(`${file} is no file`);
  return { bytes: entry.size, sha256: await sha256(file) };
}

/** The hash of a file, in hexadecimal digits. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function swapIn(dir: string, staging: string, before: Manifest, mode: RunFolderOptions['mode']): Promise<void> {
  const add = (await filesBelow(staging, '.')).filter((file) => file !== SWAP);
  const files: Manifest['files'] = mode === 'add' ? { ...before.files } : {};
  for (const file of add) files[file] = await describe(path.join(staging, file));
  await writeAtomically(path.join(staging, MANIFEST), `${JSON.stringify({ wirematrix: 1, files } satisfies Manifest, null, 1)}\n`);
  const replaced = mode === 'replace' ? Object.keys(before.files) : Object.keys(before.files).filter((file) => add.includes(file));
  const swap: Swap = { remove: [...replaced, MANIFEST], add: [...add, MANIFEST] };
  await writeAtomically(path.join(staging, SWAP), JSON.stringify(swap));
  await carryOut(dir, staging, swap);
}

/** Moves the old files out and the new ones in. An interrupted call can be repeated: once a new file has moved, the old ones are all out. */
async function carryOut(dir: string, staging: string, { remove, add }: Swap): Promise<void> {
  const begun = add.some((file) => !existsSync(path.join(staging, file)));
  if (!begun) for (const file of remove) await move(path.join(dir, file), path.join(staging, OLD, file));
  for (const file of add) await move(path.join(staging, file), path.join(dir, file));
  for (const file of remove) await removeEmpty(dir, path.dirname(file));
  await rm(staging, { recursive: true, force: true });
}

/** Moves a file; does nothing where `from` is gone, since it was moved before. */
async function move(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(path.dirname(to), { recursive: true });
  await rename(from, to);
}

async function removeEmpty(dir: string, folder: string): Promise<void> {
  for (let inner = folder; inner !== '.'; inner = path.dirname(inner)) {
    try {
      await rmdir(path.join(dir, inner));
    } catch {
      return;
    }
  }
}

/** Clears up after killed runs: finishes a swap that had begun, removes results that were never complete. The folder must be locked. */
async function finishEarlier(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.startsWith(STAGING)) continue;
    const staging = path.join(dir, name);
    if (!(await lstat(staging)).isDirectory()) continue;
    const text = await readFile(path.join(staging, SWAP), 'utf8').catch(() => null);
    if (text === null) await rm(staging, { recursive: true, force: true });
    else await carryOut(dir, staging, swapSchema.parse(JSON.parse(text)));
  }
}
