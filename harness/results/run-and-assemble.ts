/** Runs cells and derives the run's result from their captures. */
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { RepeatedRun, RunInfo } from '../compare/run-result.ts';
import { CAPTURE_CHOICES, selectBackend } from '../lab/capture/select.ts';
import { type CellTimes, timed } from '../lab/cell-times.ts';
import { type Isolation, isolation, whyNoLink } from '../lab/namespace.ts';
import { type CellPlan, identityOf, type LaneCell, laneCellId, type Ready, repeated } from '../lab/plan.ts';
import { type CellOutcome, type RunListener, runCells } from '../lab/run.ts';
import type { Missing, Selection } from '../lab/selection.ts';
import { type CellIdentity, cellId, type Link, type Skipped } from '../model.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { writeProblem } from '../system/files.ts';
import { ownCommand } from '../system/packages.ts';
import {
  type AssembledOutcome,
  type AssembledRun,
  clientSourcesIn,
  documentedIn,
  type JudgedCaptures,
  openAssembly,
  type RunMeta,
  sourcesIn,
} from './assemble.ts';
import { firstImpression, reacts } from './first-impression.ts';
import { beginJournal, noteCaptured, noteResumed } from './journal.ts';
import type { OwnRules } from './own-rules.ts';
import { type CutRun, cellsOf, checkIsSame, takeOver, takeOverSettled } from './resume.ts';
import { cutRuns, openRunFolder, type RunFolder, sha256 } from './run-folder.ts';

const DEFAULT_WINDOW_S = 95;
const QUICK_WINDOW_S = 8;

/** How cells are run, as the options of the command line say it. */
export interface RunOptions {
  /** Folder of the run. */
  out: string;
  /** Id of a capture backend, or `auto`. */
  capture: string;
  /** Watch idle connections for 8 s at most. */
  quick?: boolean | undefined;
  /** Seconds; overrides `quick`. */
  window?: number | undefined;
  /** Cells that act at one time; default: `RunPlan`'s. */
  atOnce?: number | undefined;
  /** Kilobits per second, and milliseconds one way, of every cell's link. */
  rate?: number | undefined;
  delay?: number | undefined;
  /** Default: the best that this machine has. */
  isolation?: Isolation | undefined;
  /** The first cell is run alone: the others depend on how the server answers there. */
  scout?: boolean;
  /** What is looked for beside what this project looks for. */
  own?: OwnRules | undefined;
  /** How often each cell is run; default once. */
  repeat?: number | undefined;
  /** The options that chose the cells; with them the run can be resumed where it is cut. */
  asked?: RunInfo['asked'];
  /** Of the whole run, as `definitionsOf` gives it. */
  definitions?: string | undefined;
  /** Which part of a larger run this is. */
  shard?: RunInfo['shard'];
  /** What captures of an earlier part of the run showed; what this part shows is added. */
  judged?: JudgedCaptures | undefined;
  /** The run that was cut, of which `cells` are the cells: those that it captured are not run again. */
  resume?: CutRun | undefined;
}

/** Receives a run's progress and its warnings. */
export interface RunWatcher {
  warn(message: string): void;
  /** The run begins: `cells` is how many it has. What the cells show by then can be asked for at any time. */
  begin(cells: number, run: RunUnderWay): RunListener & { stop(): void };
}

/** A run that goes on. */
export interface RunUnderWay {
  /** All of its cells, in order. */
  cells: readonly CellIdentity[];
  /** Where its results are gathered. */
  folder: RunFolder;
  /** The run with the cells that have ended by now. */
  soFar(): Promise<AssembledRun>;
}

/** A finished run, still in its staging folder, so that reports can be added: `commit` then replaces the earlier results. */
export interface RunDone extends AssembledRun {
  folder: RunFolder;
}

/**
 * Runs cells and assembles their captures into a result. Nothing that was captured is lost when `signal` ends the run early.
 * @throws CodedError (unable-here) where nothing can be captured or run here, (bad-argument) for an unknown backend
 */
export async function runAndAssemble(
  selection: Selection,
  cells: CellPlan[],
  options: RunOptions,
  watcher: RunWatcher,
  signal: AbortSignal,
): Promise<RunDone> {
  const { out } = options;
  if (!CAPTURE_CHOICES.includes(options.capture))
    throw badArgument(`there is no capture backend "${options.capture}"; there are: ${CAPTURE_CHOICES.join(', ')}`);
  const missing = [...selection.missingServers, ...selection.missingClients];
  if (cells.length === 0) throw unableHere(['none of the cells can run here:', ...missing.map(missingLine)].join('\n'));
  const isolated = options.isolation ?? (await isolation());
  const backend = await selectBackend(options.capture, isolated);
  if ('skipped' in backend) {
    const { reason, remedy } = backend.skipped;
    // A server that runs already is captured outside of any namespace: an ordinary user may where the run itself starts it.
    const other = options.isolation?.kind === 'shared-loopback' ? `\nor ${options.isolation.why.remedy}` : '';
    throw notHere("packets can't be captured here", { reason, remedy: remedy + other });
  }
  if (isolated.kind === 'shared-loopback')
    watcher.warn(
      options.isolation
        ? `the server is asked where it runs: what else talks to its port meanwhile is captured too (remedy: ${isolated.why.remedy})`
        : `lanes share the loopback interface: ${isolated.why.reason} (remedy: ${isolated.why.remedy})`,
    );
  const link = linkOf(options);
  const noLink = link && (await whyNoLink(isolated, link));
  if (noLink) throw notHere("the lanes' loopback interfaces can't be slowed down as asked", noLink);
  const windowMs = (options.window ?? (options.quick ? QUICK_WINDOW_S : DEFAULT_WINDOW_S)) * 1000;

  const { resume, repeat = 1 } = options;
  const planned = resume ? cellsOf(resume, cells) : cells;
  const rows = rowsOf(selection);
  const startedAt = new Date();
  const began = performance.now();
  // The clock may be set meanwhile.
  const elapsedMs = (): number => Math.round(performance.now() - began);
  const info: RunInfo = {
    id: randomUUID(),
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    longestWaitMs: windowMs,
    host: { os: osName(), kernel: os.release(), cpus: os.availableParallelism(), node: process.versions.node },
    capture: { backend: backend.id, clock: backend.clock, framesCaptured: 0, framesDropped: null },
    isolation: isolated.kind,
    ...(link ? { link } : {}),
    ...(options.asked ? { asked: options.asked } : {}),
    ...(options.definitions === undefined ? {} : { definitions: options.definitions }),
    ...(repeat > 1 ? { repeat } : {}),
    ...(options.shard ? { shard: options.shard } : {}),
  };
  if (resume) checkIsSame(resume, planned, { ...rows, run: info });
  const wanted = repeated(planned, repeat);
  const cutBefore = resume ? [] : await cutRuns(out);
  const folder = await openRunFolder(out, {
    mode: 'replace',
    ...(resume ? { elsewhere: 'copy the run to another folder' } : {}),
    ...(resume?.staging ? { adopt: resume.staging } : {}),
  });
  const { staging } = folder;
  if (cutBefore.length > 0)
    watcher.warn(
      `${out} holds a run that was cut: ${ownCommand('compare', '--resume', out)} goes on with it. This run begins anew, and removes that one when it is whole`,
    );
  try {
    const assembly = openAssembly(folder, options.own, { judged: options.judged });
    const ended = new Map<string, EndedCell>();
    if (options.asked && !resume?.staging) beginJournal(staging, { run: info, ...rows, cells: wanted.map(identityOf) });
    if (resume) {
      for (const [id, { cell: _cell, ...captured }] of await takeOver(out, resume, staging))
        ended.set(id, { state: 'observed', ...captured });
      for (const { cell, ...settled } of await takeOverSettled(out, resume, staging)) ended.set(cellId(cell), settled);
      if (resume.staging) noteResumed(staging, info.startedAt);
    }
    const left = wanted.filter((cell) => !ended.has(laneCellId(identityOf(cell))));
    if (resume)
      watcher.warn(
        left.length === 0
          ? `all ${wanted.length} cells are there: only the reports are made`
          : `${ended.size} of ${wanted.length} cells are there; the others are run`,
      );
    const soFar = (): Promise<AssembledRun> => {
      const part = { startedAt: info.startedAt, durationMs: elapsedMs() };
      const parts = left.length === 0 && resume ? resume.parts : [...(resume?.parts ?? []), part];
      return assembly.assemble({
        run: {
          ...(resume ? { ...resume.run, parts } : info),
          durationMs: parts.reduce((sum, { durationMs }) => sum + durationMs, 0),
        },
        ...rows,
        outcomes: joined(wanted, ended),
      });
    };
    const progress = watcher.begin(left.length, { cells: planned.map(identityOf), folder, soFar });
    const listener = timed(progress);
    const noting = notes(staging, options.asked !== undefined, { elapsedMs, of: listener.of, warn: watcher.warn });
    const outcomes = await runCells(
      {
        cells: left,
        windowMs,
        out: staging,
        backend: backend.id,
        isolation: isolated,
        signal,
        whyIncomplete: assembly.whyIncomplete,
        reacts: async (capture) => reacts(await assembly.store.evidence(capture)),
        ...(link ? { link } : {}),
        ...(options.scout ? { afterFirst: async (capture: string) => firstImpression(await assembly.store.evidence(capture)) } : {}),
        ...(options.atOnce ? { active: options.atOnce } : {}),
      },
      {
        ...listener,
        ends(outcome) {
          const { cell, ...rest } = outcome;
          ended.set(laneCellId(cell), endedCell(rest));
          listener.ends(outcome);
          noting.ends(outcome);
        },
      },
    ).finally(() => progress.stop());
    await noting.done();
    for (const [index, { cell: _cell, ...outcome }] of outcomes.entries()) {
      const cell = identityOf(left[index] as CellPlan);
      ended.set(laneCellId(cell), { ...endedCell(outcome), ...listener.of(cell) });
    }
    return { ...(await soFar()), folder };
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

/** How one run of a cell ended. */
type EndedCell = AssembledOutcome extends infer One ? (One extends unknown ? Omit<One, 'cell' | 'repeats'> : never) : never;

function endedCell(outcome: Outcome): EndedCell {
  if (outcome.state === 'observed') return { state: 'observed', capture: outcome.capture };
  if (outcome.state === 'failed') return { state: 'failed', reason: outcome.reason, capture: outcome.capture };
  return outcome;
}

type Outcome = CellOutcome extends infer One ? (One extends unknown ? Omit<One, 'cell'> : never) : never;

/** Notes each capture in the run's journal, one after the other. A journal that can't be written costs the run nothing but that it can be resumed. */
function notes(
  staging: string,
  isWanted: boolean,
  { elapsedMs, of, warn }: { elapsedMs: () => number; of: (cell: LaneCell) => Partial<CellTimes>; warn: (message: string) => void },
): { ends(outcome: CellOutcome): void; done(): Promise<void> } {
  let queue = Promise.resolve();
  let hasWarned = false;
  const note = async (cell: LaneCell, capture: string): Promise<void> => {
    const captureSha256 = await sha256(path.join(staging, capture));
    noteCaptured(staging, { cell, capture, captureSha256, ...of(cell) }, elapsedMs());
  };
  return {
    ends(outcome) {
      if (!isWanted || outcome.state !== 'observed') return;
      queue = queue
        .then(() => note(outcome.cell, outcome.capture))
        .catch((error: unknown) => {
          if (!hasWarned) warn(`what was captured can't be noted, so that this run could not be resumed: ${writeProblem(error)}`);
          hasWarned = true;
        });
    },
    done: () => queue,
  };
}

/** Of the runs of each cell the first that was observed shows its values; the others show how they vary. Cells that have not ended are left out. */
function joined(cells: readonly CellPlan[], ended: ReadonlyMap<string, EndedCell>): AssembledOutcome[] {
  const runsOf = new Map<string, EndedCell[]>();
  for (const plan of cells) {
    const id = cellId(identityOf(plan));
    const run = ended.get(laneCellId(identityOf(plan)));
    if (!run) continue;
    const known = runsOf.get(id);
    if (known) known.push(run);
    else runsOf.set(id, [run]);
  }
  return cells.flatMap((plan): AssembledOutcome[] => {
    if (plan.repeat !== undefined) return [];
    const { server, client, scenario } = identityOf(plan);
    const cell = { server, client, scenario };
    const runs = runsOf.get(cellId(cell)) ?? [];
    const first = runs.find(({ state }) => state === 'observed');
    if (first?.state !== 'observed') return runs[0] ? [{ cell, ...runs[0] }] : [];
    const repeats = runs
      .filter((one) => one !== first)
      .map((one): RepeatedRun => {
        if (one.state === 'observed') return { capture: one.capture, captureSha256: one.captureSha256 ?? null, reason: null };
        return { capture: one.state === 'failed' ? one.capture : null, captureSha256: null, reason: one.reason };
      });
    return [{ cell, ...first, ...(repeats.length > 0 ? { repeats } : {}) }];
  });
}

/** A slow link gets the MTU of Ethernet: each packet of 64 KiB, as `lo` makes them, would take seconds. */
const linkOf = ({ rate, delay }: Pick<RunOptions, 'rate' | 'delay'>): Link | null =>
  rate === undefined && delay === undefined
    ? null
    : { ...(rate === undefined ? {} : { rateKbit: rate }), ...(delay === undefined ? {} : { delayMs: delay }), mtu: 1_500 };

/** The rows of `run.json` for what ran and for what would have run were it installed. */
function rowsOf(selection: Selection): Pick<RunMeta, 'servers' | 'clients' | 'scenarios'> {
  const row = <T extends { id: string; title: string }>({ definition, version }: Ready<T>) => ({ definition, version, skipped: null });
  const lack = <T extends { id: string; title: string }>({ definition, skipped }: Missing<T>) => ({ definition, version: null, skipped });
  return {
    servers: [...selection.servers.map(row), ...selection.missingServers.map(lack)].map(({ definition, version, skipped }) => ({
      id: definition.id,
      title: definition.title,
      provenance: definition.provenance,
      version,
      variantOf: definition.variantOf,
      modelOf: definition.modelOf ?? null,
      summary: definition.summary,
      skipped,
      ...documentedIn(definition.id),
      ...sourcesIn(definition.id),
    })),
    clients: [...selection.clients.map(row), ...selection.missingClients.map(lack)].map(({ definition, version, skipped }) => ({
      id: definition.id,
      title: definition.title,
      provenance: definition.provenance,
      version,
      skipped,
      ...clientSourcesIn(definition.id),
    })),
    scenarios: selection.scenarios.map(({ id, title }) => ({ id, title })),
  };
}

const notHere = (what: string, { reason, remedy }: Skipped) => unableHere(`${what}: ${reason}\nremedy: ${remedy}`);
const missingLine = ({ definition, skipped }: Missing<{ id: string }>): string =>
  `  ${definition.id}: ${skipped.reason} (${skipped.remedy})`;

function osName(): string {
  const { platform } = process;
  return `${platform === 'linux' ? 'Linux' : platform} ${os.version()}`;
}
