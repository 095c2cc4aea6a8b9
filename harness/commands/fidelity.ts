/**
 * `fidelity`: emulated browsers against real ones, and models against the servers that they imitate. The captures stay in the
 * folder of the results, so that the score can be had again from them and each miss can be opened in Wireshark.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { clients } from '../../clients/index.ts';
import { servers as allServers } from '../../servers/index.ts';
import { type CellFidelity, compareCell, type FidelityCell, REAL_RUNS, summarise } from '../compare/fidelity.ts';
import { type CellTraits, traitsOf } from '../compare/fidelity-traits.ts';
import { isObserved } from '../compare/matrix.ts';
import { modelCells, modelShares } from '../compare/model-fidelity.ts';
import { cellId, type ObservedCell, type RunResult } from '../compare/run-result.ts';
import { readEvidence } from '../decode/cell-evidence.ts';
import { planCells } from '../lab/run.ts';
import { select } from '../lab/selection.ts';
import {
  type FidelityResult,
  fidelityMarkdown,
  type ModelFidelityResult,
  modelFidelityMarkdown,
  percent,
} from '../report/fidelity-report.ts';
import { writeAtomically } from '../system/files.ts';
import { runAndAssemble } from './compare.ts';
import { CommandError, EXIT, usageError } from './exit.ts';
import { readRun } from './table.ts';

/** Which real browser each emulated one stands for. */
const PAIRS: readonly { emulated: string; real: string }[] = [
  { emulated: 'chromium', real: 'real-chromium' },
  { emulated: 'firefox', real: 'real-firefox' },
];
const MODEL_CLIENTS = 'chromium,probe';

export interface FidelityOptions {
  servers?: string;
  /** Comma list of the emulated browsers; default: all that have a real counterpart. */
  clients?: string;
  scenarios?: string;
  /** Runs of the real browsers. */
  runs: number;
  /** Take the captures of the real browsers that an earlier `fidelity` left in the folder. */
  reuse?: boolean;
  /** Run nothing: the score of the captures that are in the folder. */
  rescore?: boolean;
  /** Models against their real servers instead. */
  models?: boolean;
  quick?: boolean;
  window?: number;
  out: string;
  capture: string;
  /** Cells that act at one time; default: one for two cores, for a browser and its server want both. */
  atOnce?: number;
  rate?: number;
  delay?: number;
  /** Percent that has to be reached; exit code 1 else. */
  min?: number;
}

export async function fidelity(options: FidelityOptions): Promise<void> {
  const [shares, interrupted] = options.models ? await ofModels(options) : await ofBrowsers(options);
  if (interrupted) process.exitCode = EXIT.interrupted;
  else if (options.min !== undefined && shares.some((share) => share * 100 < (options.min ?? 0))) process.exitCode = EXIT.failed;
}

async function ofBrowsers(options: FidelityOptions): Promise<[number[], boolean]> {
  if (!Number.isInteger(options.runs) || options.runs < 1) throw usageError('--runs takes the number of runs of the real browsers');
  if (options.runs < REAL_RUNS)
    process.stderr.write(
      `wirematrix: ${options.runs} real runs show hardly a range: the score is lower than it would be with ${REAL_RUNS}\n`,
    );
  const pairs = pairsFor(options.clients);
  const startedAt = new Date().toISOString();
  const scenarios = options.scenarios ?? 'all';
  const servers = options.servers ?? 'real';
  const realDirs = Array.from({ length: options.runs }, (_, index) => path.join(options.out, `real-${index + 1}`));

  const realRuns: RunResult[] = [];
  for (const [index, dir] of realDirs.entries()) {
    const earlier = options.reuse || options.rescore ? await readRun(path.join(dir, 'run.json')) : null;
    if (earlier) {
      realRuns.push(earlier);
      continue;
    }
    if (options.rescore) throw usageError(`there is no ${path.join(dir, 'run.json')}: run fidelity without --rescore first`);
    process.stderr.write(`wirematrix: real browsers, run ${index + 1} of ${options.runs}\n`);
    const { run, interrupted } = await runInto(dir, { ...options, servers, scenarios, clients: pairs.map(({ real }) => real).join(',') });
    realRuns.push(run);
    if (interrupted) return [[], true];
  }
  const emulatedDir = path.join(options.out, 'emulated');
  const { run: emulatedRun, interrupted } = await runOrEarlier(emulatedDir, 'emulated browsers', {
    ...options,
    servers,
    scenarios,
    clients: pairs.map(({ emulated }) => emulated).join(','),
  });
  if (interrupted) return [[], true];

  const cells: FidelityCell[] = [];
  for (const cell of emulatedRun.cells.filter(isObserved)) {
    const pair = pairs.find(({ emulated }) => emulated === cell.client);
    if (!pair) continue;
    const real = await realTraits(realRuns, realDirs, { ...cell, client: pair.real });
    if (real.length === 0) continue;
    const compared: CellFidelity = compareCell(await traitsIn(emulatedDir, cell), real);
    cells.push({
      server: cell.server,
      emulated: pair.emulated,
      real: pair.real,
      scenario: cell.scenario,
      realRuns: real.length,
      ...compared,
    });
  }
  if (cells.length === 0) throw new CommandError(EXIT.unable, 'no cell was observed with both an emulated browser and the real one');

  const summary = summarise(cells);
  const result: FidelityResult = {
    schemaVersion: 1,
    kind: 'browsers',
    startedAt,
    windowS: emulatedRun.run.longestWaitMs / 1000,
    realRuns: realRuns.length,
    versions: versionsOf([emulatedRun, ...realRuns]),
    declared: Object.fromEntries(
      clients.filter(({ id }) => pairs.some(({ emulated }) => emulated === id)).map(({ id, differences = [] }) => [id, differences]),
    ),
    summary,
    cells,
  };
  await writeResult(options.out, 'fidelity', result, fidelityMarkdown(result));
  process.stdout.write(
    [
      `${percent(summary.overall.share)} as the real browsers showed it: ${summary.overall.judged} traits of ${cells.length} cells, ${realRuns.length} real runs`,
      ...[...summary.browsers, ...summary.traits].map(({ id, share, judged }) => `  ${percent(share).padStart(7)}  ${id} (${judged})`),
      `Every miss with its frames: ${path.join(options.out, 'fidelity.md')}`,
      '',
    ].join('\n'),
  );
  return [summary.browsers.map(({ share }) => share), false];
}

/** Every model that imitates a server which can run here, and that server. */
const modelPairs = (): string => allServers.flatMap(({ id, modelOf }) => (modelOf ? [modelOf, id] : [])).join(',');

async function ofModels(options: FidelityOptions): Promise<[number[], boolean]> {
  const startedAt = new Date().toISOString();
  const dir = path.join(options.out, 'models');
  const { run, interrupted } = await runOrEarlier(dir, 'models and the servers that they imitate', {
    ...options,
    servers: options.servers ?? modelPairs(),
    clients: options.clients ?? MODEL_CLIENTS,
  });
  if (interrupted) return [[], true];
  const cells = modelCells(run);
  if (cells.length === 0) throw new CommandError(EXIT.unable, 'no model was observed together with the server that it imitates');
  const models = modelShares(cells);
  const result: ModelFidelityResult = {
    schemaVersion: 1,
    kind: 'models',
    startedAt,
    windowS: run.run.longestWaitMs / 1000,
    versions: versionsOf([run]),
    models,
    cells,
  };
  await writeResult(options.out, 'models', result, modelFidelityMarkdown(result));
  process.stdout.write(
    [
      ...models.map(({ id, share, judged }) => `  ${percent(share).padStart(7)}  ${id} (${judged} values)`),
      `Every miss with its frames: ${path.join(options.out, 'models.md')}`,
      '',
    ].join('\n'),
  );
  return [models.map(({ share }) => share), false];
}

function pairsFor(list: string | undefined): typeof PAIRS {
  if (list === undefined) return PAIRS;
  const wanted = list.split(',').map((id) => id.trim());
  const unknown = wanted.find((id) => !PAIRS.some(({ emulated }) => emulated === id));
  if (unknown)
    throw usageError(`no real browser stands beside "${unknown}"; there are: ${PAIRS.map(({ emulated }) => emulated).join(', ')}`);
  return PAIRS.filter(({ emulated }) => wanted.includes(emulated));
}

/** `what` is run, or with `rescore` taken as it was left. */
async function runOrEarlier(
  dir: string,
  what: string,
  options: RunOptions & Pick<FidelityOptions, 'rescore'>,
): Promise<{ run: RunResult; interrupted: boolean }> {
  if (!options.rescore) {
    process.stderr.write(`wirematrix: ${what}\n`);
    return runInto(dir, options);
  }
  const run = await readRun(path.join(dir, 'run.json'));
  if (!run) throw usageError(`there is no ${path.join(dir, 'run.json')}: run fidelity without --rescore first`);
  return { run, interrupted: false };
}

type RunOptions = Pick<FidelityOptions, 'servers' | 'clients' | 'scenarios' | 'quick' | 'window' | 'capture' | 'atOnce' | 'rate' | 'delay'>;

async function runInto(
  out: string,
  { servers, clients, scenarios, ...rest }: RunOptions,
): Promise<{ run: RunResult; interrupted: boolean }> {
  const selection = await select({
    ...(servers === undefined ? {} : { servers }),
    ...(clients === undefined ? {} : { clients }),
    ...(scenarios === undefined ? {} : { scenarios }),
  });
  const cells = planCells(selection.servers, selection.clients, selection.scenarios);
  const done = await runAndAssemble(selection, cells, { atOnce: Math.max(1, availableParallelism() >> 1), ...rest, out });
  await writeAtomically(path.join(out, 'run.json'), `${JSON.stringify(done.run)}\n`);
  return done;
}

async function traitsIn(dir: string, cell: ObservedCell): Promise<CellTraits> {
  return traitsOf(await readEvidence(path.join(dir, cell.capture)));
}

/** The same cell in each real run that has it. */
async function realTraits(
  runs: readonly RunResult[],
  dirs: readonly string[],
  wanted: { server: string; client: string; scenario: string },
) {
  const found: CellTraits[] = [];
  for (const [index, run] of runs.entries()) {
    const cell = run.cells.filter(isObserved).find((one) => cellId(one) === cellId(wanted));
    const dir = dirs[index];
    if (cell && dir) found.push(await traitsIn(dir, cell));
  }
  return found;
}

function versionsOf(runs: readonly RunResult[]): FidelityResult['versions'] {
  const rows = (of: (run: RunResult) => readonly { id: string; version: string | null }[]) =>
    Object.fromEntries(runs.flatMap(of).flatMap(({ id, version }) => (version === null ? [] : [[id, version]])));
  return { clients: rows((run) => run.clients), servers: rows((run) => run.servers) };
}

async function writeResult(out: string, name: string, result: object, markdown: string): Promise<void> {
  await writeAtomically(path.join(out, `${name}.json`), `${JSON.stringify(result, null, 1)}\n`);
  await writeAtomically(path.join(out, `${name}.md`), markdown);
}
