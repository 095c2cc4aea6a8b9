import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { compiledProgram } from '../system/compiled-program.ts';
import { limitHint } from '../system/limit-hint.ts';
import { doing } from './lane-deadline.ts';
import { laneEnvironment, laneFolders } from './lane-environment.ts';
import type { LaneEvent, LaneJob } from './lane-protocol.ts';
import { type Isolation, isolatedCommand } from './namespace.ts';
import { descendants, killWithin } from './process-tree.ts';

/** Longest wait for the end of a lane that was asked to finish, or was killed. Milliseconds. */
const ABORT_GRACE_MS = 8_000;
const KILL_GRACE_MS = 5_000;
/** A timer that is later than this shows that this process was suspended (Ctrl-Z) or held up. Milliseconds. */
const LATE_MS = 1_000;
const OUTPUT_LENGTH = 4_000;
/** What unshare (util-linux 2.38) says where the process in its namespace was ended by SIGKILL. */
const KILLED_WITHIN = /^unshare: sigprocmask unblock failed: .*$/m;

export type LaneOutcome = EndOf<LaneEvent>;
type Phase = StepOf<LaneEvent>;

/** The longest time until a lane's next event, in milliseconds, given the last one. */
export type Patience = (phase: Phase | null) => number;

/** The bundle that the build makes; in an installed package, which has none, the modules. */
function laneProgram(): string {
  const lane = compiledProgram('harness/lab/lane.ts');
  const bundle = path.join(path.dirname(lane), 'start-lane.bundle.cjs');
  return existsSync(bundle) ? bundle : lane;
}

/** A lane mostly waits: with little room for young objects it holds 2 MB less, and takes no more processor time. */
const LANE_OPTIONS = ['--max-semi-space-size=1'];

/**
 * In a namespace the kernel ends the lane, and all that it started, with this process. On the shared loopback it would end only the lane,
 * so that none is asked for: the lane sees its IPC channel close, and stops its server itself.
 */
function laneCommand(isolation: Isolation): { file: string; args: string[] } {
  const words = [...LANE_OPTIONS, laneProgram()];
  if (isolation.kind === 'shared-loopback') return { file: process.execPath, args: words };
  return isolatedCommand(isolation, process.execPath, words);
}

/**
 * Runs one cell in a lane process and reports its events.
 * @param patience a lane that is silent for longer is killed; without it never
 * @throws never: a lane that ends without a result, or is killed, is a `failed` outcome
 */
export const runLane = (
  job: LaneJob,
  isolation: Isolation,
  onEvent: (event: Phase) => void,
  signal: AbortSignal,
  patience?: Patience,
): Promise<LaneOutcome> =>
  followLane<LaneEvent>({ command: laneCommand(isolation), work: job.work, job, isolation, onStep: onEvent, signal, patience, doing });

/** The last event of a lane; all others are steps on the way. */
type EndOf<Event> = Extract<Event, { type: 'done' } | { type: 'failed' }>;
type StepOf<Event> = Exclude<Event, EndOf<Event>>;
/** A lane that did not say itself how it ended. */
type Failure = Extract<LaneEvent, { type: 'failed' }>;

/** A lane's process, of a cell or of a race. */
export interface LaneProcess<Event> {
  command: { file: string; args: string[] };
  /** Folder of its own, with the folders of `laneFolders` in it. */
  work: string;
  /** Is sent to it as an order of the type `job`. */
  job: object;
  isolation: Isolation;
  onStep(step: StepOf<Event>): void;
  /** Once it is aborted, an order of the type `abort` is sent. */
  signal: AbortSignal;
  /** The longest time until its next event, in milliseconds, given the last one; one that takes longer is killed. Default: none is. */
  patience?: ((step: StepOf<Event> | null) => number) | undefined;
  /** What it does after this event, for messages. */
  doing(step: StepOf<Event> | null): string;
}

/**
 * Starts a lane and follows it to its end. The lane is a session of its own, so that a Ctrl-C at the terminal reaches only the run, which then decides what
 * becomes of its lanes.
 * @throws as `spawn` does; a lane that ends without a result, or is killed, is a `failed` outcome
 */
export function followLane<Event extends { type: string }>({
  command,
  work,
  job,
  isolation,
  onStep,
  signal,
  patience,
  doing,
}: LaneProcess<Event>): Promise<EndOf<Event> | Failure> {
  const lane = spawn(command.file, command.args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
    // Where TMPDIR is, too: see clients/real/chromium.ts.
    cwd: laneFolders(work).tmp,
    env: laneEnvironment(process.env, work),
  });
  const send = (order: object) => {
    if (lane.connected) lane.send(order, () => {});
  };
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-OUTPUT_LENGTH);
  };
  lane.stdout?.on('data', keep);
  lane.stderr?.on('data', keep);

  return new Promise((resolve) => {
    let outcome: EndOf<Event> | Failure | null = null;
    let killTimer: NodeJS.Timeout | undefined;
    let silenceTimer: NodeJS.Timeout | undefined;
    const failed = (reason: string): Failure => ({ type: 'failed', code: 'other', reason });
    const kill = () => {
      // A lane that can't be killed (it waits for a disk, say) must not hold the run.
      killTimer = setTimeout(() => finish('it could not be killed'), KILL_GRACE_MS);
      killLane(lane.pid, isolation);
    };
    const expectEvent = (step: StepOf<Event> | null) => {
      clearTimeout(silenceTimer);
      const ms = patience?.(step);
      if (ms === undefined) return;
      const due = performance.now() + ms;
      silenceTimer = setTimeout(() => {
        // What the lane said meanwhile has not been read yet.
        if (performance.now() - due > LATE_MS) return expectEvent(step);
        outcome ??= failed(`the lane was stuck and has been ended: ${doing(step)}, and did not go on within ${Math.round(ms / 1000)} s`);
        kill();
      }, ms);
    };
    const abort = () => {
      send({ type: 'abort', reason: 'interrupted' });
      clearTimeout(silenceTimer);
      killTimer = setTimeout(() => {
        outcome ??= failed('interrupted');
        kill();
      }, ABORT_GRACE_MS);
    };
    const finish = (how: string) => {
      signal.removeEventListener('abort', abort);
      clearTimeout(killTimer);
      clearTimeout(silenceTimer);
      // There a program that has put itself into the background would outlive its lane.
      if (isolation.kind === 'shared-loopback') killWithin(work);
      const wrote = output.replace(KILLED_WITHIN, '').trim();
      const ended = KILLED_WITHIN.test(output) ? 'by SIGKILL' : how;
      resolve(
        outcome ?? failed(`the lane ended without a result (${ended})${wrote === '' ? '' : `: ${wrote}`}${limitHint(`${ended} ${wrote}`)}`),
      );
    };
    signal.addEventListener('abort', abort, { once: true });
    lane.on('message', (event: Event) => {
      if (isEnd(event)) {
        outcome ??= event;
        return;
      }
      const step = event as StepOf<Event>;
      onStep(step);
      if (!signal.aborted) expectEvent(step);
    });
    lane.once('error', (error) => finish(`${error.message}${limitHint(error)}`));
    lane.once('close', (code, ended) => finish(ended ? `by ${ended}` : `exit code ${code}`));
    send({ type: 'job', job });
    expectEvent(null);
    if (signal.aborted) abort();
  });
}

const isEnd = <Event extends { type: string }>(event: Event): event is EndOf<Event> => event.type === 'done' || event.type === 'failed';

function killLane(pid: number | undefined, isolation: Isolation): void {
  if (pid === undefined) return;
  // Its namespace takes along all that a lane started; the shared loopback has none.
  const others = isolation.kind === 'shared-loopback' ? descendants(pid) : [];
  for (const target of [-pid, ...others]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
}
