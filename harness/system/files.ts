import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What mends an error of the file system, where that is known. */
const REMEDIES: Partial<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, or choose another folder with --out',
  EDQUOT: 'the disk quota is used up: free some space, or choose another folder with --out',
  EACCES: 'permission denied: choose a folder that you may write to with --out',
  EPERM: 'permission denied: choose a folder that you may write to with --out',
  EROFS: 'the file system is read-only: choose another folder with --out',
  EFBIG: 'the file is larger than this system or user may write',
  EISDIR: 'it is a folder: choose another folder with --out',
  ENOTDIR: 'a part of its path is a file: choose another folder with --out',
  EEXIST: 'there is a file of that name: choose another folder with --out',
};

/** Explains an error of the file system to the user who chose the folder, with the remedy; the error's own message where none is known. */
export function writeProblem(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REMEDIES[code] ?? message;
}

/**
 * Writes a file so that readers find either the whole old one or the whole new one. Missing folders are made.
 * @throws Error that names the file and the remedy; the old file is then untouched
 */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new Error(`can't write ${file}: ${writeProblem(error)}`, { cause: error });
  }
}
