/** A race as the user sees it: what can run here, progress on standard error, the files, and what fails it. */
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import type { Language } from '../model.ts';
import { type EarlierPair, type RaceThreshold, raceReasons } from '../race/judge/gate.ts';
import type { RaceResult } from '../race/judge/pair.ts';
import { RACE_FILE } from '../race/judge/race-file.ts';
import { lackLine, type PlannedRace } from '../race/plan-race.ts';
import { runRace } from '../race/race.ts';
import { RACE_WORDS } from '../report/race/race-catalogue.ts';
import { capturesIn, RACE_PAGE, raceJson, raceReports } from '../report/race/race-files.ts';
import { gateTexts } from '../report/race/race-rows.ts';
import { renderRaceTerminal } from '../report/race/race-terminal.ts';
import type { RunFolder } from '../results/run-folder.ts';
import { writeAtomically } from '../system/files.ts';
import { print, terminalOf } from '../system/terminal.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { say } from './say.ts';
import { onStopSignal } from './stop-signals.ts';

/** Says on standard error what was asked for and is not installed. */
export function sayWhatLacks({ missingUpstreams, missingServers }: PlannedRace): void {
  for (const lack of [...missingUpstreams, ...missingServers]) say(lackLine(lack));
}

/** Says on standard error which lanes failed, and why. */
function sayWhatFailed({ upstreams, servers, pairs }: RaceResult): void {
  for (const { id, reason } of [...upstreams, ...servers]) if (reason !== null) say(`${id} alone: ${reason}`);
  for (const { id, endsReason } of servers) if (endsReason !== null) say(`${id}, its limits and its stop: ${endsReason}`);
  const failed = pairs.filter(({ state }) => state === 'failed');
  // A pair has a row for each method.
  for (const text of new Set(failed.map(({ upstream, server, reason }) => `${upstream} > ${server}: ${reason}`))) say(text);
}

/** Runs it and writes its files into the folder, where they wait to be committed. The first Ctrl-C ends it early, the second at once. */
export async function raceInto(
  folder: RunFolder,
  plan: PlannedRace,
  language: Language,
): Promise<{ result: RaceResult; interrupted: boolean }> {
  const interrupt = new AbortController();
  // Each lane adds a listener to it.
  setMaxListeners(0, interrupt.signal);
  const release = onStopSignal(() => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    say('finishing the captures under way; Ctrl-C again ends it at once');
    interrupt.abort();
  });
  try {
    const result = await runRace({ ...plan, out: folder.staging, signal: interrupt.signal }, (done, all, what) =>
      say(`${done}/${all} ${what}`),
    );
    await writeAtomically(path.join(folder.staging, RACE_FILE), raceJson(result));
    for await (const file of raceReports(result, capturesIn(folder.staging), language))
      await writeAtomically(path.join(folder.staging, file.path), file.content);
    if (!interrupt.signal.aborted) sayWhatFailed(result);
    return { result, interrupted: interrupt.signal.aborted };
  } finally {
    release();
  }
}

/** Prints the matrix. @param out the folder of the results */
export const printRace = (result: RaceResult, out: string, language: Language): Promise<void> =>
  print(renderRaceTerminal(result, { ...terminalOf(process.stdout), page: path.join(out, RACE_PAGE) }, language));

/** What fails a race: pairs beyond a threshold, by themselves or beside an earlier race. */
export interface RaceGate {
  thresholds: readonly RaceThreshold[];
  /** The pairs of the baseline; `null` without one. */
  earlier: readonly EarlierPair[] | null;
}

/** The exit code of a race that has run: whether it was interrupted, a lane failed, or a pair does not hold. Says on standard error which pairs don't. */
export function exitCodeOfRace(result: RaceResult, interrupted: boolean, { thresholds, earlier }: RaceGate): ExitCode {
  if (interrupted) return EXIT.interrupted;
  const reasons = raceReasons(result, thresholds, earlier);
  if (reasons.length > 0) say(['the gate failed:', ...gateTexts(reasons, RACE_WORDS.en).map((line) => `  - ${line}`)].join('\n'));
  const { upstreams, servers, pairs } = result;
  const failed =
    [...upstreams, ...servers].some(({ reason }) => reason !== null) ||
    servers.some(({ endsReason }) => endsReason !== null) ||
    pairs.some(({ state }) => state === 'failed');
  return failed || reasons.length > 0 ? EXIT.failed : EXIT.ok;
}
