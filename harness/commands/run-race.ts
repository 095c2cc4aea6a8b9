/** A race as the user sees it: what can run here, progress on standard error, the files, and what fails it. */
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import type { ServerDefinition } from '../../servers/server.ts';
import type { UpstreamSide } from '../../servers/upstream-side.ts';
import { selectBackend } from '../lab/capture/select.ts';
import { type Isolation, isolation } from '../lab/namespace.ts';
import { ownServer, shellCommand } from '../lab/own-server.ts';
import type { Ready } from '../lab/plan.ts';
import { type Missing, resolve } from '../lab/selection.ts';
import { type Language, OWN_SERVER } from '../model.ts';
import { type EarlierPair, type RaceThreshold, raceReasons } from '../race/judge/gate.ts';
import type { RaceResult } from '../race/judge/pair.ts';
import { type RacePlan, runRace } from '../race/race.ts';
import { RACE_WORDS } from '../report/race/race-catalogue.ts';
import { capturesIn, RACE_FILE, raceJson, raceReports } from '../report/race/race-files.ts';
import { gateTexts } from '../report/race/race-rows.ts';
import type { RunFolder } from '../results/run-folder.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { writeAtomically } from '../system/files.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { say } from './say.ts';

const DEFAULT_WINDOW_S = 95;
const QUICK_WINDOW_S = 8;

/** What can run here of what was asked for. */
export interface ReadyRace {
  upstreams: { ready: Ready<UpstreamSide>[]; missing: Missing<UpstreamSide>[] };
  servers: { ready: Ready<ServerDefinition>[]; missing: Missing<ServerDefinition>[] };
  own: RacePlan['own'] | null;
  backend: string;
  isolation: Isolation;
}

/** @throws CodedError (unable-here) where no race can run here */
export async function readyRace(
  wanted: { upstreams: readonly UpstreamSide[]; servers: readonly ServerDefinition[]; own: RacePlan['own'] | null },
  capture: string,
): Promise<ReadyRace> {
  const how = await isolation();
  if (how.kind === 'shared-loopback')
    throw unableHere(`a race needs a network namespace for each lane: ${how.why.reason}\nremedy: ${how.why.remedy}`);
  const backend = await selectBackend(capture, how);
  if ('skipped' in backend)
    throw unableHere(`packets can't be captured here: ${backend.skipped.reason}\nremedy: ${backend.skipped.remedy}`);
  const [upstreams, servers] = await Promise.all([resolve(wanted.upstreams), resolve(wanted.servers)]);
  for (const { definition, skipped } of [...upstreams.missing, ...servers.missing])
    say(`${definition.id}: ${skipped.reason}; ${skipped.remedy}`);
  if (upstreams.ready.length === 0 || (servers.ready.length === 0 && wanted.own === null))
    throw unableHere('none of the pairs can run here');
  return { upstreams, servers, own: wanted.own, backend: backend.id, isolation: how };
}

/** Runs it and writes its files into the folder, where they wait to be committed. The first Ctrl-C ends it early, the second at once. */
export async function raceInto(
  folder: RunFolder,
  ready: ReadyRace,
  { windowMs, quick, language }: { windowMs: number; quick: boolean; language: Language },
): Promise<{ result: RaceResult; interrupted: boolean }> {
  const interrupt = new AbortController();
  // Each lane adds a listener to it.
  setMaxListeners(0, interrupt.signal);
  const onSignal = (): void => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    say('finishing the captures under way; Ctrl-C again ends it at once');
    interrupt.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.on(name, onSignal);
  try {
    const { upstreams, servers, own, backend } = ready;
    const result = await runRace(
      {
        upstreams: upstreams.ready,
        missingUpstreams: upstreams.missing,
        servers: own ? [{ definition: ownServer(OWN_SERVER, own.server), version: 'unknown' }, ...servers.ready] : servers.ready,
        ...(own ? { own } : {}),
        missingServers: servers.missing,
        windowMs,
        quick,
        out: folder.staging,
        backend,
        isolation: ready.isolation,
        signal: interrupt.signal,
      },
      (done, all, what) => say(`${done}/${all} ${what}`),
    );
    await writeAtomically(path.join(folder.staging, RACE_FILE), raceJson(result));
    for await (const file of raceReports(result, capturesIn(folder.staging), language))
      await writeAtomically(path.join(folder.staging, file.path), file.content);
    return { result, interrupted: interrupt.signal.aborted };
  } finally {
    for (const name of signals) process.off(name, onSignal);
  }
}

/** The exit code of a race that has run: whether it was interrupted, or a lane failed. */
export const exitCodeOfRace = ({ upstreams, servers, pairs }: RaceResult, interrupted: boolean): ExitCode => {
  if (interrupted) return EXIT.interrupted;
  const failed = [...upstreams, ...servers].some(({ reason }) => reason !== null) || pairs.some(({ state }) => state === 'failed');
  return failed ? EXIT.failed : EXIT.ok;
};

/** Says on standard error which pairs don't hold, and gives the exit code. @param earlier the pairs of the baseline; `null` without one */
export function exitCodeOfRaceGate(
  result: RaceResult,
  thresholds: readonly RaceThreshold[],
  earlier: readonly EarlierPair[] | null,
): ExitCode {
  const reasons = raceReasons(result, thresholds, earlier);
  if (reasons.length === 0) return EXIT.ok;
  say(['the gate failed:', ...gateTexts(reasons, RACE_WORDS.en).map((line) => `  - ${line}`)].join('\n'));
  return EXIT.failed;
}

/** The user's own server; `null` where none is named. @throws CodedError (bad-argument) where one of the two is missing */
export function ownServerOf({
  command,
  port,
}: {
  command?: string | undefined;
  port?: number | undefined;
}): NonNullable<RacePlan['own']> | null {
  if (command === undefined && port === undefined) return null;
  if (command === undefined || port === undefined)
    throw badArgument('--command and --port go together: what starts your server, and the port it listens on');
  return { server: { title: command, command: shellCommand(command, process.cwd()) }, port };
}

/** How long idle connections are watched. */
export const raceWindowMs = ({ window, quick }: { window?: number | undefined; quick?: true | undefined }): number =>
  (window ?? (quick ? QUICK_WINDOW_S : DEFAULT_WINDOW_S)) * 1_000;
