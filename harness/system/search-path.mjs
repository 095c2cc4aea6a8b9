/**
 * Finding programs of the system. JavaScript, because `harness/setup/` runs it before anything is compiled; `programs.ts` exports it again.
 */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Folders of system programs, which an ordinary user's `PATH` often lacks. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'];

/** `PATH`, and after it the folders of system programs (not on Windows). */
export function systemPath() {
  const own = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const system = process.platform === 'win32' ? [] : SYSTEM_FOLDERS.filter((folder) => !own.includes(folder));
  return [...own, ...system].join(path.delimiter);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The full path of a program, by its name or by that path itself; `null` where it is not installed. @param {string} name @returns {string | null} */
export function findProgram(name) {
  if (path.isAbsolute(name)) return isExecutable(name) ? name : null;
  const files = systemPath()
    .split(path.delimiter)
    .map((folder) => path.join(folder, name));
  return files.find(isExecutable) ?? null;
}
