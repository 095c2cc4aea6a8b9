import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The file in a run's folder that names the process which writes there. */
export const LOCK_FILE = '.lock';

/** Another process writes to the folder; the message says which, and what to do. */
export class FolderInUse extends Error {
  override name = 'FolderInUse';
}

/** Whether a process runs, be it another user's. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Who holds the lock; `null` where nobody does any more. */
function holderOf(file: string): string | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const pid = Number(text);
  // Its writer is between making the file and writing its number.
  if (text === '') return 'that has just begun';
  return Number.isInteger(pid) && pid > 0 && runs(pid) ? String(pid) : null;
}

/**
 * Makes the folder and keeps it for this process until the process ends. The lock of a process that is gone is taken over.
 * @throws FolderInUse where another process has it; else the file system's error
 */
export function lockFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, LOCK_FILE);
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      process.once('exit', () => rmSync(file, { force: true }));
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = holderOf(file);
    if (holder === String(process.pid)) return;
    if (holder !== null) {
      throw new FolderInUse(
        `${folder} is in use by another run (process ${holder}): wait for it, or choose another folder with --out; if there is no such run: rm ${file}`,
      );
    }
    rmSync(file, { force: true });
  }
}
