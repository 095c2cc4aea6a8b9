/** Runs a race: what each side does alone, then every pair. What the captures show is read from the files alone. */
import path from 'node:path';
import type { ServerDefinition } from '../../servers/server.ts';
import type { UpstreamSide } from '../../servers/upstream-side.ts';
import { readEvidence } from '../decode/cell-evidence.ts';
import { incompleteness } from '../decode/completeness.ts';
import type { OwnServer } from '../lab/lane-protocol.ts';
import type { Isolation } from '../lab/namespace.ts';
import type { Ready } from '../lab/plan.ts';
import { stage } from '../lab/run.ts';
import { schedule } from '../lab/schedule.ts';
import type { Missing } from '../lab/selection.ts';
import { limitHint } from '../system/limit-hint.ts';
import { isMissing } from '../system/missing.ts';
import { reasonOf } from '../system/reason.ts';
import { sweepTemporaryFolders, temporaryFolder } from '../system/temporary-folder.ts';
import { isAimed } from './aim.ts';
import { HINT_S } from './ask-habits.ts';
import { type Attempts, addUp, attemptsOf } from './judge/attempts.ts';
import { type Habits, habitsOf } from './judge/habits.ts';
import { lostOf, type Pair, type RaceResult, verdictOf } from './judge/pair.ts';
import { type Prediction, predict, predictEnds } from './judge/prediction.ts';
import { wilson } from './judge/statistics.ts';
import { type ServerTimer, timerOf } from './judge/timers.ts';
import type { OwnUpstream } from './own-proxy.ts';
import { obedient, requestsBefore } from './planted.ts';
import { type Aim, clientPortFor, type RaceJob, type RaceOutcome, SERVER_PORT, type Task } from './protocol.ts';
import { runRaceLane } from './run-lane.ts';

/** How long packets are held on the path to the server, each way: as between two cities. */
const PATH_DELAY_MS = 15;
/** The longest time that a pair's requests are aimed for. */
const PAIR_MS = 26_000;
const QUICK_PAIR_MS = 12_000;
/** Requests of one round: as many as the upstream side keeps idle connections, so that each finds one; at most these. */
const SIDE = 32;
const ROUNDS = 24;
/** How long it takes at most to see what else ends a server's connections, beside the window. */
const ENDS_MS = 30_000;
/** Where the upstream side keeps few connections, there are more rounds. */
const ROUNDS_MOST = 60;
/** Beside the path's own width: how far from the close a gap may lie. Milliseconds. */
const BEFORE_MS = 6;
const AFTER_MS = 2;
/** How often a lane is run, at the most. */
const ATTEMPTS = 3;
/** Lanes that act at one time: more would disturb each other's timing. */
const LANES = 4;
/** The same for pairs that are tried once more. */
const LANES_AGAIN = 2;
/** And so many that only wait. */
const LANES_MOST = 40;

/** What a race needs. */
export interface RacePlan {
  upstreams: Ready<UpstreamSide>[];
  missingUpstreams: Missing<UpstreamSide>[];
  servers: Ready<ServerDefinition>[];
  /** Those of the user's own among them, which a command starts on a port of its own. By id. */
  own: ReadonlyMap<string, { server: OwnServer; port: number }>;
  ownUpstreams: ReadonlyMap<string, OwnUpstream>;
  missingServers: Missing<ServerDefinition>[];
  /** How long idle connections are watched. */
  windowMs: number;
  quick: boolean;
  /** The folder of the results; captures go to `captures/` in it. */
  out: string;
  backend: string;
  isolation: Isolation;
  signal: AbortSignal;
}

/** Called as lanes end: for a progress line. */
export type RaceListener = (done: number, all: number, what: string) => void;

interface Lane {
  what: string;
  /** Path of the capture in the folder. */
  capture: string;
  job: Omit<RaceJob, 'work' | 'captureFile' | 'site' | 'backend'>;
  taskMs: number;
  /** Given why it failed, or null. */
  ended(failure: string | null): Promise<void>;
}

/** Runs everything. A lane that fails leaves the others alone. */
export async function runRace(plan: RacePlan, listener: RaceListener): Promise<RaceResult> {
  const startedAt = new Date();
  const began = performance.now();
  sweepTemporaryFolders();
  const temporary = temporaryFolder('wirematrix-');
  const portOf = (server: string): number => plan.own.get(server)?.port ?? SERVER_PORT;
  const timers = new Map<string, { timer: ServerTimer | null; capture: string; reason: string | null }>();
  const habits = new Map<string, { habits: Habits | null; capture: string; reason: string | null }>();
  const ends = new Map<string, { ends: ServerTimer | null; capture: string; reason: string | null }>();
  let pathDelayMs = 0;
  let done = 0;
  let all = 2 * plan.servers.length + plan.upstreams.length + plan.servers.length * plan.upstreams.length;
  try {
    const site = path.join(temporary.path, 'site');
    stage(site);
    const run = async (lanes: Lane[], active = LANES): Promise<void> => {
      await schedule(
        lanes,
        { active, total: LANES_MOST },
        async ({ what, capture, job, taskMs, ended }, release) => {
          const captureFile = path.join(plan.out, capture);
          let flaw: string | null = null;
          // A capture that is not whole is made again: on a busy machine one may lose packets.
          for (let attempt = 0; attempt === 0 || (attempt < ATTEMPTS && !plan.signal.aborted); attempt++) {
            const outcome = await runRaceLane(
              { ...job, captureFile, site, backend: plan.backend },
              plan.isolation,
              temporary.path,
              taskMs,
              release,
              plan.signal,
            ).catch((error: unknown): RaceOutcome => ({ type: 'failed', reason: `${reasonOf(error)}${limitHint(error)}` }));
            flaw = outcome.type === 'failed' ? outcome.reason : await flawOf(captureFile, outcome.clockStepMs).catch(whyUnread);
            if (outcome.type === 'done') pathDelayMs = Math.max(pathDelayMs, outcome.delayMs);
            if (flaw === null || outcome.type === 'failed') break;
          }
          await ended(flaw).catch((error: unknown) => ended(reasonOf(error)));
          listener(++done, all, what);
        },
        plan.signal,
      );
    };
    const lane = (
      server: Ready<ServerDefinition>,
      upstream: Ready<UpstreamSide> | null,
      task: Task,
      delayMs: number,
      capture: string,
      taskMs: number,
      ended: Lane['ended'],
    ): Lane => ({
      what: upstream === null ? server.definition.id : `${upstream.definition.id} > ${server.definition.id}`,
      capture,
      taskMs,
      ended,
      job: {
        server: server.definition.id,
        upstream: upstream?.definition.id ?? null,
        serverVersion: server.version,
        upstreamVersion: upstream?.version ?? 'none',
        task,
        delayMs,
        port: portOf(server.definition.id),
        own: plan.own.get(server.definition.id)?.server ?? null,
        ownUpstream: (upstream && plan.ownUpstreams.get(upstream.definition.id)) ?? null,
        environment: process.env,
      },
    });
    const { windowMs } = plan;
    const planted = { definition: obedient, version: process.versions.node };
    const alone = [
      ...plan.upstreams.map((upstream) => {
        const { id } = upstream.definition;
        const capture = `captures/habits/${id}.pcapng`;
        return lane(planted, upstream, { kind: 'habits', windowMs }, 0, capture, windowMs + 90_000, async (failure) => {
          const evidence = failure === null ? await readEvidence(path.join(plan.out, capture)) : null;
          habits.set(id, { habits: evidence && habitsOf(evidence, clientPortFor(SERVER_PORT), HINT_S), capture, reason: failure });
        });
      }),
      ...plan.servers.map((server) => {
        const { id } = server.definition;
        const capture = `captures/timers/${id}.pcapng`;
        return lane(
          server,
          null,
          { kind: 'timer', windowMs, requests: requestsBefore(id) },
          0,
          capture,
          windowMs + 10_000,
          async (failure) => {
            const evidence = failure === null ? await readEvidence(path.join(plan.out, capture)) : null;
            timers.set(id, {
              timer: evidence && timerOf(evidence.connections, portOf(id), evidence.capture.endNs),
              capture,
              reason: failure,
            });
          },
        );
      }),
      ...plan.servers.map((server) => {
        const { id } = server.definition;
        const capture = `captures/ends/${id}.pcapng`;
        return lane(server, null, { kind: 'ends', windowMs }, 0, capture, windowMs + ENDS_MS, async (failure) => {
          // Where this fails, what else ends its connections is not known; its timer is.
          const evidence = failure === null ? await readEvidence(path.join(plan.out, capture)) : null;
          ends.set(id, {
            capture,
            reason: failure,
            ends: evidence && timerOf(evidence.connections, portOf(id), evidence.capture.endNs, evidence.steps),
          });
        });
      }),
    ];
    await run(alone);
    for (const [id, found] of timers) {
      const its = ends.get(id)?.ends;
      if (found.timer === null || !its) continue;
      const { limit, answeredMost, lifetime = null, busyS = null, stop } = its;
      found.timer = { ...found.timer, limit, answeredMost, lifetime, busyS, stop };
    }

    const pairs = new Map<string, Pair[]>();
    const again: Lane[] = [];
    const aimed = plan.upstreams.flatMap((upstream) =>
      plan.servers.flatMap((server): Lane[] => {
        const ids = { upstream: upstream.definition.id, server: server.definition.id };
        const key = `${ids.upstream} ${ids.server}`;
        const timer = timers.get(ids.server)?.timer ?? null;
        const habit = habits.get(ids.upstream)?.habits ?? null;
        const capture = `captures/pairs/${ids.upstream}/${ids.server}.pcapng`;
        /** The captures that show the pair, with their counts. */
        const shown: Shown[] = [];
        const show = async (file: string): Promise<void> => {
          const { connections } = await readEvidence(path.join(plan.out, file));
          shown.push({ capture: file, attempts: attemptsOf(connections, clientPortFor(portOf(ids.server)), isAimed) });
        };
        const settle = async (state: Pair['state'], reason: string | null): Promise<void> => {
          pairs.set(
            key,
            (['GET', 'POST'] as const).map((method): Pair => {
              const { example, ...counts } = together(shown, method);
              const prediction = timer === null || habit === null ? null : predictPair(habit, timer, method);
              const predicted = prediction?.predicted ?? 'unknown';
              return {
                ...ids,
                ...counts,
                upstreamIdleS: prediction?.upstreamIdleS ?? null,
                serverIdleS: timer?.shortestS ?? null,
                predicted,
                marginS: prediction?.marginS ?? null,
                because: prediction?.because ?? 'not-known',
                ends: timer && habit && predictEnds(habit.idleS?.value === 0, timer),
                lostShare: wilson(lostOf(counts), counts.tried),
                verdict: verdictOf(counts, predicted, counts.tried),
                example,
                state,
                reason,
              };
            }),
          );
        };
        // A variant that closes later, or not at all, is tried where its base closes: that is the one thing that changes.
        const base = server.definition.variantOf === null ? null : (timers.get(server.definition.variantOf)?.timer ?? null);
        const side = habit?.pool?.value ?? SIDE;
        const aims = [timer, base].map((its) => its && aimAt(its, side, requestsBefore(ids.server), plan.quick));
        const aim = aims.find((found) => found !== null) ?? null;
        if (aim === null) {
          all--;
          void settle(timer === null ? 'failed' : 'not-aimed', whyNotAimed(timer, timers.get(ids.server)?.reason ?? null));
          return [];
        }
        const task: Task = { kind: 'aim', aim };
        const taskMs = aim.budgetMs + 30_000;
        return [
          lane(server, upstream, task, PATH_DELAY_MS, capture, taskMs, async (failure) => {
            if (failure === null) await show(capture);
            await settle(failure === null ? 'tried' : 'failed', failure);
            // Where its base closes, a variant that closes later shows nothing new.
            if (failure !== null || aims[0] === null || !isUnshown(pairs.get(key) ?? [])) return;
            const file = `captures/pairs/${ids.upstream}/${ids.server}.again.pcapng`;
            again.push(
              lane(server, upstream, task, PATH_DELAY_MS, file, taskMs, async (failed) => {
                if (failed === null) await show(file);
                await settle('tried', null);
              }),
            );
          }),
        ];
      }),
    );
    await run(aimed);
    all += again.length;
    // Fewer at a time: each is less disturbed.
    await run(again, LANES_AGAIN);
    return {
      schemaVersion: 1,
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - began),
      windowS: windowMs / 1000,
      pathDelayMs,
      upstreams: [
        ...plan.upstreams.map(({ definition, version }) => {
          const found = habits.get(definition.id);
          return {
            ...rowOf(definition, plan.ownUpstreams.has(definition.id) ? null : version, null),
            kind: definition.kind,
            habits: found?.habits ?? null,
            habitsCapture: found?.capture ?? null,
            reason: found?.reason ?? null,
          };
        }),
        ...plan.missingUpstreams.map(({ definition, skipped }) => ({
          ...rowOf(definition, null, skipped),
          kind: definition.kind,
          habits: null,
          habitsCapture: null,
          reason: null,
        })),
      ],
      servers: [
        ...plan.servers.map(({ definition, version }) => {
          const found = timers.get(definition.id);
          return {
            ...rowOf(definition, plan.own.has(definition.id) ? null : version, null),
            timer: found?.timer ?? null,
            timerCapture: found?.capture ?? null,
            endsCapture: ends.get(definition.id)?.capture ?? null,
            endsReason: ends.get(definition.id)?.reason ?? null,
            reason: found?.reason ?? null,
          };
        }),
        ...plan.missingServers.map(({ definition, skipped }) => ({
          ...rowOf(definition, null, skipped),
          timer: null,
          timerCapture: null,
          endsCapture: null,
          endsReason: null,
          reason: null,
        })),
      ],
      pairs: plan.upstreams.flatMap((upstream) =>
        plan.servers.flatMap((server) => pairs.get(`${upstream.definition.id} ${server.definition.id}`) ?? []),
      ),
    };
  } finally {
    await temporary.remove().catch(() => {});
  }
}

/** One capture of a pair. */
interface Shown {
  capture: string;
  attempts: ReturnType<typeof attemptsOf>;
}

/** The counts of all captures of a pair, and the example of the first that has one. */
function together(shown: readonly Shown[], method: 'GET' | 'POST'): Omit<Attempts, 'example'> & Pick<Pair, 'example'> {
  const all = shown.map(({ attempts }) => attempts[method]);
  const first = shown.find(({ attempts }) => attempts[method].example !== null);
  const example = first?.attempts[method].example ?? null;
  return {
    ...addUp(all, method),
    example: first === undefined || example === null ? null : { capture: first.capture, frames: example.frames, detail: example },
  };
}

/** Predicted to race, and none met the close: it is tried once more. */
const isUnshown = (pairs: readonly Pair[]): boolean => pairs.some(({ predicted, raced }) => predicted === 'races' && raced === 0);

const whyUnread = (error: unknown): string =>
  isMissing(error)
    ? 'its capture is not there any more: leave the folder of a race alone while it goes on'
    : `its capture can't be read: ${reasonOf(error)}`;

/** Why a capture can't be believed; `null` where it can. @throws where it can't be read */
async function flawOf(captureFile: string, clockStepMs: number): Promise<string | null> {
  if (clockStepMs !== 0) return `the clock of this machine was set by ${clockStepMs / 1_000} s during the capture`;
  const evidence = await readEvidence(captureFile);
  // Squid tries its server before it is asked for anything, and before the capture begins.
  const connections = evidence.connections.filter(({ midStream, exchangeCount }) => !midStream || exchangeCount > 0);
  const why = incompleteness({ ...evidence, connections });
  return why.length === 0 ? null : `the capture is incomplete (${why.join('; ')})`;
}

const rowOf = (
  { id, title, summary, variantOf }: Pick<ServerDefinition, 'id' | 'title' | 'summary' | 'variantOf'>,
  version: string | null,
  skipped: Missing<unknown>['skipped'] | null,
) => ({ id, title, summary, variantOf, version, skipped });

/** The prediction from what both ends were seen to do alone. */
export const predictPair = (habits: Habits, timer: ServerTimer, method: 'GET' | 'POST'): Prediction =>
  predict(
    {
      idleS: habits.idleS?.value ?? null,
      openAfterS: habits.openAfterS,
      declinesAfterS: habits.declinesAfterS?.value ?? null,
      isFresh: (method === 'GET' ? habits.get : habits.postBody)?.value === 'fresh',
      obeysHint: habits.obeysHint?.value === 'yes',
      hintMarginS: habits.hintMarginS,
    },
    { idleS: timer.shortestS, openAfterS: timer.openAfterS, closesEach: timer.closesEach, hintS: timer.hintS },
  );

/** Where to aim; `null` where the server closes nothing that could be met in time. */
function aimAt({ shortestS, medianS, longestS, closesEach }: ServerTimer, pool: number, warm: number, quick: boolean): Aim | null {
  const budgetMs = quick ? QUICK_PAIR_MS : PAIR_MS;
  if (shortestS === null || medianS === null || longestS === null || closesEach) return null;
  // Two rounds at least.
  if (shortestS * 2_000 > budgetMs * 1.5) return null;
  const side = Math.min(SIDE, Math.max(1, pool));
  return {
    all: gapsAround(shortestS, longestS),
    likely: gapsAround(medianS, medianS),
    side,
    warm,
    budgetMs,
    rounds: side < SIDE / 2 ? ROUNDS_MOST : ROUNDS,
  };
}

/** The gaps, in milliseconds, after which a request meets a close that comes after so many seconds. */
const gapsAround = (fromS: number, toS: number): [number, number] => [
  Math.max(0, fromS * 1_000 - 2 * PATH_DELAY_MS - BEFORE_MS),
  toS * 1_000 + AFTER_MS,
];

function whyNotAimed(timer: ServerTimer | null, failure: string | null): string {
  if (failure !== null) return failure;
  if (timer === null) return 'its timer is not known';
  if (timer.closesEach) return 'the server ends each connection with its response';
  if (timer.shortestS === null) return `the server closed no idle connection in ${timer.openAfterS} s`;
  return `the server closes after ${timer.shortestS} s: too long to aim at`;
}
