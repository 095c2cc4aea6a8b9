import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ranOnly } from '../claims/index.ts';
import type { AssembledRun } from '../results/assemble.ts';
import type { RunFolder } from '../results/run-folder.ts';
import { atOnce } from '../system/at-once.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { writeAtomically } from '../system/files.ts';
import { namesThere } from '../system/near-name.ts';
import { beginOwnCode } from '../system/own-code.ts';
import { reasonOf, reasonWithPlace } from '../system/reason.ts';
import { print, terminalOf } from '../system/terminal.ts';
import { har, harPath } from './har.ts';
import { reporters as builtIn } from './index.ts';
import { type Reporter, type ReportFile, type ReportInput, STANDARD_OUTPUT } from './reporter.ts';
import { reportRun } from './section-four-files.ts';

/** `run.json` is always written: the other commands read it. */
const ALWAYS = 'json';
const FILES_AT_ONCE = 8;

/**
 * Writes the reports of a run into its folder, where they wait to be committed, and what is meant for the terminal to standard output; where all are written and claims were judged,
 * `section-four.md` too.
 * @param list comma list of reporter ids or paths to reporters of one's own (a module whose default export is a `Reporter`); default: all built in but those that are written on request
 * @throws CodedError (bad-argument) for a reporter that is not there, (unable-here) where a file can't be written
 */
export async function writeReports(folder: RunFolder, assembled: GatedRun, list?: ReporterList): Promise<void> {
  const { run, facts, judged, store, language = 'en' } = assembled;
  const chosen = list === undefined ? builtIn.filter(({ onRequest }) => !onRequest) : await resolveReporters(list);
  const hasHar = chosen.includes(har);
  await writeChosen(folder, assembled, chosen, (cell) => ({ capture: cell.capture, har: hasHar ? harPath(cell) : null }));
  if (list === undefined && ranOnly(judged, facts).length > 0)
    await reportRun({ dir: folder.dir, run, store, facts, judged, folder, language, which: 'ran' });
}

/** A comma list of ids and paths, or ids, paths and reporters. */
export type ReporterList = string | readonly (string | Reporter)[];

/** A run, and where thresholds were asked for, those that did not hold; the language of its reports is English by default. */
export type GatedRun = AssembledRun & Pick<ReportInput, 'gate'> & Partial<Pick<ReportInput, 'language'>>;

/** Writes these reports alone. @throws as `writeReports` does */
export async function writeChosen(
  folder: RunFolder,
  { run, store, found, judged, gate, language = 'en' }: GatedRun,
  chosen: readonly Reporter[],
  linksOf: ReportInput['linksOf'],
): Promise<void> {
  const input: ReportInput = {
    run,
    found,
    judged,
    gate,
    language,
    terminal: terminalOf(process.stdout),
    linksOf,
    evidenceOf: (cell) => store.evidence(cell.capture),
    captureOf: (cell) => store.bytes(cell.capture),
  };
  const failed: string[] = [];
  // The disk takes a file while the next ones are made.
  const writing = atOnce(FILES_AT_ONCE);
  for (const reporter of chosen) {
    try {
      for await (const file of filesOf(reporter, input, failed)) {
        if (file.path === STANDARD_OUTPUT) await print(file.content);
        else await writing.begin(() => write(folder, file.path, file.content, reporter.id));
      }
    } finally {
      // Nothing is written into a folder that is given up, and the terminal names what lies there by then.
      await writing.end();
    }
  }
  // The others have written theirs by now.
  if (failed.length > 0) throw badArgument(failed.join('\n'));
}

const isIterable = (value: unknown): value is Iterable<ReportFile> | AsyncIterable<ReportFile> =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);

/** The files of a reporter, up to where it fails: a reporter of the user's own costs the others nothing. */
async function* filesOf(reporter: Reporter, input: ReportInput, failed: string[]): AsyncIterable<ReportFile> {
  if (builtIn.includes(reporter)) return yield* reporter.files(input);
  const fail = (why: string) => failed.push(`the reporter ${reporter.id} failed: ${why}`);
  const over = beginOwnCode(`the reporter ${reporter.id}`);
  try {
    const files: unknown = await reporter.files(input);
    if (!isIterable(files)) return fail('files() gave no list; expected a list of { path, content }');
    for await (const file of files) {
      const { path: name, content } = file ?? {};
      if (typeof name !== 'string' || name === '') return fail('files() gave a file without a path; expected { path, content }');
      if (typeof content !== 'string' && (!(content instanceof Uint8Array) || name === STANDARD_OUTPUT))
        return fail(`files() gave no text as the content of ${name}; expected { path, content }`);
      yield file;
    }
  } catch (error) {
    fail(reasonWithPlace(error));
  } finally {
    over();
  }
}

/** @throws CodedError (bad-argument) */
export async function resolveReporters(list: ReporterList): Promise<Reporter[]> {
  const names = typeof list === 'string' ? list.split(',').map((name) => name.trim()) : list;
  const chosen = await Promise.all(
    names.filter((name) => name !== '').map((one) => (typeof one === 'string' ? resolveReporter(one) : one)),
  );
  const always = builtIn.filter((reporter) => reporter.id === ALWAYS && !chosen.some((one) => one.id === ALWAYS));
  return [...always, ...chosen];
}

async function resolveReporter(name: string): Promise<Reporter> {
  const known = builtIn.find((reporter) => reporter.id === name);
  if (known) return known;
  if (!/[./\\]/.test(name)) {
    throw badArgument(
      `there is no reporter "${name}"; ${namesThere(
        name,
        builtIn.map(({ id }) => id),
      )}, or a path such as ./my-reporter.js`,
    );
  }
  const file = path.resolve(name);
  let module: { default?: Partial<Reporter> };
  const over = beginOwnCode(`the reporter ${file}`);
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    throw badArgument(`the reporter ${file} can't be loaded: ${reasonWithPlace(error)}`);
  } finally {
    over();
  }
  const reporter = module.default;
  if (typeof reporter?.id !== 'string' || typeof reporter.files !== 'function') {
    throw badArgument(`the default export of ${file} is not a reporter: it needs an id, a description in "describe", and files(input)`);
  }
  return { describe: '', ...reporter } as Reporter;
}

async function write(folder: RunFolder, relative: string, content: string | Uint8Array, reporter: string): Promise<void> {
  const file = path.resolve(folder.staging, relative);
  if (!file.startsWith(folder.staging + path.sep))
    throw badArgument(`the reporter ${reporter} wants to write outside of ${folder.dir}: ${relative}`);
  await folder.checkFree(path.relative(folder.staging, file));
  try {
    await writeAtomically(file, content);
  } catch (error) {
    throw unableHere(reasonOf(error));
  }
}
