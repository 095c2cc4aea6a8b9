import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunResult } from '../compare/run-result.ts';
import { readEvidence } from '../decode/cell-evidence.ts';
import { reporters as builtIn } from '../report/index.ts';
import { type Reporter, type ReportInput, STANDARD_OUTPUT } from '../report/reporter.ts';
import { writeAtomically } from '../system/files.ts';
import { CommandError, EXIT, usageError } from './exit.ts';
import { reportRun } from './section-four-report.ts';

/** `run.json` is always written: the other commands read it. */
const ALWAYS = 'json';

/**
 * Writes the reports of a run to its folder, and what is meant for the terminal to standard output; where all are written and claims were judged,
 * `section-four.md` too.
 * @param list comma list of reporter ids or paths to reporters of one's own (a module whose default export is a `Reporter`); default: all built in
 * @throws CommandError (usage) for a reporter that is not there, (unable) where a file can't be written
 */
export async function writeReports(dir: string, run: RunResult, list?: string): Promise<void> {
  const chosen = list === undefined ? [...builtIn] : await resolveReporters(list);
  const input: ReportInput = {
    run,
    language: 'en',
    terminal: terminalOf(process.stdout),
    evidenceOf: (cell, options) => readEvidence(path.join(dir, cell.capture), options),
  };
  for (const reporter of chosen) {
    for await (const file of reporter.files(input)) {
      if (file.path === STANDARD_OUTPUT) await print(file.content);
      else await write(dir, file.path, file.content, reporter.id);
    }
  }
  if (list === undefined && run.claims.length > 0) await reportRun(dir, run, dir, 'en', 'ran');
}

/** @throws CommandError (usage) */
export async function resolveReporters(list: string): Promise<Reporter[]> {
  const names = list.split(',').map((name) => name.trim());
  const chosen = await Promise.all(names.filter((name) => name !== '').map(resolveReporter));
  const always = builtIn.filter((reporter) => reporter.id === ALWAYS && !chosen.some((one) => one.id === ALWAYS));
  return [...always, ...chosen];
}

async function resolveReporter(name: string): Promise<Reporter> {
  const known = builtIn.find((reporter) => reporter.id === name);
  if (known) return known;
  if (!/[./\\]/.test(name)) {
    throw usageError(
      `there is no reporter "${name}"; there are: ${builtIn.map((one) => one.id).join(', ')}, or a path such as ./my-reporter.js`,
    );
  }
  const file = path.resolve(name);
  let module: { default?: Partial<Reporter> };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    throw usageError(`the reporter ${file} can't be loaded: ${error instanceof Error ? error.message : error}`);
  }
  const reporter = module.default;
  if (typeof reporter?.id !== 'string' || typeof reporter.files !== 'function') {
    throw usageError(`the default export of ${file} is no reporter: it needs an id, a description in "describe", and files(input)`);
  }
  return { describe: '', ...reporter } as Reporter;
}

async function write(dir: string, relative: string, content: string | Uint8Array, reporter: string): Promise<void> {
  const file = path.resolve(dir, relative);
  if (!file.startsWith(path.resolve(dir) + path.sep))
    throw usageError(`the reporter ${reporter} wants to write outside of ${dir}: ${relative}`);
  try {
    await writeAtomically(file, content);
  } catch (error) {
    throw new CommandError(EXIT.unable, error instanceof Error ? error.message : String(error));
  }
}

/** Waits for a slow reader; a reader that is gone (`| head`) is no error. */
const print = (content: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(content, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') reject(error);
      else resolve();
    });
  });

/** Colour where it is a terminal and NO_COLOR (no-color.org) is not set; FORCE_COLOR wins. 100 columns where nobody says. */
export function terminalOf(stream: { isTTY?: boolean; columns?: number }, env: NodeJS.ProcessEnv = process.env): ReportInput['terminal'] {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0';
  const refused = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  const fromEnv = Number(env.COLUMNS);
  return { columns: stream.columns ?? (fromEnv > 0 ? fromEnv : 100), color: forced || (stream.isTTY === true && !refused) };
}
