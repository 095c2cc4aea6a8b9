/**
 * `npm run fuzz -- --runs N [--seed S] [--from RUN]`: makes N damaged captures out of the real ones in `test/fixtures/captures/` and decodes each
 * by the whole path, some of them by the fast one too. Fails on an exception, a broken promise of the decoder (check.ts), a difference between the
 * paths, a run that takes longer than TIME_LIMIT_MS, and memory beyond the limits; then the input is stored under results/fuzz/. `--file PATH` decodes a stored input again.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { projectRoot } from '../../harness/system/project-root.ts';
import { difference } from '../fast-path/both-paths.ts';
import { check } from './check.ts';
import { makeInput, seedsOf } from './mutate.ts';
import { seedOfRun } from './random.ts';
import type { Job, Report } from './worker.ts';

/** No input of a few megabytes may take this long; the machine may be busy. */
const TIME_LIMIT_MS = 20_000;
/** Memory of the decoding thread's JavaScript heap, and of the whole process. */
const HEAP_LIMIT_MB = 256;
const RSS_LIMIT_MB = 800;
const LOOK_MS = 500;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    from: { type: 'string', default: '0' },
    file: { type: 'string' },
  },
});

if (values.file !== undefined) {
  const started = performance.now();
  const input = readFileSync(values.file);
  await check(input);
  const differs = await difference(input);
  if (differs !== null) console.log(`the slow path reports\n${differs.slow}\nthe fast path reports\n${differs.fast}`);
  console.log(`${values.file}: decoded in ${(performance.now() - started).toFixed(1)} ms`);
} else {
  process.exitCode = await fuzz(
    wholeNumber('runs', values.runs),
    values.seed === undefined ? Date.now() % 2 ** 31 : wholeNumber('seed', values.seed),
    wholeNumber('from', values.from),
  );
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$|^[12]\d{9}$/.test(text) && Number(text) < 2 ** 31) return Number(text);
  console.error(`--${name} takes a whole number below 2^31, not ${text}`);
  process.exit(2);
}

async function fuzz(runs: number, seed: number, from: number): Promise<number> {
  const root = projectRoot();
  const folder = join(root, 'test/fixtures/captures');
  const names = readdirSync(folder)
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .sort();
  const files = names.map((name) => new Uint8Array(readFileSync(join(folder, name))));
  console.log(`seed ${seed}, runs ${from} to ${from + runs - 1}, out of ${names.join(', ')}`);

  const progress = new SharedArrayBuffer(4);
  const at = new Int32Array(progress);
  at[0] = from;
  // A thread that ends while V8 compiles for it in another one may stand still, or bring the process down (nodejs/node#54918).
  setFlagsFromString('--no-concurrent-recompilation');
  const workerData: Job = { files, seed, from, runs, progress };
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
  });
  const started = performance.now();
  let peakRss = 0;
  let seen = from;
  let seenAt = started;
  let lastLine = started;
  return await new Promise<number>((resolve) => {
    const end = (code: number): void => {
      clearInterval(timer);
      void worker.terminate().then(() => resolve(code));
    };
    const fail = (run: number, why: string): void => {
      const path = join(root, 'results/fuzz', `${seed}-${run}.capture`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, makeInput(seedsOf(files), seedOfRun(seed, run)));
      console.error(`run ${run} of seed ${seed}: ${why}\nstored as ${path}; again: npm run fuzz -- --file ${path}`);
      end(1);
    };
    const timer = setInterval(() => {
      const now = performance.now();
      const run = Atomics.load(at, 0);
      if (run !== seen) {
        seen = run;
        seenAt = now;
      } else if (now - seenAt > TIME_LIMIT_MS) fail(run, `takes longer than TIME_LIMIT_MS (${TIME_LIMIT_MS})`);
      const rss = process.memoryUsage.rss() / 2 ** 20;
      peakRss = Math.max(peakRss, rss);
      if (rss > RSS_LIMIT_MB) fail(run, `the process has ${Math.round(rss)} MB, more than RSS_LIMIT_MB (${RSS_LIMIT_MB})`);
      if (now - lastLine > 10_000) {
        lastLine = now;
        console.log(`run ${run}, ${Math.round((run - from) / ((now - started) / 1000))} a second, ${Math.round(rss)} MB`);
      }
    }, LOOK_MS);
    worker.on('error', (error) => fail(Atomics.load(at, 0), (error as NodeJS.ErrnoException).code ?? String(error)));
    worker.on('message', (report: Report) => {
      if (report.kind === 'failed') {
        fail(report.run, report.message);
        return;
      }
      const seconds = (performance.now() - started) / 1000;
      console.log(
        `${runs} runs without a failure in ${seconds.toFixed(0)} s (${Math.round(runs / seconds)} a second, ${Math.round(report.bytes / 2 ** 20)} MB): ` +
          `slowest ${report.slowestMs.toFixed(0)} ms (run ${report.slowestRun}), largest input ${(report.largestInput / 2 ** 20).toFixed(1)} MB, ` +
          `peak memory of the process ${Math.round(peakRss)} MB`,
      );
      end(0);
    });
  });
}
