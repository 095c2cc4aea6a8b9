/** Installed browsers: their programs and versions. */
import type { Availability, Skipped } from '../../harness/model.ts';
import { lackOf } from '../../harness/system/packages.ts';
import { findProgram, runCommand } from '../../harness/system/programs.ts';

/** How an installed browser is found and asked for its version. */
export interface BrowserProgram {
  /** Environment variable that names the program to use instead. */
  variable: string;
  /** Names looked for in `PATH`, and full paths, best first. */
  candidates: readonly string[];
  /** Product name that the version leaves out; any other name (`Google Chrome`) becomes part of the version. */
  product: string;
  /** The command that installs it. */
  remedy: string;
}

const VERSION_TIMEOUT_MS = 20_000;

/** The program to run, or why there is none, with the one command that changes that. */
export function locate({ variable, candidates, product, remedy }: BrowserProgram): { file: string } | { skipped: Skipped } {
  const named = process.env[variable];
  if (named) {
    const file = findProgram(named);
    if (file) return { file };
    return { skipped: { reason: `${variable}=${named} is not a program that can be run`, remedy: `unset ${variable}` } };
  }
  for (const candidate of candidates) {
    const file = findProgram(candidate);
    if (file) return { file };
  }
  return { skipped: { reason: `${product} is not installed`, remedy } };
}

/**
 * Name and number in the output of `--version`: `Chromium 156.0.8078.79 built on Debian …`, `Mozilla Firefox 153.7.0esr`. `null` where it
 * has no number.
 */
export function parseVersion(output: string, product: string): string | null {
  const found = /^(.*?)\s+(\d+(?:\.\d+)+\w*)/m.exec(output);
  if (!found) return null;
  const [, name = '', version = ''] = found;
  return name === product ? version : `${name} ${version}`;
}

/** Asks the installed program for its version, for at most 20 s. */
export async function programVersion(program: BrowserProgram): Promise<Availability> {
  const located = locate(program);
  if ('skipped' in located) return located;
  const lack = lackOf(['puppeteer-core']);
  if (lack) return { skipped: lack };
  const { code, stdout, stderr } = await runCommand(located.file, ['--version'], VERSION_TIMEOUT_MS);
  const version = code === 0 ? parseVersion(stdout, program.product) : null;
  if (version) return { version };
  const why = code === 0 ? `does not name a version: ${stdout.trim()}` : `failed: ${stderr.split('\n')[0]}`;
  return { skipped: { reason: `${located.file} --version ${why}`, remedy: program.remedy } };
}
