import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { unableHere } from './coded-error.ts';
import { reasonOf } from './reason.ts';

/** How the name of every temporary folder begins. */
const PREFIX = 'wirematrix-';
/** The file in a temporary folder that names the process which made it. */
const OWNER_FILE = '.wirematrix-owner.json';
/** A larger file of that name is not ours. */
const OWNER_BYTES = 4_096;

/** A folder for temporary files, removed at the latest when the process ends. */
export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
  /** The same, synchronously. */
  removeNow(): void;
}

/** Identifies a process, so that a later one with the same number is not taken for it. */
interface ProcessIdentity {
  host: string;
  /** The boot of the machine and the PID namespace in which `pid` counts; `null` where the system has no `/proc`. */
  boot: string | null;
  namespace: string | null;
  pid: number;
  /** When it started, in clock ticks since the boot. */
  started: string | null;
}

const valueOr = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch {
    return null;
  }
};

const bootId = (): string | null => valueOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
const pidNamespace = (): string | null => valueOr(() => readlinkSync('/proc/self/ns/pid'));
/** Field 22 of `/proc/PID/stat` (proc(5)); the second one, the name in brackets, may contain anything. */
const startOf = (pid: number): string | null =>
  valueOr(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  });

const ownIdentity = (): ProcessIdentity => ({
  host: os.hostname(),
  boot: bootId(),
  namespace: pidNamespace(),
  pid: process.pid,
  started: startOf(process.pid),
});

/** Whether the process is known to have ended. One of another machine, or another PID namespace of this boot, may still run. */
function hasEnded({ host, boot, namespace, pid, started }: ProcessIdentity): boolean {
  if (host !== os.hostname() || boot === null || started === null) return false;
  if (boot !== bootId()) return true;
  return namespace === pidNamespace() && startOf(pid) !== started;
}

/**
 * Makes a folder in the system's folder for temporary files. It is also removed when the process ends; after a SIGKILL, by the next
 * `sweepTemporaryFolders`.
 * @param prefix begins with `wirematrix-`
 * @throws CodedError (unable-here) with the remedy where it can't be made
 */
export function temporaryFolder(prefix: `${typeof PREFIX}${string}`): TemporaryFolder {
  let folder: string | undefined;
  try {
    // Lanes have another working folder.
    folder = mkdtempSync(path.resolve(os.tmpdir(), prefix));
    writeFileSync(path.join(folder, OWNER_FILE), JSON.stringify(ownIdentity()));
  } catch (error) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    throw unableHere(
      `no temporary folder can be made: ${reasonOf(error)}; free some space there, or name another place by the environment variable TMPDIR`,
    );
  }
  const made = folder;
  const atEnd = () => {
    try {
      removeFolderNow(made);
    } catch {
      // It may hold what this user can't remove; the exit code is that of the work.
    }
  };
  process.once('exit', atEnd);
  return {
    path: made,
    async remove() {
      await removeFolder(made);
      process.off('exit', atEnd);
    },
    removeNow() {
      removeFolderNow(made);
      process.off('exit', atEnd);
    },
  };
}

const REMOVAL = { recursive: true, force: true, maxRetries: 3 } as const;

/** Removes a folder with all that programs put there. @throws the file system's error where this user can't */
export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, REMOVAL).catch(() => {
    openUp(folder);
    return rm(folder, REMOVAL);
  });

/** The same at once. */
function removeFolderNow(folder: string): void {
  try {
    rmSync(folder, REMOVAL);
  } catch {
    openUp(folder);
    rmSync(folder, REMOVAL);
  }
}

/** Lets this user write to its folders within: some programs make folders that not even their owner may write to, as Go does of modules. */
function openUp(folder: string): void {
  try {
    chmodSync(folder, 0o700);
    for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) openUp(path.join(folder, entry.name));
  } catch {
    // Another user's.
  }
}

/** The process that made a temporary folder, read from the file in it; `null` where this user has no such file there. */
function ownerOf(folder: string, uid: number): ProcessIdentity | null {
  const file = path.join(folder, OWNER_FILE);
  return valueOr(() => {
    const found = lstatSync(file);
    if (!found.isFile() || found.uid !== uid || found.size > OWNER_BYTES) return null;
    const owner = JSON.parse(readFileSync(file, 'utf8')) as Partial<ProcessIdentity>;
    const isOurs = typeof owner.pid === 'number' && typeof owner.host === 'string' && typeof owner.started === 'string';
    return isOurs ? (owner as ProcessIdentity) : null;
  });
}

/**
 * Removes this user's temporary folders that killed processes left. A folder without our owner file, or whose process may still run, is
 * left alone.
 * @returns the folders that were removed
 */
export function sweepTemporaryFolders(): string[] {
  const uid = process.getuid?.();
  if (uid === undefined) return [];
  const removed: string[] = [];
  for (const name of valueOr(() => readdirSync(os.tmpdir())) ?? []) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = path.join(os.tmpdir(), name);
    const found = valueOr(() => lstatSync(folder));
    if (!found?.isDirectory() || found.uid !== uid) continue;
    const owner = ownerOf(folder, uid);
    if (owner === null || !hasEnded(owner)) continue;
    try {
      removeFolderNow(folder);
      removed.push(folder);
    } catch {
      // A folder that can't be removed (it may hold another user's file) is no reason to fail.
    }
  }
  return removed;
}
