/**
 * From the captures of a run to its result. `compare` and `table` both end here, so a run's result can always be made
 * again from its captures alone.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { identify } from '../../clients/scenarios/identify.ts';
import { sourcesOfClient } from '../../clients/sources.ts';
import { documentedOf } from '../../servers/documented.ts';
import { MODEL_SOURCES } from '../../servers/models/sources.ts';
import type { CellHeader } from '../capture-file/cell-comments.ts';
import type { Facts } from '../claims/claim.ts';
import { claimResults, type Judged, judgeClaims, ranOnly } from '../claims/index.ts';
import { ownClaimResults } from '../claims/own-claim.ts';
import { cellResult } from '../compare/cell-result.ts';
import { differencesOf } from '../compare/matrix.ts';
import {
  type CellResult,
  type ClientRow,
  cellId,
  type FailedCell,
  type ObservationRow,
  type ObservedCell,
  type RepeatedRun,
  type RunInfo,
  type RunResult,
  SCHEMA_VERSION,
  type ScenarioRow,
  type ServerRow,
} from '../compare/run-result.ts';
import { spreadOver } from '../compare/spread.ts';
import { type CellEvidence, readEvidence } from '../decode/cell-evidence.ts';
import { incompleteness } from '../decode/completeness.ts';
import type { Rule } from '../findings/finding.ts';
import { type Found, inWords, joinFound, lookAt } from '../findings/findings-of.ts';
import { RULES } from '../findings/rules/index.ts';
import type { CellIdentity, Observation } from '../model.ts';
import { observations } from '../observe/index.ts';
import { isMissing } from '../system/missing.ts';
import { reasonOf } from '../system/reason.ts';
import { projectVersion } from '../system/version.ts';
import { type Carried, carriedClaims, carriedFound, carriedIds, carriedIn, notDefined, withCarried } from './carried.ts';
import { type CellStore, openCellStore } from './cell-store.ts';
import { factsOfRun } from './facts-of-run.ts';
import { fileInside } from './inside.ts';
import { faultText, guarded, type OwnRules } from './own-rules.ts';
import { type RunFolder, sha256 } from './run-folder.ts';
import { whyShowsNothing } from './shows-nothing.ts';

/** How a planned cell ended. What it shows is in its capture. */
export type AssembledOutcome = {
  cell: CellIdentity;
  /** How long it took, in milliseconds. */
  durationMs?: number;
  activeMs?: number;
} /** `captureSha256`: the capture's hash when the run ended, where it is known; `repeats`: the other runs of this cell. */ & (
  | { state: 'observed'; capture: string; captureSha256?: string; repeats?: RepeatedRun[] }
  | { state: 'failed'; reason: string; capture: string | null }
  | { state: 'skipped'; reason: string; remedy: string | null }
  | { state: 'not-applicable'; reason: string }
);

/** What is not in a run's captures: where it ran, and which cells did not run. Rows and outcomes are in the order of the tables. */
export interface RunMeta {
  run: Omit<RunInfo, 'capture'> & { capture: Omit<RunInfo['capture'], 'framesCaptured' | 'framesDropped'> };
  servers: ServerRow[];
  clients: ClientRow[];
  scenarios: ScenarioRow[];
  outcomes: AssembledOutcome[];
  /** What run.json holds of its configuration's definitions. */
  carried?: Carried | undefined;
}

/** An assembled run, and what else the reports need. */
export interface AssembledRun {
  run: RunResult;
  facts: Facts;
  /** Every claim, including those whose cells did not run. */
  judged: Judged[];
  store: CellStore;
  /** What is wrong with each server, before it is put into words. */
  found: Found[];
  /** Ids of what was not made anew, since the configuration that defines it is not at hand: it is as run.json had it. */
  carried: readonly string[];
  /** What of the user's own definitions failed, in words. */
  faults: readonly string[];
}

/** What becomes a run's result: each capture is judged once, as soon as it is there or when all are. */
export interface Assembly {
  store: CellStore;
  /** Judges a capture that was just made. @returns why it is not whole; empty where it is @throws where it can't be read */
  whyIncomplete(capture: string, cell: CellIdentity): Promise<string[]>;
  /** The result, from every capture that `meta` names. One that can't be read or is not whole makes its cell `failed`. */
  assemble(meta: RunMeta): Promise<AssembledRun>;
}

/** What captures showed, by their path. */
export type JudgedCaptures = Map<string, Shown>;

/** What was known of a run before its captures are read. */
interface Known {
  /** What its run.json holds of its configuration's definitions. */
  carried?: Carried | undefined;
  /** What captures showed before, where most of them are still the same; what these show is added. */
  judged?: JudgedCaptures | undefined;
}

/** Reads the captures of a run's folder; of one whose results move when they are put in place, too. */
export function openAssembly(
  dir: string | Pick<RunFolder, 'place'>,
  given: OwnRules = {},
  { carried: earlier, judged = new Map() }: Known = {},
): Assembly {
  const store = openCellStore(dir);
  const { own: more, faults } = guarded(given);
  const carried = earlier && notDefined(earlier, more);
  const tolerances = { ...carried?.tolerances, ...more.tolerances };
  const columns = [...observations, ...(more.observations ?? [])].map((one) => withTolerance(one, tolerances));
  const show = async (capture: string, cell: CellIdentity): Promise<Shown> => {
    const place = typeof dir === 'string' ? dir : dir.place;
    const shown = await showCapture(place, { capture, cell, store, columns, rules: more.findings ?? [] });
    judged.set(capture, shown);
    return shown;
  };
  return {
    store,
    async whyIncomplete(capture, { server, client, scenario }) {
      store.forget(capture);
      const shown = await show(capture, { server, client, scenario }).catch((error: unknown): never => {
        throw isMissing(error)
          ? new Error(`its capture ${capture} is not there any more: leave the folder of a run alone while it goes on`, { cause: error })
          : error;
      });
      return shown.incomplete;
    },
    async assemble(meta) {
      const totals = { framesCaptured: 0, framesDropped: 0 as number | null };
      const cells: CellResult[] = [];
      const all: Found[] = [];
      const models = new Set(meta.servers.filter(({ provenance }) => provenance === 'model').map(({ id }) => id));
      const showOnce: Gathered['show'] = async ({ capture, captureSha256, cell }) => {
        const before = judged.get(capture);
        return before && (captureSha256 === undefined || captureSha256 === before.captureSha256) ? before : show(capture, cell);
      };
      const gathered = { totals, columns, show: showOnce };
      for (const outcome of meta.outcomes) {
        // What is wrong with a model says nothing of the server that it imitates.
        const found = models.has(outcome.cell.server) ? [] : all;
        const cell = await assembleCell(outcome, { ...gathered, found });
        cells.push(carried ? withCarried(cell, carried) : cell);
      }
      if (carried) all.push(...carriedFound(carried, cells));
      const rows = {
        servers: meta.servers,
        clients: meta.clients,
        scenarios: meta.scenarios,
        observations: [...columns.map(observationRow), ...(carried?.observations ?? [])],
        cells,
      };
      const facts = await factsOfRun(rows, store, more.claims);
      const claims = judgeClaims(facts);
      const found = joinFound(all);
      const ownClaims = [...ownClaimResults(more.claims ?? [], facts), ...(carried ? carriedClaims(carried, cells) : [])];
      const { own: _earlier, ...info } = meta.run;
      const run: RunResult = {
        schemaVersion: SCHEMA_VERSION,
        run: { ...info, wirematrix: projectVersion(), capture: { ...meta.run.capture, ...totals }, ...ownIds(more, carried) },
        ...rows,
        differences: differencesOf(rows),
        claims: [...claimResults(ranOnly(claims, facts)), ...ownClaims],
        findings: inWords(found),
        lookedFor: [...[...RULES, ...(more.findings ?? [])].map(({ id }) => id), ...(carried?.lookedFor ?? [])],
      };
      return { run, facts, judged: claims, store, found, carried: carried ? carriedIds(carried) : [], faults: faults.map(faultText) };
    },
  };
}

/** The result of a run whose captures are all there. */
export const assembleRun = (dir: string, meta: RunMeta, more: OwnRules = {}): Promise<AssembledRun> =>
  openAssembly(dir, more, { carried: meta.carried }).assemble(meta);

/** The ids of all that is not of this project, as a field of the run. */
function ownIds(more: OwnRules, carried: Carried | undefined): Pick<RunInfo, 'own'> {
  const idsOf = (...lists: (readonly { id: string }[] | undefined)[]) => lists.flatMap((list = []) => list.map(({ id }) => id));
  const own = {
    observations: idsOf(more.observations, carried?.observations),
    findings: [...idsOf(more.findings), ...(carried?.lookedFor ?? [])],
    claims: idsOf(more.claims, carried?.claims),
    tolerances: Object.keys({ ...carried?.tolerances, ...more.tolerances }),
  };
  const named = Object.entries(own).filter(([, ids]) => ids.length > 0);
  return named.length > 0 ? { own: Object.fromEntries(named) } : {};
}

const withTolerance = (observation: Observation, tolerances: OwnRules['tolerances'] = {}): Observation => {
  const tolerance = Object.hasOwn(tolerances, observation.id) ? tolerances[observation.id] : undefined;
  return tolerance ? { ...observation, tolerance } : observation;
};

/** What is gathered from cell to cell. */
interface Gathered {
  totals: { framesCaptured: number; framesDropped: number | null };
  found: Found[];
  columns: readonly Observation[];
  show(capture: ShownCapture): Promise<Shown>;
}

async function assembleCell(outcome: AssembledOutcome, gathered: Gathered): Promise<CellResult> {
  if (outcome.state !== 'observed') return withoutEvidence(outcome);
  const shown = await showCell(outcome, gathered);
  const times = timesOf(outcome);
  if (shown.state !== 'observed') return { ...shown, ...times };
  return { ...(outcome.repeats ? await withRepeats(shown, outcome.repeats, gathered) : shown), ...times };
}

const timesOf = ({ durationMs, activeMs }: Pick<AssembledOutcome, 'durationMs' | 'activeMs'>) => ({
  ...(durationMs === undefined ? {} : { durationMs }),
  ...(activeMs === undefined ? {} : { activeMs }),
});

/** The cell with the spread of its values over all its runs. What is found in the others is not reported: it would be the same again. */
async function withRepeats(first: ObservedCell, others: readonly RepeatedRun[], gathered: Gathered): Promise<ObservedCell> {
  const cell = { server: first.server, client: first.client, scenario: first.scenario };
  const runs = [first.values];
  const repeats: RepeatedRun[] = [];
  for (const other of others) {
    const { capture, captureSha256, reason } = other;
    if (capture === null || reason !== null) {
      repeats.push(other);
      continue;
    }
    const shown = await showCell({ cell, capture, ...(captureSha256 === null ? {} : { captureSha256 }) }, { ...gathered, found: [] });
    if (shown.state === 'observed') runs.push(shown.values);
    repeats.push({ capture, captureSha256: shown.captureSha256, reason: shown.reason });
  }
  const { values, elsewhere } = spreadOver(runs, gathered.columns);
  const failed = repeats.flatMap(({ reason }) => reason ?? []);
  const notes = [
    ...first.notes,
    ...elsewhere.map(({ id, times }) => `${times} of ${runs.length} runs of this cell showed ${id}, which this one does not`),
    ...(failed.length > 0 ? [`${failed.length} of ${repeats.length + 1} runs of this cell failed: ${failed[0]}`] : []),
  ];
  return { ...first, notes, values, repeats };
}

interface ShownCapture {
  cell: CellIdentity;
  capture: string;
  captureSha256?: string;
}

/** The cell of a capture, and what it adds to its run. */
async function showCell(named: ShownCapture, { totals, found, show }: Gathered): Promise<ObservedCell | FailedCell> {
  const { cell, capture, captureSha256: recorded } = named;
  try {
    const shown = await show(named);
    if (recorded !== undefined && recorded !== shown.captureSha256)
      return failedCell(
        cell,
        `its capture ${capture} is not the one that the run recorded: its hash differs from the one in run.json`,
        capture,
      );
    totals.framesCaptured += shown.frames;
    totals.framesDropped = totals.framesDropped === null || shown.dropped === null ? null : totals.framesDropped + shown.dropped;
    found.push(...shown.found);
    return shown.result;
  } catch (error) {
    const reason = isMissing(error) ? `its capture ${capture} is not there` : `its capture can't be read: ${reasonOf(error)}`;
    return failedCell(cell, reason, capture);
  }
}

/** What a capture shows by itself. */
interface Shown {
  captureSha256: string;
  result: ObservedCell | FailedCell;
  /** Why it is not whole. */
  incomplete: string[];
  frames: number;
  dropped: number | null;
  found: Found[];
}

/** @throws where the capture can't be read */
async function showCapture(
  dir: string,
  {
    cell,
    capture,
    store,
    columns,
    rules,
  }: { cell: CellIdentity; capture: string; store: CellStore; columns: readonly Observation[]; rules: readonly Rule[] },
): Promise<Shown> {
  const captureSha256 = await sha256(await fileInside(dir, capture));
  return store.judge(capture, (evidence) => {
    const incomplete = incompleteness(evidence);
    const { frames, dropped } = evidence.capture;
    const shown = { captureSha256, incomplete, frames, dropped, found: [] };
    const failed = (reason: string): Shown => ({ ...shown, result: failedCell(cell, reason, capture) });
    if (incomplete.length > 0) return failed(`the capture is incomplete: ${incomplete.join('; ')}`);
    const nothing = whyShowsNothing(cell, evidence);
    if (nothing !== null) return failed(nothing);
    const windowS = evidence.header ? evidence.header.windowMs / 1000 : null;
    const own = { ...evidence, cell };
    const result = cellResult(own, columns, { capture, captureSha256, windowS });
    // To a server of another protocol its questions are no HTTP: there is nothing to blame it for.
    if (cell.scenario === identify.id) return { ...shown, result };
    const about = { server: cell.server, cell: cellId(cell), about: ['server'], more: rules } as const;
    return { ...shown, result, found: lookAt({ ...own, values: result.values }, about) };
  });
}

const NOTHING = { captureSha256: null, windowS: null, notes: [], connections: [], exchanges: [], values: {} };

const failedCell = (cell: CellIdentity, reason: string, capture: string | null): FailedCell => ({
  ...cell,
  state: 'failed',
  reason,
  capture,
  ...NOTHING,
});

function withoutEvidence(outcome: Exclude<AssembledOutcome, { state: 'observed' }>): CellResult {
  const { cell, reason } = outcome;
  if (outcome.state === 'failed') return { ...failedCell(cell, reason, outcome.capture), ...timesOf(outcome) };
  if (outcome.state === 'skipped') return { ...cell, state: 'skipped', reason, remedy: outcome.remedy, capture: null, ...NOTHING };
  return { ...cell, state: 'not-applicable', reason, capture: null, ...NOTHING };
}

/** The row of `observations` in run.json for one observation. */
export const observationRow = ({ id, title, unit, definition, spec, tolerance, race }: Observation): ObservationRow => ({
  id,
  title,
  unit,
  definition,
  spec,
  tolerance,
  ...(race ? { race } : {}),
});

/** The documented defaults of a server of the registry, as a field of its row. */
export function documentedIn(server: string): Pick<ServerRow, 'documented'> {
  const documented = documentedOf(server);
  return documented ? { documented } : {};
}

/** What a model of the registry was written from, as a field of its row. */
export function sourcesIn(server: string): Pick<ServerRow, 'sources'> {
  const sources = Object.hasOwn(MODEL_SOURCES, server) ? MODEL_SOURCES[server] : undefined;
  return sources ? { sources: [...sources] } : {};
}

/** What an emulated browser of the registry was written from, and where it is known to differ, as fields of its row. */
export function clientSourcesIn(client: string): Pick<ClientRow, 'sources' | 'known'> {
  const found = sourcesOfClient(client);
  return found ? { sources: found.sources, known: [...found.known] } : {};
}

/** What an earlier result of the same run holds that is not in its captures. */
export function metaOf(run: RunResult): RunMeta {
  const carried = carriedIn(run);
  const { framesCaptured: _captured, framesDropped: _dropped, ...capture } = run.run.capture;
  return {
    run: { ...run.run, capture },
    // A run of an earlier version of this program has none.
    servers: run.servers.map((row) => ({ ...documentedIn(row.id), ...sourcesIn(row.id), ...row })),
    clients: run.clients.map((row) => ({ ...clientSourcesIn(row.id), ...row })),
    scenarios: run.scenarios,
    outcomes: run.cells.map((cell): AssembledOutcome => {
      const identity = { server: cell.server, client: cell.client, scenario: cell.scenario };
      if (cell.state === 'observed') {
        const { capture, captureSha256, repeats } = cell;
        return { cell: identity, ...timesOf(cell), state: 'observed', capture, captureSha256, ...(repeats ? { repeats } : {}) };
      }
      if (cell.state === 'failed') return { cell: identity, ...timesOf(cell), state: 'failed', reason: cell.reason, capture: cell.capture };
      if (cell.state === 'skipped') return { cell: identity, state: 'skipped', reason: cell.reason, remedy: cell.remedy };
      return { cell: identity, state: 'not-applicable', reason: cell.reason };
    }),
    ...(carried ? { carried } : {}),
  };
}

/**
 * What the captures below `dir/captures` say of their run, for a folder without run.json: their section headers hold cells, titles and
 * versions. Captures that are not ours are left out. So are those that can't be read: `onUnreadable` is called with the path and the reason.
 */
export async function metaFromCaptures(dir: string, onUnreadable: (capture: string, reason: string) => void = () => {}): Promise<RunMeta> {
  const found: { capture: string; evidence: CellEvidence; header: CellHeader }[] = [];
  for (const capture of await captureFiles(dir)) {
    const evidence = await evidenceInside(dir, capture).catch((error: unknown) => onUnreadable(capture, reasonOf(error)));
    if (evidence?.header) found.push({ capture, evidence, header: evidence.header });
  }
  found.sort((a, b) => compareText(cellId(a.header), cellId(b.header)));
  const headers = found.map((one) => one.header);
  const starts = found.map(({ evidence }) => Number(evidence.capture.baseEpochNs / 1_000_000n));
  const ends = found.map(({ evidence }, index) => (starts[index] ?? 0) + evidence.capture.endNs / 1e6);
  const startMs = starts.length > 0 ? Math.min(...starts) : 0;
  return {
    run: {
      id: path.basename(path.resolve(dir)),
      startedAt: new Date(startMs).toISOString(),
      durationMs: ends.length > 0 ? Math.round(Math.max(...ends) - startMs) : 0,
      longestWaitMs: Math.max(0, ...headers.map((header) => header.windowMs)),
      host: { os: 'unknown', kernel: 'unknown', cpus: 0, node: 'unknown' },
      capture: { backend: 'unknown', clock: 'unknown' },
      isolation: 'unknown',
      ...linkOfAll(headers),
    },
    servers: distinct(headers, (header) => header.server).map((header) => ({
      id: header.server,
      title: header.serverTitle,
      provenance: header.serverProvenance,
      version: header.serverVersion,
      variantOf: null,
      modelOf: null,
      summary: null,
      skipped: null,
      ...documentedIn(header.server),
    })),
    clients: distinct(headers, (header) => header.client).map((header) => ({
      id: header.client,
      title: header.clientTitle,
      provenance: header.clientProvenance,
      version: header.clientVersion,
      skipped: null,
    })),
    scenarios: distinct(headers, (header) => header.scenario).map((header) => ({ id: header.scenario, title: header.scenario })),
    outcomes: [...new Set(headers.map(cellId))].map((id): AssembledOutcome => {
      const [first, ...others] = found.filter(({ header }) => cellId(header) === id);
      const { capture, header } = first as (typeof found)[number];
      const repeats = others.map((other) => ({ capture: other.capture, captureSha256: null, reason: null }));
      const cell = { server: header.server, client: header.client, scenario: header.scenario };
      return { cell, state: 'observed', capture, ...(repeats.length > 0 ? { repeats } : {}) };
    }),
  };
}

const evidenceInside = async (dir: string, capture: string): Promise<CellEvidence> => readEvidence(await fileInside(dir, capture));

/** The link that all parts of a run had; nothing where they differ. */
export function linkOfAll(parts: readonly Pick<RunInfo, 'link'>[]): Pick<RunInfo, 'link'> {
  const [link, ...others] = parts.map((part) => part.link);
  return link && others.every((other) => isDeepStrictEqual(other, link)) ? { link } : {};
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function distinct<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()].sort((a, b) => compareText(key(a), key(b)));
}

/** Capture files below `dir/captures`, and those of further runs of the same cells, relative to `dir`, with forward slashes. */
async function captureFiles(dir: string): Promise<string[]> {
  const below = (folder: string) => readdir(path.join(dir, folder), { recursive: true, withFileTypes: true });
  const entries = [...(await below('captures')), ...(await below('repeats').catch(() => []))];
  return entries
    .filter((entry) => entry.isFile() && /\.pcap(ng)?$/.test(entry.name))
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort(compareText);
}
