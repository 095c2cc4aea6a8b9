import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { makeLaneFolders } from '../lab/lane-environment.ts';
import { followLane } from '../lab/lane-process.ts';
import { type Isolation, isolatedCommand } from '../lab/namespace.ts';
import { compiledProgram } from '../system/compiled-program.ts';
import { removeFolder } from '../system/temporary-folder.ts';
import type { RaceEvent, RaceJob, RaceOutcome } from './protocol.ts';

/** What a lane does that is not stuck. Milliseconds beside its task's own time. */
const PATIENCE_MS = 90_000;

/**
 * Runs one lane.
 * @param temporary a folder for its own, removed afterwards
 * @param taskMs how long its task takes at most
 * @param waits called when it only waits
 * @throws the file system's error where its folders can't be made
 */
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
  const outcome = await followLane<RaceEvent>({
    command: isolatedCommand(isolation, process.execPath, [compiledProgram('harness/race/lane.ts')]),
    work,
    job: { ...job, work },
    isolation,
    onStep: waits,
    signal,
    patience: () => taskMs + PATIENCE_MS,
    doing: (step) => (step === null ? 'it was at its task' : 'it was watching idle connections'),
  });
  await removeFolder(work).catch(() => {});
  return outcome;
}
