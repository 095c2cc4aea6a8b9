/** Installed browsers: where they are, and which version. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Skipped } from '../../harness/model.ts';

/** How an installed browser is found and asked for its version. */
export interface BrowserProgram {
  /** Environment variable that names the program to use instead. */
  variable: string;
  /** Names looked for in `PATH`, and full paths, best first. */
  candidates: readonly string[];
  /** Product name that goes without saying; another one (`Google Chrome`) is part of the version. */
  product: string;
  remedy: string;
}

const VERSION_TIMEOUT_MS = 20_000;
/** Where programs are on a system whose `PATH` leaves them out. */
const FOLDERS = ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/sbin', '/bin'];

const executable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The full path of a program; `null` where it is not installed. */
export function which(name: string): string | null {
  if (path.isAbsolute(name)) return executable(name) ? name : null;
  const folders = [...(process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== ''), ...FOLDERS];
  return folders.map((folder) => path.join(folder, name)).find(executable) ?? null;
}

/** The program to run, or why there is none and the one command that mends it. */
export function locate({ variable, candidates, product, remedy }: BrowserProgram): { file: string } | { skipped: Skipped } {
  const named = process.env[variable];
  if (named) {
    const file = which(named);
    if (file) return { file };
    return { skipped: { reason: `${variable}=${named} is not a program that can be run`, remedy: `unset ${variable}` } };
  }
  for (const candidate of candidates) {
    const file = which(candidate);
    if (file) return { file };
  }
  return { skipped: { reason: `${product} is not installed`, remedy } };
}

/** Name and number from what `--version` prints: `Chromium 156.0.8078.79 built on Debian …`, `Mozilla Firefox 153.7.0esr`. */
export function parseVersion(output: string, product: string): string | null {
  const found = /^(.*?)\s+(\d+(?:\.\d+)+\w*)/m.exec(output);
  if (!found) return null;
  const [, name = '', version = ''] = found;
  return name === product ? version : `${name} ${version}`;
}

/** Asks the installed program for its version. */
export async function programVersion(program: BrowserProgram): Promise<{ version: string } | { skipped: Skipped }> {
  const located = locate(program);
  if ('skipped' in located) return located;
  try {
    const { stdout } = await promisify(execFile)(located.file, ['--version'], { timeout: VERSION_TIMEOUT_MS, killSignal: 'SIGKILL' });
    const version = parseVersion(stdout, program.product);
    if (version) return { version };
    return { skipped: { reason: `${located.file} --version does not name a version: ${stdout.trim()}`, remedy: program.remedy } };
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { skipped: { reason: `${located.file} --version failed: ${first}`, remedy: program.remedy } };
  }
}
