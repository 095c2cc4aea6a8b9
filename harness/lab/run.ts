/**
 * Runs the cells of a matrix, each in a lane of its own, and leaves their captures in the run's folder. What the captures
 * show is derived afterwards, by `assemble.ts`, from the files alone.
 */
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ProbeManner } from '../../clients/client.ts';
import { answers } from '../../servers/installed.ts';
import { stageSite } from '../../servers/site/stage.ts';
import { type CellIdentity, cellId, type Link } from '../model.ts';
import { unableHere } from '../system/coded-error.ts';
import { limitHint } from '../system/limit-hint.ts';
import { reasonOf } from '../system/reason.ts';
import { removeFolder, sweepTemporaryFolders, temporaryFolder } from '../system/temporary-folder.ts';
import { longestFirst, longWaits } from './expected-wait.ts';
import { longestSilenceMs } from './lane-deadline.ts';
import { makeLaneFolders } from './lane-environment.ts';
import { runLane } from './lane-process.ts';
import type { LaneCpu, LaneEvent, LaneFailureCode } from './lane-protocol.ts';
import { freePort } from './listening.ts';
import type { Isolation } from './namespace.ts';
import { type CellPlan, capturePath, identityOf } from './plan.ts';
import { type ScheduleLimits, schedule, type TaskKind } from './schedule.ts';

const HOST = '127.0.0.1';
const PORT = 8080;
/** The most memory that a lane takes: its own process, a server and the capture; with a real browser more. Bytes. */
const LANE_BYTES = 130 * 2 ** 20;
const REAL_BROWSER_BYTES = 700 * 2 ** 20;
/** The share of the memory that this process may still take when the run begins (a container has a limit of its own) which lanes may take; `LANES_MIN` lanes run in any case. */
const MEMORY_SHARE = 0.7;
const LANES_MIN = 4;
/** How many lanes there are at one time, a core, beside one for each cell that waits long: with more, runs of short waits would be over a little sooner, and take 300 MB more. */
const LANES_PER_CORE = 15;
/** How many direct questioners act at one time, a core: such a cell mostly waits for answers. */
const ACTIVE_PER_CORE = 8;
/**
 * An emulated browser mostly waits for its own timers, which others disturb; if they took all places, the cores would idle. A real one keeps a core busy. `most`: a core.
 */
const KINDS = {
  probe: { effort: 1, most: ACTIVE_PER_CORE },
  emulated: { effort: 2, most: 5 },
  real: { effort: ACTIVE_PER_CORE, most: ACTIVE_PER_CORE },
};
/** A capture that proves to be incomplete, that broke, or during which the clock was set, is made again once. */
const ATTEMPTS = 2;

/** Everything that `runCells` needs: the cells, where and how they are captured, and how long idle connections are watched. */
export interface RunPlan {
  cells: CellPlan[];
  windowMs: number;
  /** The run's folder; captures go to `captures/<server>/<client>/<scenario>.pcapng` in it. */
  out: string;
  backend: string;
  isolation: Isolation;
  signal: AbortSignal;
  /** Shape of every cell's link, instead of the scenarios'; only where each lane has a network namespace of its own. */
  link?: Link;
  /** Why the capture of a cell, by its path in the run's folder, is not whole; empty where it is. @throws where it can't be read */
  whyIncomplete(capture: string, cell: CellIdentity): Promise<string[]>;
  /**
   * Looks at the first cell, which is then run alone: why no other one need run, or how long each answer may take.
   * @param capture the path of its capture in the run's folder
   */
  afterFirst?(capture: string): Promise<FirstImpression>;
  /** Whether a capture shows that the server answers; `null` where it was asked nothing whole. Default: each does. */
  reacts?(capture: string): Promise<boolean | null>;
  /** How many cells start and act at one time, beside those that only wait; default: one per core and one more start, and eight direct questioners, or fewer beside browsers (`KINDS`), per core act. */
  active?: number;
}

/** What the first cell says about the others. */
export interface FirstImpression {
  /** Why they need not run, and what to do; `null` where they do. */
  stop: { reason: string; remedy: string } | null;
  /** Longest wait for an answer, in milliseconds; `null`: the usual one. */
  answerTimeoutMs: number | null;
  /** Its answers have no end. */
  endless?: boolean;
}

export type CellOutcome =
  | { cell: CellIdentity; state: 'observed'; capture: string; received: number | null; dropped: number | null; cpu?: LaneCpu }
  | { cell: CellIdentity; state: 'failed'; code?: LaneFailureCode; reason: string; capture: string | null }
  | { cell: CellIdentity; state: 'skipped'; reason: string; remedy: string };

/** Called as cells begin, go on and end: for a progress line. */
export interface RunListener {
  begins(cell: CellIdentity): void;
  event(cell: CellIdentity, event: LaneEvent): void;
  ends(outcome: CellOutcome): void;
  /** The cells under way begin again, and all that are left run one after the other. */
  oneByOne?(why: string): void;
}

/** Longest wait for each answer in a first cell that others wait for. */
const FIRST_ANSWER_MS = 15_000;
type RunCell = (cellPlan: CellPlan, release: () => void, started: () => void) => Promise<void>;

const ONE_BY_ONE: ScheduleLimits<CellPlan> = { active: 1, total: 1 };

/**
 * Runs all cells; a cell that fails leaves the others alone. Where the user's own server does not start while another instance of it runs (which may hold a lock, a
 * socket or a database), its cells run one after the other.
 * @returns an outcome for every planned cell, in the order of the plan
 */
export async function runCells(plan: RunPlan, listener: RunListener): Promise<CellOutcome[]> {
  sweepTemporaryFolders();
  const temporary = temporaryFolder('wirematrix-');
  const outcomes = new Map<CellPlan, CellOutcome>();
  // Where the user's own command does not start for one cell, it does not for the others either.
  const givenUp = new AbortController();
  const [first] = plan.cells;
  const oneServer = first?.own !== undefined && plan.cells.every(({ own }) => own === first.own);
  const underWay = new Set<CellPlan>();
  const unstarted = new Map<CellPlan, CellOutcome>();
  const runsOnce = new AbortController();
  const hanging = watchForHanging();
  const pace: ProbeManner = plan.afterFirst ? { answerTimeoutMs: FIRST_ANSWER_MS } : {};
  const settle = (cellPlan: CellPlan, outcome: CellOutcome): void => {
    outcomes.set(cellPlan, outcome);
    listener.ends(outcome);
  };
  try {
    const site = path.join(temporary.path, 'site');
    stage(site);
    const runCell: RunCell = async (cellPlan, release, started) => {
      const hopeless = hanging.whyNotTried(cellPlan);
      if (hopeless) return settle(cellPlan, { cell: identityOf(cellPlan), state: 'skipped', ...hopeless });
      underWay.add(cellPlan);
      const shared = { temporary: temporary.path, site, pace: { ...pace } };
      const outcome = await runOneCell(cellPlan, plan, shared, listener, { release, started }).catch(
        (error: unknown): CellOutcome => ({
          cell: identityOf(cellPlan),
          state: 'failed',
          reason: existsSync(temporary.path)
            ? `${reasonOf(error)}${limitHint(error)}`
            : `the run's temporary folder ${temporary.path} is not there any more: leave it alone while a run goes on`,
          capture: null,
        }),
      );
      underWay.delete(cellPlan);
      await hanging.look(cellPlan, outcome, plan);
      const isUnstarted = oneServer && outcome.state === 'failed' && outcome.code === 'server-not-started';
      if (isUnstarted && underWay.size > 0) {
        unstarted.set(cellPlan, outcome);
        runsOnce.abort();
        return;
      }
      settle(cellPlan, outcome);
      const anyShown = [...outcomes.values()].some(({ state }) => state === 'observed');
      if (isUnstarted && !anyShown) givenUp.abort();
    };
    const stop = AbortSignal.any([plan.signal, givenUp.signal]);
    const { hopeless, cells } = await beginWith(first, plan, runCell, { stop, outcomes, pace });
    if (hopeless) for (const cellPlan of cells) settle(cellPlan, { cell: identityOf(cellPlan), state: 'skipped', ...hopeless });
    let left = hopeless
      ? []
      : await schedule(longestFirst(cells, plan.windowMs), limitsFor(plan), runCell, AbortSignal.any([stop, runsOnce.signal]));
    if (unstarted.size > 0 && !stop.aborted) {
      listener.oneByOne?.('the server did not start while another one of it ran');
      left = await schedule([...unstarted.keys(), ...left], ONE_BY_ONE, runCell, stop);
    }
    for (const [cellPlan, outcome] of unstarted) if (!outcomes.has(cellPlan)) settle(cellPlan, outcome);
    const why = givenUp.signal.aborted
      ? { reason: 'the server had not started for another cell', remedy: 'mend its command line or its --port' }
      : { reason: 'the run was interrupted before it', remedy: 'run it again' };
    for (const cellPlan of left)
      if (!outcomes.has(cellPlan)) outcomes.set(cellPlan, { cell: identityOf(cellPlan), state: 'skipped', ...why });
  } finally {
    // What can't be removed (a server's files of another user, say) is no reason to lose the run.
    await temporary.remove().catch(() => {});
  }
  return plan.cells.map((cellPlan) => outcomes.get(cellPlan) as CellOutcome);
}

/** Which servers hang: all that is left to ask these would wait in vain. */
interface HangingServers {
  /** Takes note of how a cell ended. */
  look(cellPlan: CellPlan, outcome: CellOutcome, plan: Pick<RunPlan, 'reacts'>): Promise<void>;
  /** Why a cell need not run; `null` where it must. */
  whyNotTried(cellPlan: CellPlan): { reason: string; remedy: string } | null;
}

/** A server hangs for a kind of client (browsers, the probe) where it did before any cell of this kind showed an answer of it. */
function watchForHanging(): HangingServers {
  const seen = new Map<string, 'answers' | CellIdentity>();
  const keyOf = ({ server, client }: CellPlan): string => `${server.definition.id} ${client.definition.kind}`;
  return {
    async look(cellPlan, outcome, plan) {
      const key = keyOf(cellPlan);
      if (seen.get(key) === 'answers') return;
      if (outcome.state === 'observed') {
        const { reacts: reactsIn = async () => true } = cellPlan.client.definition.kind === 'browser' ? {} : plan;
        const reacts = await reactsIn(outcome.capture).catch(() => true);
        if (reacts) seen.set(key, 'answers');
        else if (reacts === false && !seen.has(key)) seen.set(key, outcome.cell);
      } else if (outcome.state === 'failed' && outcome.code === 'server-hangs' && !seen.has(key)) seen.set(key, outcome.cell);
    },
    whyNotTried(cellPlan) {
      const before = seen.get(keyOf(cellPlan));
      if (before === undefined || before === 'answers') return null;
      return {
        reason: `the server did not come to an end of its answer in ${cellId(before)}`,
        remedy: 'look at that capture, mend the server, and run it again',
      };
    },
  };
}

/** Runs the first cell alone, where the others depend on what it shows. Sets the pace for these. */
async function beginWith(
  first: CellPlan | undefined,
  { cells, afterFirst }: RunPlan,
  runCell: RunCell,
  { stop, outcomes, pace }: { stop: AbortSignal; outcomes: ReadonlyMap<CellPlan, CellOutcome>; pace: ProbeManner },
): Promise<{ hopeless: FirstImpression['stop']; cells: CellPlan[] }> {
  if (!afterFirst || !first || stop.aborted) return { hopeless: null, cells };
  await schedule([first], ONE_BY_ONE, runCell, stop);
  const others = cells.filter((cellPlan) => cellPlan !== first);
  delete pace.answerTimeoutMs;
  const outcome = outcomes.get(first);
  if (outcome?.state !== 'observed') return { hopeless: null, cells: others };
  const { stop: hopeless, answerTimeoutMs, endless = false } = await afterFirst(outcome.capture);
  if (answerTimeoutMs !== null) pace.answerTimeoutMs = answerTimeoutMs;
  if (endless) pace.endless = true;
  return { hopeless, cells: others };
}

/** Writes the files that every server serves. @throws CodedError (unable-here) with the remedy where they can't be written */
export function stage(site: string): void {
  try {
    stageSite(site);
  } catch (error) {
    throw unableHere(`the site's files can't be written to ${site}: ${reasonOf(error)}${limitHint(error)}`);
  }
}

const kindIn =
  (cores: number) =>
  ({ client: { definition } }: CellPlan): TaskKind => {
    const id = definition.kind === 'probe' ? 'probe' : definition.provenance === 'real' ? 'real' : 'emulated';
    const { effort, most } = KINDS[id];
    return { id, effort, activeMax: cores * most };
  };

const bytesOf = ({ client }: CellPlan): number => (client.definition.provenance === 'real' ? REAL_BROWSER_BYTES : LANE_BYTES);

function limitsFor({ cells, isolation, active, windowMs }: RunPlan): ScheduleLimits<CellPlan> {
  // Cells that share a server, a path, or a port in one network, run one after the other: else each capture would hold the others' packets.
  const shares = ({ own }: CellPlan): boolean =>
    own !== undefined && (own.server.command === null || own.server.socket !== undefined || isolation.kind === 'shared-loopback');
  if (cells.some(shares)) return ONE_BY_ONE;
  const cores = Math.max(2, os.availableParallelism());
  const lanes = Math.max(cores * LANES_PER_CORE, active ?? 0) + longWaits(cells, windowMs);
  const room = Math.min(process.availableMemory() * MEMORY_SHARE, lanes * Math.max(...cells.map(bytesOf)));
  return {
    ...(active === undefined ? { active: cores * ACTIVE_PER_CORE, starting: cores + 1, kind: kindIn(cores) } : { active }),
    total: Math.max(LANES_MIN * LANE_BYTES, room),
    weight: bytesOf,
  };
}

async function runOneCell(
  cellPlan: CellPlan,
  plan: RunPlan,
  shared: { temporary: string; site: string; pace: ProbeManner },
  listener: RunListener,
  { release, started }: { release: () => void; started: () => void },
): Promise<CellOutcome> {
  const cell = identityOf(cellPlan);
  const { own } = cellPlan;
  const capture = capturePath(cell);
  const captureFile = path.join(plan.out, capture);
  listener.begins(cell);
  const isolated = plan.isolation.kind === 'network-namespace';
  const { readyTimeoutMs } = cellPlan.server.definition;
  let flaw: string | null = null;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const work = await mkdtemp(path.join(shared.temporary, 'lane-'));
    await makeLaneFolders(work);
    const outcome = await runLane(
      {
        cell,
        scenario: cellPlan.scenario,
        questions: cellPlan.questions ?? [],
        profile: cellPlan.profile ?? null,
        captureFile,
        site: shared.site,
        work,
        host: own?.host ?? HOST,
        port: own?.port ?? (isolated ? PORT : await freePort(HOST)),
        own: own?.server ?? null,
        environment: own ? process.env : null,
        targets: own?.targets ?? null,
        manner: own ? { ...shared.pace, ...own.manner } : null,
        secrets: own?.secrets ?? [],
        interface: own?.interface ?? null,
        windowMs: plan.windowMs,
        backend: plan.backend,
        again: attempt > 1,
        isolated,
        link: plan.link ?? null,
        answers: await answers(),
        serverVersion: cellPlan.server.version,
        clientVersion: cellPlan.client.version,
        startedAt: new Date().toISOString(),
      },
      plan.isolation,
      (event) => {
        listener.event(cell, event);
        if (event.phase === 'client') started();
        if (event.phase === 'watch') release();
      },
      plan.signal,
      (phase) => longestSilenceMs(phase, cellPlan.scenario, plan.windowMs, readyTimeoutMs),
    );
    // What can't be removed now goes with the whole folder, or stays: it is no reason to lose the cell.
    await removeFolder(work).catch(() => {});
    if (outcome.type === 'failed' && outcome.code === 'capture-broken') {
      flaw = outcome.reason;
      continue;
    }
    if (outcome.type === 'failed') return { cell, state: 'failed', code: outcome.code, reason: outcome.reason, capture };
    flaw = await flawOf(outcome.clockStepMs, () => plan.whyIncomplete(capture, cell));
    if (flaw !== null) continue;
    const { received, dropped, cpu } = outcome;
    return { cell, state: 'observed', capture, received, dropped, ...(cpu ? { cpu } : {}) };
  }
  return {
    cell,
    state: 'failed',
    reason: `${flaw}, and again when the cell was repeated`,
    capture,
  };
}

/** Why what was captured can't be believed; `null` where it can. */
async function flawOf(clockStepMs: number, whyIncomplete: () => Promise<string[]>): Promise<string | null> {
  if (clockStepMs !== 0) return `the clock of this machine was set by ${clockStepMs / 1000} s during the capture`;
  const why = await whyIncomplete();
  return why.length === 0 ? null : `the capture is incomplete (${why.join('; ')})`;
}
