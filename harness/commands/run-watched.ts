/** A run as the user sees it: progress on standard error, and Ctrl-C that loses nothing. */
import { setMaxListeners } from 'node:events';
import type { CellPlan } from '../lab/plan.ts';
import type { RunListener } from '../lab/run.ts';
import type { Selection } from '../lab/selection.ts';
import { type RunDone, type RunOptions, type RunUnderWay, runAndAssemble } from '../results/run-and-assemble.ts';
import { ownCommand } from '../system/packages.ts';
import { isHangUpIgnored } from '../system/standard-streams.ts';
import { EXIT } from './exit.ts';
import { progressOn } from './progress.ts';
import { say } from './say.ts';

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

/** The signals of Ctrl-C, of `kill`, and of a terminal that is closed. */
export const stopSignals = (): NodeJS.Signals[] => (isHangUpIgnored() ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP']);

/** What to do after a run that was cut. */
export const howToResume = (out: string): string => `${ownCommand('compare', '--resume', out)} goes on with it`;

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
    if (interrupt.signal.aborted) {
      if (options.asked) say(howToResume(options.out));
      process.exit(EXIT.interrupted);
    }
    process.stderr.write('\n');
    say('finishing the captures under way; Ctrl-C again ends it at once');
    interrupt.abort();
  };
  let stop = () => {};
  const signals = stopSignals();
  const begin = (total: number, run: RunUnderWay) => {
    for (const signal of signals) process.on(signal, onSignal);
    const progress = progressOn(process.stderr, total);
    stop = () => {
      for (const signal of signals) process.off(signal, onSignal);
      progress.stop();
    };
    return { ...(follow ? toBoth(progress, follow(total, run)) : progress), stop };
  };
  const assembled = await runAndAssemble(selection, cells, options, { warn: say, begin }, interrupt.signal);
  return { ...assembled, interrupted: interrupt.signal.aborted };
}

/**
 * Writes the reports of a run. Who ends it meanwhile is told how to have them: the captures are there.
 * @throws as `write` does
 */
export async function untilWritten(out: string, write: () => Promise<void>): Promise<void> {
  const onSignal = (): void => {
    say(`ended before the reports were written; ${howToResume(out)}`);
    process.exit(EXIT.interrupted);
  };
  const signals = stopSignals();
  for (const signal of signals) process.on(signal, onSignal);
  try {
    await write();
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
