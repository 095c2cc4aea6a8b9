/** A run whose report is served while it goes on, and afterwards until Ctrl-C. */
import type { RunListener } from '../lab/run.ts';
import type { Language } from '../model.ts';
import type { JudgedCaptures } from '../results/assemble.ts';
import { readRun } from '../results/read-run.ts';
import { type CutRun, lacking } from '../results/resume.ts';
import type { RunDone, RunUnderWay } from '../results/run-and-assemble.ts';
import { unableHere } from '../system/coded-error.ts';
import { openFile } from '../system/open-file.ts';
import { reasonOf } from '../system/reason.ts';
import { serveRun } from '../ui/serve.ts';
import type { ExitCode } from './exit.ts';
import { say } from './say.ts';
import { onStopSignal } from './stop-signals.ts';

/** A run that has ended, with its files written. */
export interface WrittenRun extends RunDone {
  interrupted: boolean;
  exitCode: ExitCode;
}

/** How a run is made; each is a part of `RunOptions`, or who follows it. */
export interface HowToRun {
  resume?: CutRun | undefined;
  judged?: JudgedCaptures;
  follow?: (cells: number, run: RunUnderWay) => RunListener;
  /** One cell of a run that is written: where it is interrupted, that run stays as it was. */
  isAgain?: true;
}

/** Whether somebody is there to press Ctrl-C: else the command ends with the run. */
const isWatched = (): boolean => process.stderr.isTTY === true && (process.env.CI ?? '') === '';

/**
 * Runs as `once` does, and serves the report meanwhile. On a terminal it stays served after the run, cells are run again as readers ask for it, and Ctrl-C ends it.
 * @returns the run as it was written last
 * @throws as `once` does for the first run
 */
export async function runWithUi(
  once: (how: HowToRun) => Promise<WrittenRun>,
  first: HowToRun,
  { open = false, language }: { open?: boolean | undefined; language: Language },
): Promise<WrittenRun> {
  const { url, run: shown, close } = await serveRun(language);
  const judged: JudgedCaptures = new Map();
  let isAnnounced = false;
  const follow = (cells: number, run: RunUnderWay): RunListener => {
    const listener = shown.begin(cells, run);
    if (!isAnnounced) announce(url, open);
    isAnnounced = true;
    return listener;
  };
  try {
    let done = await once({ ...first, judged, follow });
    if (done.interrupted) return done;
    shown.end(done, done.folder.dir);
    if (!isWatched()) {
      say('there is no terminal to end it from: the report is served no longer');
      return done;
    }
    for (;;) {
      say(`the report stays at ${url} until Ctrl-C; cells can be run again there`);
      const cell = await untilStopped((signal) => shown.next(signal));
      if (cell === null) return done;
      try {
        await checkIsInPlace(done);
        const again = await once({ resume: lacking(done.run, cell), judged, follow, isAgain: true });
        if (again.interrupted) return done;
        done = again;
        shown.end(done, done.folder.dir);
      } catch (error) {
        say(`${cell} could not be run again: ${reasonOf(error)}`);
        shown.fail(reasonOf(error), done, done.folder.dir);
      }
    }
  } finally {
    await close();
  }
}

function announce(url: string, open: boolean): void {
  say(`the report is at ${url} while the run goes on`);
  if (open)
    void openFile(url).then((why) => {
      if (why !== null) say(`it can't be opened: ${why}; open that address in a browser`);
    });
}

/** What `work` gives; the signal that it is given is aborted by Ctrl-C, `kill`, or when the terminal is closed. */
async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const release = onStopSignal(() => stop.abort());
  try {
    return await work(stop.signal);
  } finally {
    release();
  }
}

/** @throws CodedError (unable-here) where another run has taken the folder */
async function checkIsInPlace({ run, folder }: RunDone): Promise<void> {
  const there = await readRun(folder.dir);
  if (there?.run.id !== run.run.id) throw unableHere(`${folder.dir} no longer holds this run`);
}
