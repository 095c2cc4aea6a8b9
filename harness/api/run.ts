import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { diffRuns, type RunDiff } from '../compare/run-diff.ts';
import type { FindingRow, RunResult } from '../compare/run-result.ts';
import { type Config, checkConfig } from '../config/config.ts';
import { settingsOf } from '../config/settings.ts';
import { selectWith, withExtras } from '../lab/extras.ts';
import { planCells } from '../lab/plan.ts';
import { planProbe } from '../lab/probe-plan.ts';
import type { SelectedCells } from '../lab/selection.ts';
import { type CellIdentity, cellId, type Language, OWN_SERVER } from '../model.ts';
import { parseFronts } from '../race/behind.ts';
import { upstreamSides } from '../race/definitions.ts';
import { parseThresholds, type RaceThreshold, raceReasons } from '../race/judge/gate.ts';
import type { RaceResult } from '../race/judge/pair.ts';
import { RACE_FILE, readEarlierPairs } from '../race/judge/race-file.ts';
import { planRace } from '../race/plan-race.ts';
import { runRace } from '../race/race.ts';
import { gateLines } from '../report/gate-text.ts';
import { frontsBefore } from '../report/race/fronts.ts';
import { RACE_WORDS } from '../report/race/race-catalogue.ts';
import { capturesIn, raceJson, raceReports } from '../report/race/race-files.ts';
import { gateTexts } from '../report/race/race-rows.ts';
import { findingsIn } from '../report/run-in-language.ts';
import { resolveReporters, writeReports } from '../report/write-reports.ts';
import { openGate } from '../results/gate.ts';
import { readRunAt } from '../results/read-run.ts';
import { type RunOptions, runAndAssemble } from '../results/run-and-assemble.ts';
import { openRunFolder, writeInto } from '../results/run-folder.ts';
import { writeAtomically } from '../system/files.ts';

/** What happens during a run. Cells are named as in run.json: `server/client/scenario`. */
export type Progress =
  | { type: 'begin'; cells: number }
  | { type: 'cell-begins'; cell: string }
  /** `server`, `capture`, `client`, `step` or `watch`. */
  | { type: 'phase'; cell: string; phase: string }
  | { type: 'cell-ends'; cell: string; state: 'observed' | 'failed' | 'skipped' | 'not-applicable'; reason: string | null }
  | { type: 'warning'; message: string };

/** What is not in a configuration: where results go, and how a run is followed and ended. */
export interface RunSettings {
  /** Folder of the results. */
  out: string;
  /** `auto`, `tcpdump` or `cap`. */
  capture?: string;
  onProgress?: (event: Progress) => void;
  /** Ends the run early; what was captured by then is kept. */
  signal?: AbortSignal;
}

export type ProbeOptions = Omit<Config, 'servers'> & RunSettings;
export type CompareOptions = Config & RunSettings;

/** One that stands in front of the server. */
export interface FrontReport {
  id: string;
  /** How long it keeps idle connections, in seconds; `null`: not documented, or no limit. */
  idleS: number | null;
  predicted: 'safe' | 'races' | 'unknown';
  /** How many seconds longer the server keeps an idle connection; negative: the server closes first. `null` where a timer is not known. */
  marginS: number | null;
}

/** A run that has ended; its files are in `folder`. */
export interface RunReport {
  run: RunResult;
  /** Of the user's own server, for `probe`; of every server, for `compare`. The worst first. */
  findings: FindingRow[];
  /** With `behind`, of `probe`: whether what stands in front of the server is predicted to race it. */
  fronts?: FrontReport[];
  /** Whether every threshold that was asked for holds, and in words which does not. */
  gate: { passed: boolean; reasons: string[] };
  folder: string;
}

/**
 * Asks one server every direct question.
 * @throws Error with the code `bad-argument` for options that are wrong, `unable-here` where this machine can't capture or run it
 */
export async function probe(options: ProbeOptions): Promise<RunReport> {
  const { out, capture, onProgress, signal, ...config } = options;
  checkConfig(config, 'the options');
  const { url, options: asked, extras, own } = settingsOf(undefined, {}, config);
  const sides = upstreamSides.map(({ id }) => id);
  const fronts = asked.behind === undefined ? null : parseFronts(asked.behind, sides);
  const plan = await planProbe(OWN_SERVER, url, asked);
  const cells = await withExtras(plan, extras);
  const report = await execute(cells, { out, capture, onProgress, signal }, { ...asked, ...plan.run, own }, OWN_SERVER);
  if (fronts === null) return report;
  const before = frontsBefore(report.run, fronts).map(({ documented: { id }, idleS, prediction: { predicted, marginS } }) => ({
    ...{ id, idleS, predicted, marginS },
  }));
  return { ...report, fronts: before };
}

/**
 * Runs the matrix: servers × clients × scenarios.
 * @throws as `probe` does
 */
export async function compare(options: CompareOptions): Promise<RunReport> {
  const { out, capture, onProgress, signal, ...config } = options;
  checkConfig(config, 'the options');
  const { options: asked, extras, own } = settingsOf(undefined, {}, config);
  const chosen = await selectWith(asked, extras);
  const selected: SelectedCells = { selection: chosen, cells: planCells(chosen.servers, chosen.clients, chosen.scenarios) };
  return execute(await withExtras(selected, extras), { out, capture, onProgress, signal }, { ...asked, own });
}

/**
 * What changed between two runs.
 * @param from the earlier run: a result, its folder, or its run.json
 * @throws Error with the code `bad-argument` where there is no run
 */
export async function diff(from: RunResult | string, to: RunResult | string): Promise<RunDiff> {
  return diffRuns(typeof from === 'string' ? await readRunAt(from) : from, typeof to === 'string' ? await readRunAt(to) : to);
}

/** What happens during a race. */
export interface RaceProgress {
  type: 'lane-ends';
  /** A server, an upstream side, or both: `nginx-proxy > express`. */
  lane: string;
  /** Lanes that have ended, of so many. */
  done: number;
  all: number;
}

/** Of a configuration: the servers (`command` and `port` for the user's own, which is `yours`), the proxies and libraries, and how long to watch. */
export type RaceOptions = Pick<Config, 'command' | 'port' | 'servers' | 'upstreams' | 'proxies' | 'quick' | 'window' | 'readyTimeout'> &
  Omit<RunSettings, 'onProgress'> & {
    /** Pairs that fail the race: whose requests met the close, that lost any, that are predicted to race. Default: none; `race` with a baseline. */
    failOn?: RaceThreshold | readonly RaceThreshold[];
    /** The race.json of an earlier race, or its folder: then only what is new and worse fails. */
    baseline?: string;
    onProgress?: (event: RaceProgress) => void;
  };

/** A race that has ended; its files are in `folder`. */
export interface RaceReport {
  result: RaceResult;
  /** Servers, proxies and libraries that were asked for and are not installed: why, and the one command that mends it. */
  missing: { id: string; reason: string; remedy: string }[];
  /** Whether every threshold that was asked for holds, and in words which pairs don't. */
  gate: { passed: boolean; reasons: string[] };
  folder: string;
}

/**
 * Which proxy or client library loses requests to which server: every upstream side with every server.
 * @throws as `probe` does; also where there is no network namespace for each lane
 */
export async function race(options: RaceOptions): Promise<RaceReport> {
  const { out, capture = 'auto', onProgress, signal = new AbortController().signal, failOn = [], baseline, ...config } = options;
  checkConfig(config, 'the options');
  const wanted = typeof failOn === 'string' ? [failOn] : failOn;
  const thresholds = wanted.length === 0 ? [] : parseThresholds(wanted);
  const earlier = baseline === undefined ? null : await readEarlierPairs(baseline);
  const { options: asked, extras } = settingsOf(undefined, {}, config);
  const plan = await planRace({ ...asked, capture, ownServers: extras.servers, ownUpstreams: extras.proxies });
  // Each lane adds a listener to it.
  setMaxListeners(0, signal);
  const folder = await openRunFolder(out, { mode: 'replace' });
  const result = await writeInto(folder, async () => {
    const result = await runRace({ ...plan, out: folder.staging, signal }, (done, all, lane) =>
      onProgress?.({ type: 'lane-ends', lane, done, all }),
    );
    await writeAtomically(path.join(folder.staging, RACE_FILE), raceJson(result));
    for await (const { path: name, content } of raceReports(result, capturesIn(folder.staging), 'en'))
      await writeAtomically(path.join(folder.staging, name), content);
    return result;
  });
  const reasons = raceReasons(result, thresholds, earlier);
  return {
    result,
    gate: { passed: reasons.length === 0, reasons: gateTexts(reasons, RACE_WORDS.en) },
    missing: [...plan.missingUpstreams, ...plan.missingServers].map(({ definition, skipped }) => ({ id: definition.id, ...skipped })),
    folder: path.resolve(out),
  };
}

type Executed = Parameters<typeof openGate>[0] & { language: Language } & Partial<RunOptions> & {
    reporter?: Parameters<typeof resolveReporters>[0] | undefined;
  };
type Followed = { [Name in keyof RunSettings]: RunSettings[Name] | undefined } & { out: string };

async function execute(
  { selection, cells }: SelectedCells,
  { out, capture = 'auto', onProgress, signal = new AbortController().signal }: Followed,
  options: Executed,
  server?: string,
): Promise<RunReport> {
  const reporters = await resolveReporters(options.reporter ?? []);
  const gate = await openGate(options, options.own ?? {}, server);
  // Each lane adds a listener to it.
  setMaxListeners(0, signal);
  const assembled = await runAndAssemble(selection, cells, { ...options, out, capture }, watcherOf(onProgress), signal);
  const { run, folder } = assembled;
  for (const message of assembled.faults) onProgress?.({ type: 'warning', message });
  const reasons = gate.look(run);
  await writeInto(folder, () => writeReports(folder, { ...assembled, gate: reasons, language: options.language }, reporters), {
    keep: true,
  });
  return {
    run,
    findings: findingsIn(assembled.found, options.language).filter((finding) => server === undefined || finding.server === server),
    gate: { passed: (reasons ?? []).length === 0, reasons: gateLines(reasons ?? [], run) },
    folder: path.resolve(out),
  };
}

function watcherOf(onProgress: ((event: Progress) => void) | undefined): Parameters<typeof runAndAssemble>[3] {
  const tell = onProgress ?? (() => {});
  return {
    warn: (message) => tell({ type: 'warning', message }),
    begin(cells) {
      tell({ type: 'begin', cells });
      return {
        begins: (cell: CellIdentity) => tell({ type: 'cell-begins', cell: cellId(cell) }),
        event(cell, event) {
          if (event.type === 'phase') tell({ type: 'phase', cell: cellId(cell), phase: event.phase });
        },
        ends: ({ cell, ...outcome }) =>
          tell({ type: 'cell-ends', cell: cellId(cell), state: outcome.state, reason: 'reason' in outcome ? outcome.reason : null }),
        oneByOne: (why) => tell({ type: 'warning', message: why }),
        stop() {},
      };
    },
  };
}
