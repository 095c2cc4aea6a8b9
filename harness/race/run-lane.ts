import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { laneEnvironment, laneFolders, makeLaneFolders } from '../lab/lane-environment.ts';
import { type Isolation, isolatedCommand } from '../lab/namespace.ts';
import { compiledProgram } from '../system/compiled-program.ts';
import type { RaceEvent, RaceJob, RaceOrder, RaceOutcome } from './protocol.ts';

/** What a lane does that is not stuck. Milliseconds beside its task's own time. */
const PATIENCE_MS = 90_000;
const OUTPUT_LENGTH = 2_000;

/** Runs one lane. @param temporary a folder for its own, removed afterwards @param taskMs how long its task takes at most @param waits called when it only waits @throws never */
export async function runRaceLane(
  job: Omit<RaceJob, 'work'>,
  isolation: Isolation,
  temporary: string,
  taskMs: number,
  waits: () => void,
  signal: AbortSignal,
): Promise<RaceOutcome> {
  const work = await mkdtemp(path.join(temporary, 'lane-'));
  await makeLaneFolders(work);
  await mkdir(path.dirname(job.captureFile), { recursive: true });
  const { file, args } = isolatedCommand(isolation, process.execPath, [compiledProgram('harness/race/lane.ts')]);
  const lane = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
    cwd: laneFolders(work).tmp,
    env: laneEnvironment(process.env, work),
  });
  const send = (order: RaceOrder): void => {
    if (lane.connected) lane.send(order, () => {});
  };
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_LENGTH);
  };
  lane.stdout?.on('data', keep);
  lane.stderr?.on('data', keep);
  const kill = (): void => {
    // Its PID namespace takes along all that it started.
    if (lane.pid !== undefined) lane.kill('SIGKILL');
  };
  const timer = setTimeout(kill, taskMs + PATIENCE_MS);
  const abort = (): void => send({ type: 'abort' });
  signal.addEventListener('abort', abort, { once: true });
  const outcome = await new Promise<RaceOutcome>((resolve) => {
    let said: RaceOutcome | null = null;
    lane.on('message', (event: RaceEvent) => {
      if (event.type === 'waiting') waits();
      else said = event;
    });
    lane.once('error', (error) => resolve({ type: 'failed', reason: error.message }));
    lane.once('close', (code, by) =>
      resolve(said ?? { type: 'failed', reason: `the lane ended without a result (${by ?? code}): ${output.trim()}` }),
    );
    send({ type: 'job', job: { ...job, work } });
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', abort);
  await rm(work, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  return outcome;
}
