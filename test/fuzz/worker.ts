/** Decodes one made-up input after the other, and says in shared memory which one it is at. */
import { parentPort, workerData } from 'node:worker_threads';
import { difference } from '../fast-path/both-paths.ts';
import { check } from './check.ts';
import { makeInput, seedsOf } from './mutate.ts';
import { seedOfRun } from './random.ts';

/** One of so many runs is decoded by the slow path and by the fast one: that takes several times as long. */
const BOTH_PATHS_ONCE_IN = 32;

export interface Job {
  files: Uint8Array[];
  seed: number;
  from: number;
  runs: number;
  /** The run under way: one 32-bit integer. */
  progress: SharedArrayBuffer;
}

export type Report =
  | { kind: 'failed'; run: number; message: string }
  | { kind: 'done'; slowestMs: number; slowestRun: number; largestInput: number; bytes: number };

const { files, seed, from, runs, progress } = workerData as Job;
const at = new Int32Array(progress);
const seeds = seedsOf(files);
let slowestMs = 0;
let slowestRun = from;
let largestInput = 0;
let bytes = 0;
let report: Report | null = null;
for (let run = from; run < from + runs; run++) {
  Atomics.store(at, 0, run);
  const input = makeInput(seeds, seedOfRun(seed, run));
  largestInput = Math.max(largestInput, input.length);
  bytes += input.length;
  const started = performance.now();
  try {
    await check(input);
    const differs = run % BOTH_PATHS_ONCE_IN === 0 ? await difference(input) : null;
    if (differs !== null) throw new Error(`the slow path reports\n${differs.slow}\nthe fast path reports\n${differs.fast}`);
  } catch (error) {
    report = { kind: 'failed', run, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    break;
  }
  const took = performance.now() - started;
  if (took > slowestMs) {
    slowestMs = took;
    slowestRun = run;
  }
}
parentPort!.postMessage(report ?? ({ kind: 'done', slowestMs, slowestRun, largestInput, bytes } satisfies Report));
