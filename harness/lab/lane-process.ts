import { spawn } from 'node:child_process';
import { compiledProgram } from '../system/compiled-program.ts';
import type { LaneEvent, LaneJob, LaneOrder } from './lane-protocol.ts';
import { type Isolation, isolatedCommand } from './namespace.ts';

/** A lane that was told to finish gets this long before it is killed. */
const ABORT_GRACE_MS = 8_000;

export type LaneOutcome = Extract<LaneEvent, { type: 'done' } | { type: 'failed' }>;

const laneProgram = (): string => compiledProgram('harness/lab/lane.ts');

/**
 * In a namespace the kernel ends the lane, and all that it started, with this process. On the shared loopback it would end the lane
 * alone: there the lane sees its IPC channel close, and stops its server itself.
 */
function laneCommand(isolation: Isolation): { file: string; args: string[] } {
  if (isolation.kind === 'shared-loopback') return { file: process.execPath, args: [laneProgram()] };
  return isolatedCommand(isolation, process.execPath, [laneProgram()]);
}

/**
 * Runs one cell in a lane process and tells its events. The lane is a session of its own, so that a Ctrl-C at the terminal
 * reaches the run alone, which then decides what becomes of its lanes.
 * @throws never: a lane that ends without a word is a `failed` outcome
 */
export function runLane(
  job: LaneJob,
  isolation: Isolation,
  onEvent: (event: LaneEvent) => void,
  signal: AbortSignal,
): Promise<LaneOutcome> {
  const { file, args } = laneCommand(isolation);
  const lane = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true });
  const send = (order: LaneOrder) => {
    if (lane.connected) lane.send(order, () => {});
  };
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  lane.stdout?.on('data', keep);
  lane.stderr?.on('data', keep);

  return new Promise((resolve) => {
    let outcome: LaneOutcome | null = null;
    let killTimer: NodeJS.Timeout | undefined;
    const abort = () => {
      send({ type: 'abort', reason: 'interrupted' });
      killTimer = setTimeout(() => killLane(lane.pid), ABORT_GRACE_MS);
    };
    signal.addEventListener('abort', abort, { once: true });
    lane.on('message', (event: LaneEvent) => {
      if (event.type === 'phase') onEvent(event);
      else outcome = event;
    });
    const finish = (how: string) => {
      signal.removeEventListener('abort', abort);
      clearTimeout(killTimer);
      resolve(
        outcome ?? {
          type: 'failed',
          code: 'other',
          reason: `the lane ended without a result (${how})${output === '' ? '' : `: ${output.trim()}`}`,
        },
      );
    };
    lane.once('error', (error) => finish(error.message));
    lane.once('close', (code, ended) => finish(ended ? `by ${ended}` : `exit code ${code}`));
    send({ type: 'job', job });
    if (signal.aborted) abort();
  });
}

function killLane(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
