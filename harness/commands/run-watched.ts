/** A run as the user sees it: progress on standard error, and Ctrl-C that loses nothing. */
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import type { CellPlan } from '../lab/plan.ts';
import type { CellOutcome, RunListener } from '../lab/run.ts';
import type { Selection } from '../lab/selection.ts';
import { type RunDone, type RunOptions, type RunUnderWay, runAndAssemble } from '../results/run-and-assemble.ts';
import type { RunFolder } from '../results/run-folder.ts';
import { ownCommand } from '../system/packages.ts';
import { EXIT } from './exit.ts';
import { progressOn } from './progress.ts';
import { say } from './say.ts';
import { onStopSignal } from './stop-signals.ts';

/** Tells both. */
const toBoth = (one: RunListener, other: RunListener): RunListener => ({
  begins(cell) {
    one.begins(cell);
    other.begins(cell);
  },
  event(cell, event) {
    one.event(cell, event);
    other.event(cell, event);
  },
  ends(outcome) {
    one.ends(outcome);
    other.ends(outcome);
  },
  oneByOne(why) {
    one.oneByOne?.(why);
    other.oneByOne?.(why);
  },
});

/** What to do after a run that was cut. */
export const howToResume = (out: string): string => `${ownCommand('compare', '--resume', out)} goes on with it`;

/** How to have the reports of a folder that holds captures. */
export const howToReportAgain = (out: string): string =>
  `the captures are in ${path.join(out, 'captures')}; ${ownCommand('table', out)} makes the reports from them`;

/** The run whose results may not be in place yet. */
let latest: { folder: RunFolder; out: string; observed: number } | null = null;

/** Whoever ends the process before results are in place (a second Ctrl-C, code of the user's own) loses none of them, and is told how to go on. */
function onEnd(): void {
  const kept = latest?.folder.keep(latest.observed > 0);
  if (!latest || !kept) return;
  const how = kept.isResumable ? howToResume(latest.out) : kept.place === null ? 'nothing was captured' : howToReportAgain(kept.place);
  say(`ended before the results were in place; ${how}`);
  process.exitCode ||= EXIT.failed;
}

/**
 * Runs cells and assembles their captures into a result. The first Ctrl-C ends it early and keeps what was captured; the second ends the
 * process.
 * @param follow who else is told of the run
 * @throws as `runAndAssemble` does
 */
export async function runWatched(
  selection: Selection,
  cells: CellPlan[],
  options: RunOptions,
  follow?: (cells: number, run: RunUnderWay) => RunListener,
): Promise<RunDone & { interrupted: boolean }> {
  const interrupt = new AbortController();
  // Each lane adds a listener to it.
  setMaxListeners(0, interrupt.signal);
  const onSignal = () => {
    // The lanes' namespaces end with this process.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write('\n');
    say('finishing the captures under way; Ctrl-C again ends it at once');
    interrupt.abort();
  };
  const begin = (total: number, run: RunUnderWay) => {
    if (latest === null) process.once('exit', onEnd);
    const its = { folder: run.folder, out: options.out, observed: 0 };
    latest = its;
    const progress = progressOn(process.stderr, total);
    const shown = follow ? toBoth(progress, follow(total, run)) : progress;
    const ends = (outcome: CellOutcome) => {
      if (outcome.state === 'observed') its.observed++;
      shown.ends(outcome);
    };
    const release = onStopSignal(onSignal);
    const stop = () => {
      release();
      progress.stop();
    };
    return { ...shown, ends, stop };
  };
  return untilWritten(async () => ({
    ...(await runAndAssemble(selection, cells, options, { warn: say, begin }, interrupt.signal)),
    interrupted: interrupt.signal.aborted,
  }));
}

/**
 * Assembles a run, or writes its reports. Ctrl-C ends the process at once: who does that is told how to have them, since the captures are there.
 * @throws as `work` does
 */
export async function untilWritten<T>(work: () => Promise<T>): Promise<T> {
  const release = onStopSignal(() => process.exit(EXIT.interrupted));
  try {
    return await work();
  } finally {
    release();
  }
}
