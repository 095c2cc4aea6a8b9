/** Runs cells and derives the run's result from their captures. */
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { CAPTURE_CHOICES, selectBackend } from '../lab/capture/select.ts';
import { type Isolation, isolation, whyNoLink } from '../lab/namespace.ts';
import type { CellPlan, Ready } from '../lab/plan.ts';
import { type RunListener, runCells } from '../lab/run.ts';
import type { Missing, Selection } from '../lab/selection.ts';
import type { Link, Skipped } from '../model.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { type AssembledRun, assembleRun, clientSourcesIn, documentedIn, type OwnRules, type RunMeta, sourcesIn } from './assemble.ts';
import { openCellStore } from './cell-store.ts';
import { firstImpression } from './first-impression.ts';
import { openRunFolder, type RunFolder } from './run-folder.ts';

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
}

/** Receives a run's progress and its warnings. */
export interface RunWatcher {
  warn(message: string): void;
  /** The run begins: `cells` is how many it has. */
  begin(cells: number): RunListener & { stop(): void };
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
  if ('skipped' in backend) throw notHere("packets can't be captured here", backend.skipped);
  if (isolated.kind === 'shared-loopback')
    watcher.warn(`lanes share the loopback interface: ${isolated.why.reason} (remedy: ${isolated.why.remedy})`);
  const link = linkOf(options);
  const noLink = link && (await whyNoLink(isolated, link));
  if (noLink) throw notHere("the lanes' loopback interfaces can't be slowed down as asked", noLink);
  const windowMs = (options.window ?? (options.quick ? QUICK_WINDOW_S : DEFAULT_WINDOW_S)) * 1000;

  const folder = await openRunFolder(out, { mode: 'replace' });
  try {
    const store = openCellStore(folder.staging);
    const listener = watcher.begin(cells.length);
    const startedAt = new Date();
    const outcomes = await runCells(
      {
        cells,
        windowMs,
        out: folder.staging,
        backend: backend.id,
        isolation: isolated,
        signal,
        whyIncomplete: store.whyIncomplete,
        ...(link ? { link } : {}),
        ...(options.scout ? { afterFirst: async (capture: string) => firstImpression(await store.evidence(capture)) } : {}),
        ...(options.atOnce ? { active: options.atOnce } : {}),
      },
      listener,
    ).finally(() => listener.stop());
    const meta: RunMeta = {
      run: {
        id: randomUUID(),
        startedAt: startedAt.toISOString(),
        durationMs: Date.now() - startedAt.getTime(),
        longestWaitMs: windowMs,
        host: { os: osName(), kernel: os.release(), cpus: os.availableParallelism(), node: process.versions.node },
        capture: { backend: backend.id, clock: backend.clock },
        isolation: isolated.kind,
        ...(link ? { link } : {}),
      },
      ...rowsOf(selection),
      outcomes,
    };
    return { ...(await assembleRun(folder.staging, meta, store, options.own)), folder };
  } catch (error) {
    await folder.discard();
    throw error;
  }
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
