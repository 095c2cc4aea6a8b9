import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { againstBaseline, deviates } from '../compare/baseline.ts';
import type { RunResult } from '../compare/run-result.ts';
import { CAPTURE_CHOICES, selectBackend } from '../lab/capture/select.ts';
import { type Isolation, isolation, whyNoLink } from '../lab/namespace.ts';
import { type CellOutcome, type CellPlan, planCells, type Ready, runCells } from '../lab/run.ts';
import { type Missing, type Selection, type SelectionOptions, select } from '../lab/selection.ts';
import type { Link, Skipped } from '../model.ts';
import { assembleRun, type RunMeta } from '../results/assemble.ts';
import { writeProblem } from '../system/files.ts';
import { FolderInUse, lockFolder } from '../system/folder-lock.ts';
import { CommandError, EXIT, usageError } from './exit.ts';
import { progressOn } from './progress.ts';
import { resolveReporters, writeReports } from './reports.ts';
import { readRun } from './table.ts';

const DEFAULT_WINDOW_S = 95;
const QUICK_WINDOW_S = 8;
/** Ctrl-C, an order to end, a terminal that is closed. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a run leaves in its folder; only these are removed when a folder is used again. */
const OWN_ENTRIES = ['captures', 'har', 'run.json', 'table.md', 'table.csv', 'values.csv', 'section-four.md', 'report.html'];

export interface CompareOptions extends SelectionOptions {
  quick?: boolean;
  window?: number;
  out: string;
  capture: string;
  reporter?: string;
  baseline?: string;
  shard?: string;
  /** Cells that act at one time; default: `RunPlan`'s. */
  atOnce?: number;
  /** Kilobits per second, and milliseconds one way, of every cell's link. */
  rate?: number;
  delay?: number;
}

/** Runs the matrix, writes the run's folder and prints the table. */
export async function compare(options: CompareOptions): Promise<void> {
  const selection = await select(options);
  const cells = shardOf(planCells(selection.servers, selection.clients, selection.scenarios), options.shard);
  // Read first: a mistake in a name must not cost a whole run.
  if (options.reporter !== undefined) await resolveReporters(options.reporter);
  const baseline = options.baseline === undefined ? null : await readBaseline(options.baseline);
  const { run, interrupted } = await runAndAssemble(selection, cells, options);
  if (baseline) run.baseline = againstBaseline(run, baseline);
  await writeReports(options.out, run, options.reporter).catch((error: unknown) => {
    const again = `what was captured is in ${path.join(options.out, 'captures')}; npm run table -- ${options.out} makes the reports of it`;
    throw error instanceof CommandError ? new CommandError(error.exitCode, `${error.message}\n${again}`) : error;
  });
  if (interrupted) {
    process.stderr.write(`wirematrix: interrupted; what was captured until then is in ${options.out}\n`);
    process.exitCode = EXIT.interrupted;
    return;
  }
  if (run.cells.some((cell) => cell.state === 'failed') || (run.baseline && deviates(run.baseline))) process.exitCode = EXIT.failed;
}

/** A slow link carries packets as on Ethernet: those of 64 KiB that `lo` makes would each take seconds. */
const linkOf = ({ rate, delay }: Pick<CompareOptions, 'rate' | 'delay'>): Link | null =>
  rate === undefined && delay === undefined
    ? null
    : { ...(rate === undefined ? {} : { rateKbit: rate }), ...(delay === undefined ? {} : { delayMs: delay }), mtu: 1_500 };

/** @throws CommandError (usage) where it is not there, or is no run */
async function readBaseline(file: string): Promise<RunResult> {
  const baseline = await readRun(file);
  if (!baseline) throw usageError(`there is no baseline ${file}: name the run.json of an earlier run`);
  return baseline;
}

/**
 * Runs cells and assembles their captures into a result. Ctrl-C ends it early and loses nothing that was captured.
 * @throws CommandError (unable) where nothing can be captured or run here
 */
export async function runAndAssemble(
  selection: Selection,
  cells: CellPlan[],
  options: Pick<CompareOptions, 'out' | 'capture' | 'quick' | 'window' | 'atOnce' | 'rate' | 'delay'> & { isolation?: Isolation },
): Promise<{ run: RunResult; interrupted: boolean }> {
  if (!CAPTURE_CHOICES.includes(options.capture))
    throw usageError(`there is no capture backend "${options.capture}"; there are: ${CAPTURE_CHOICES.join(', ')}`);
  const missing = [...selection.missingServers, ...selection.missingClients];
  if (cells.length === 0)
    throw new CommandError(EXIT.unable, ['nothing of what was asked for can run here:', ...missing.map(missingLine)].join('\n'));
  const isolated = options.isolation ?? (await isolation());
  const backend = await selectBackend(options.capture, isolated);
  if ('skipped' in backend) throw unable('packets can not be captured here', backend.skipped);
  if (isolated.kind === 'shared-loopback')
    process.stderr.write(`wirematrix: lanes share the loopback interface: ${isolated.why.reason} (remedy: ${isolated.why.remedy})\n`);
  const link = linkOf(options);
  const noLink = link && (await whyNoLink(isolated, link));
  if (noLink) throw unable("the lanes' loopback interfaces can't be slowed down so", noLink);
  const windowMs = (options.window ?? (options.quick ? QUICK_WINDOW_S : DEFAULT_WINDOW_S)) * 1000;

  await prepareFolder(options.out);
  const interrupt = new AbortController();
  // Every lane that is there listens to it.
  setMaxListeners(0, interrupt.signal);
  const onSignal = () => {
    // The second Ctrl-C is not waited for: the lanes' namespaces end with this process.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write('\nwirematrix: finishing the captures under way; Ctrl-C again ends it at once\n');
    interrupt.abort();
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  const progress = progressOn(process.stderr, cells.length);
  const startedAt = new Date();
  let outcomes: CellOutcome[];
  try {
    outcomes = await runCells(
      {
        cells,
        windowMs,
        out: options.out,
        backend: backend.id,
        isolation: isolated,
        signal: interrupt.signal,
        ...(link ? { link } : {}),
        ...(options.atOnce ? { active: options.atOnce } : {}),
      },
      progress,
    );
  } finally {
    progress.stop();
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
  }
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
  return { run: await assembleRun(options.out, meta), interrupted: interrupt.signal.aborted };
}

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
    })),
    clients: [...selection.clients.map(row), ...selection.missingClients.map(lack)].map(({ definition, version, skipped }) => ({
      id: definition.id,
      title: definition.title,
      provenance: definition.provenance,
      version,
      skipped,
    })),
    scenarios: selection.scenarios.map(({ id, title }) => ({ id, title })),
  };
}

async function prepareFolder(out: string): Promise<void> {
  try {
    lockFolder(out);
    for (const entry of OWN_ENTRIES) await rm(path.join(out, entry), { recursive: true, force: true });
  } catch (error) {
    throw new CommandError(
      EXIT.unable,
      error instanceof FolderInUse ? error.message : `the results can't be written to ${out}: ${writeProblem(error)}`,
    );
  }
}

/** Every n-th cell from the i-th on, so that slow servers are spread over the shards. */
export function shardOf(cells: CellPlan[], shard: string | undefined): CellPlan[] {
  if (shard === undefined) return cells;
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(shard)?.map(Number) ?? [];
  if (!index || !count || index > count) throw usageError(`--shard takes I/N with I from 1 to N, as in 2/4; not "${shard}"`);
  const part = cells.filter((_, position) => position % count === index - 1);
  if (part.length === 0 && cells.length > 0) throw usageError(`--shard ${shard} has no cells: there are only ${cells.length}`);
  return part;
}

const unable = (what: string, { reason, remedy }: Skipped) => new CommandError(EXIT.unable, `${what}: ${reason}\nremedy: ${remedy}`);
const missingLine = ({ definition, skipped }: Missing<{ id: string }>): string =>
  `  ${definition.id}: ${skipped.reason} (${skipped.remedy})`;

function osName(): string {
  const { platform } = process;
  return `${platform === 'linux' ? 'Linux' : platform} ${os.version()}`;
}
