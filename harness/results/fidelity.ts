/**
 * Emulated browsers against real ones, and models against the servers that they imitate. The captures stay in the folder of the results, so
 * that they can be scored again and each miss can be opened in Wireshark.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { clients } from '../../clients/index.ts';
import { servers as allServers } from '../../servers/index.ts';
import { compareCell, type FidelityCell, REAL_RUNS, summarise } from '../compare/fidelity.ts';
import type { FidelityResult, ModelFidelityResult } from '../compare/fidelity-result.ts';
import { type CellTraits, traitsOf } from '../compare/fidelity-traits.ts';
import { isObserved } from '../compare/matrix.ts';
import { modelCells, modelShares } from '../compare/model-fidelity.ts';
import { type ObservedCell, type RunResult, writtenRun } from '../compare/run-result.ts';
import { readEvidence } from '../decode/cell-evidence.ts';
import { type CellPlan, planCells } from '../lab/plan.ts';
import { pickServers, type Selection, select } from '../lab/selection.ts';
import { type CellIdentity, cellId } from '../model.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { writeAtomically } from '../system/files.ts';
import { fileInside } from './inside.ts';
import { RUN_FILE, readRun } from './read-run.ts';
import type { RunDone, RunOptions } from './run-and-assemble.ts';
import { sha256, writeInto } from './run-folder.ts';

/** Which real browser each emulated one stands for. */
const PAIRS: readonly { emulated: string; real: string }[] = [
  { emulated: 'chromium', real: 'real-chromium' },
  { emulated: 'firefox', real: 'real-firefox' },
];
const MODEL_CLIENTS = 'chromium,probe';

/** The options of `fidelity`. */
export interface FidelityOptions extends Omit<RunOptions, 'isolation'> {
  /** Comma list of servers; default: those of the group `default`, or for models every pair of a model and its server. */
  servers?: string | undefined;
  /** Comma list of the emulated browsers; default: all that have a real counterpart. */
  clients?: string | undefined;
  scenarios?: string | undefined;
  /** Runs of the real browsers. */
  runs: number;
  /** Take the captures of the real browsers that an earlier `fidelity` left in the folder. */
  reuse?: boolean | undefined;
  /** Run nothing: the score of the captures that are in the folder. */
  rescore?: boolean | undefined;
}

/** How cells are run, and where messages go. */
export interface FidelityRunner {
  run(selection: Selection, cells: CellPlan[], options: RunOptions): Promise<RunDone & { interrupted: boolean }>;
  say(message: string): void;
}

/** The servers of a usual run, without its models. */
const usualServers = (): string =>
  pickServers('default')
    .filter(({ provenance }) => provenance === 'real')
    .map(({ id }) => id)
    .join(',');

/**
 * Runs emulated and real browsers and compares what they showed; `null` where the run was interrupted.
 * @throws CodedError (bad-argument) for a browser without a real counterpart or a folder without an earlier run, (unable-here) where
 * nothing can be compared
 */
export async function fidelityOfBrowsers(options: FidelityOptions, runner: FidelityRunner): Promise<FidelityResult | null> {
  if (options.runs < REAL_RUNS)
    runner.say(`${options.runs} real runs hardly show a range: the score is lower than it would be with ${REAL_RUNS}`);
  const pairs = pairsFor(options.clients);
  const startedAt = new Date().toISOString();
  const chosen = { servers: options.servers ?? usualServers(), scenarios: options.scenarios ?? 'all' };
  const realDirs = Array.from({ length: options.runs }, (_, index) => path.join(options.out, `real-${index + 1}`));

  const realRuns: RunResult[] = [];
  for (const [index, dir] of realDirs.entries()) {
    const what = { ...chosen, clients: pairs.map(({ real }) => real).join(',') };
    const earlier = options.reuse && !options.rescore ? await readRun(dir) : null;
    const run = earlier ?? (await runOrEarlier(dir, `real browsers, run ${index + 1} of ${options.runs}`, what, options, runner));
    if (run === null) return null;
    realRuns.push(run);
  }
  const emulatedDir = path.join(options.out, 'emulated');
  const what = { ...chosen, clients: pairs.map(({ emulated }) => emulated).join(',') };
  const emulatedRun = await runOrEarlier(emulatedDir, 'emulated browsers', what, options, runner);
  if (emulatedRun === null) return null;

  const cells: FidelityCell[] = [];
  for (const cell of emulatedRun.cells.filter(isObserved)) {
    const pair = pairs.find(({ emulated }) => emulated === cell.client);
    if (!pair) continue;
    const real = await realTraits(realRuns, realDirs, { ...cell, client: pair.real });
    if (real.length === 0) continue;
    cells.push({
      server: cell.server,
      emulated: pair.emulated,
      real: pair.real,
      scenario: cell.scenario,
      realRuns: real.length,
      ...compareCell(await traitsIn(emulatedDir, cell), real),
    });
  }
  if (cells.length === 0) throw unableHere('no cell was observed with both an emulated browser and the real one');
  return {
    schemaVersion: 1,
    kind: 'browsers',
    startedAt,
    windowS: emulatedRun.run.longestWaitMs / 1000,
    realRuns: realRuns.length,
    versions: versionsOf([emulatedRun, ...realRuns]),
    declared: Object.fromEntries(
      clients.filter(({ id }) => pairs.some(({ emulated }) => emulated === id)).map(({ id, differences = [] }) => [id, differences]),
    ),
    summary: summarise(cells),
    cells,
  };
}

/** Every model and the server that it imitates, as a comma list of ids. */
const modelPairs = (): string => allServers.flatMap(({ id, modelOf }) => (modelOf ? [modelOf, id] : [])).join(',');

/**
 * Runs models and the servers that they imitate and compares what they showed; `null` where the run was interrupted.
 * @throws as `fidelityOfBrowsers` does
 */
export async function fidelityOfModels(options: FidelityOptions, runner: FidelityRunner): Promise<ModelFidelityResult | null> {
  const startedAt = new Date().toISOString();
  const what = {
    servers: options.servers ?? modelPairs(),
    clients: options.clients ?? MODEL_CLIENTS,
    ...(options.scenarios === undefined ? {} : { scenarios: options.scenarios }),
  };
  const run = await runOrEarlier(path.join(options.out, 'models'), 'models and the servers that they imitate', what, options, runner);
  if (run === null) return null;
  const cells = modelCells(run);
  if (cells.length === 0) throw unableHere('no model was observed together with the server that it imitates');
  return {
    schemaVersion: 1,
    kind: 'models',
    startedAt,
    windowS: run.run.longestWaitMs / 1000,
    versions: versionsOf([run]),
    models: modelShares(cells),
    cells,
  };
}

function pairsFor(list: string | undefined): typeof PAIRS {
  if (list === undefined) return PAIRS;
  const wanted = list.split(',').map((id) => id.trim());
  const unknown = wanted.find((id) => !PAIRS.some(({ emulated }) => emulated === id));
  if (unknown)
    throw badArgument(`"${unknown}" has no real counterpart; these have one: ${PAIRS.map(({ emulated }) => emulated).join(', ')}`);
  return PAIRS.filter(({ emulated }) => wanted.includes(emulated));
}

/** Runs what is asked for, or with `rescore` reads the earlier run in `dir`; `null` where the run was interrupted. */
async function runOrEarlier(
  dir: string,
  title: string,
  what: { servers: string; clients: string; scenarios?: string },
  { rescore, quick, window, capture, atOnce, rate, delay }: FidelityOptions,
  { run: runCells, say }: FidelityRunner,
): Promise<RunResult | null> {
  if (rescore) {
    const earlier = await readRun(dir);
    if (!earlier) throw badArgument(`there is no ${path.join(dir, RUN_FILE)}: run fidelity without --rescore first`);
    return earlier;
  }
  say(title);
  const selection = await select(what);
  const cells = planCells(selection.servers, selection.clients, selection.scenarios);
  // A browser and its server need a core each.
  const active = atOnce ?? Math.max(1, availableParallelism() >> 1);
  const { run, folder, interrupted } = await runCells(selection, cells, { out: dir, quick, window, capture, atOnce: active, rate, delay });
  await writeInto(folder, () => writeAtomically(path.join(folder.staging, RUN_FILE), `${JSON.stringify(writtenRun(run))}\n`), {
    keep: true,
  });
  return interrupted ? null : run;
}

async function traitsIn(dir: string, cell: ObservedCell): Promise<CellTraits> {
  const file = await fileInside(dir, cell.capture);
  if ((await sha256(file)) !== cell.captureSha256)
    throw badArgument(`${file} is not the capture that the run recorded: its hash differs from that in run.json`);
  return traitsOf(await readEvidence(file));
}

/** The same cell in each real run that has it. */
async function realTraits(runs: readonly RunResult[], dirs: readonly string[], wanted: CellIdentity): Promise<CellTraits[]> {
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
