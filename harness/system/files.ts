import { randomBytes } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isMissing } from './missing.ts';

/** What mends an error of the file system, where that is known; `elsewhere` is how the user names another folder. */
const REMEDIES: Partial<Record<string, (elsewhere: string, error: unknown) => string>> = {
  ENOSPC: (elsewhere, error) =>
    `${lacksInodes(error) ? 'the disk has no inodes left: remove some files' : 'the disk is full: free some space'}, or ${elsewhere}`,
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
  return REMEDIES[code]?.(elsewhere, error) ?? message;
}

/** Whether the disk, which has no room for what was to be made, has some for what files hold. */
export function lacksInodes(error: unknown): boolean {
  const { code, path: file } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (code !== 'ENOSPC' || file === undefined) return false;
  try {
    const { files, ffree } = statfsSync(path.dirname(file));
    return files > 0 && ffree === 0;
  } catch {
    return false;
  }
}

/** Makes a folder and those above it. @throws the file system's error; where no folder can be made, `mkdir` itself says that one is missing */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, ...(mode === undefined ? {} : { mode }) });
  } catch (error) {
    const above = path.dirname(folder);
    if (!isMissing(error) || above === folder) throw error;
    await makeFolder(above);
    await mkdir(folder, mode);
  }
}

/**
 * Writes a file so that readers find either the whole old one or the whole new one. Missing folders are made.
 * @throws Error that names the file and the remedy; the old file is then untouched
 */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await makeFolder(path.dirname(file));
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new Error(`can't write ${file}: ${writeProblem(error)}`, { cause: error });
  }
}
