/**
 * Finding programs of the system. JavaScript, because `harness/setup/` runs it before anything is compiled; `programs.ts` can import it too.
 */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Folders of system programs, which an ordinary user's `PATH` often lacks. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'];

/** `PATH`, and after it the folders of system programs (not on Windows). */
export function systemPath() {
  const own = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const system = process.platform === 'win32' ? [] : SYSTEM_FOLDERS.filter((folder) => !own.includes(folder));
  return [...own, ...system].join(path.delimiter);
}

/** The full path of a program; `null` where it is not installed. @param {string} name */
export function findProgram(name) {
  for (const folder of systemPath().split(path.delimiter)) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
