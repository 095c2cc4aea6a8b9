import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What mends an error of the file system, where that is known; `elsewhere` is how the user names another folder. */
const REMEDIES: Partial<Record<string, (elsewhere: string) => string>> = {
  ENOSPC: (elsewhere) => `the disk is full: free some space, or ${elsewhere}`,
  EDQUOT: (elsewhere) => `the disk quota is used up: free some space, or ${elsewhere}`,
  EACCES: mayNotWrite,
  EPERM: mayNotWrite,
  EROFS: (elsewhere) => `the file system is read-only: ${elsewhere}`,
  EFBIG: () => 'the file is larger than this system or user may write',
  EISDIR: (elsewhere) => `it is a folder: ${elsewhere}`,
  ENOTDIR: (elsewhere) => `a part of its path is a file: ${elsewhere}`,
  EEXIST: (elsewhere) => `there is a file of that name: ${elsewhere}`,
};

function mayNotWrite(elsewhere: string): string {
  return `permission denied: ${elsewhere.replace('another folder', 'a folder that you may write to')}`;
}

/**
 * Explains an error of the file system to the user who chose the folder, with the remedy; the error's own message where none is known.
 * @param elsewhere how they name another one
 */
export function writeProblem(error: unknown, elsewhere = 'choose another folder with --out'): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REMEDIES[code]?.(elsewhere) ?? message;
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
