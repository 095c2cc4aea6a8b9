/** Many captures, side by side over the cores. */
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { type AnalyzedCapture, capturesOf, ManyCaptures } from '../analysis/many.ts';
import { compiledProgram } from '../system/compiled-program.ts';
import { reasonOf } from '../system/reason.ts';

/** The most that a thread's heap may hold: a capture that needs more ends its thread, and costs itself alone. */
const HEAP_MB = 1_024;
/** Captures that may be ahead of the one whose line is written next. */
const AHEAD = 256;

/** How many captures are read. */
export interface ManyOptions {
  json?: boolean | undefined;
  port?: number[] | undefined;
  /** Threads; default: one a core. */
  atOnce?: number | undefined;
}

/**
 * Analyzes captures and writes a line for each, in the order of their names, and what they add up to.
 * @returns how many could not be read, or not to their end
 * @throws CodedError (bad-argument) where a folder can't be read or holds no capture
 */
export async function analyzeMany(
  places: readonly string[],
  { json, port, atOnce = availableParallelism() }: ManyOptions,
  out: Writable,
): Promise<number> {
  // A thread that ends while V8 compiles for it in another one may stand still, or bring the process down (nodejs/node#54918).
  setFlagsFromString('--no-concurrent-recompilation');
  const many = new ManyCaptures(out, { json });
  const waiting = new Map<number, AnalyzedCapture>();
  let written = 0;
  let begun = 0;
  /** Threads that wait until the first ones are written. */
  const held: (() => void)[] = [];
  const done = (index: number, capture: AnalyzedCapture): void => {
    waiting.set(index, capture);
    for (let next = waiting.get(written); next; next = waiting.get(written)) {
      waiting.delete(written++);
      many.add(next);
    }
    for (const go of held.splice(0)) go();
  };
  const files = capturesOf(places);
  const work = async (): Promise<void> => {
    const thread = new AnalyzingThread(port);
    try {
      for (;;) {
        while (begun - written >= AHEAD) await new Promise<void>((resolve) => held.push(resolve));
        // A generator answers in the order in which it is asked, so that each number is that of its file.
        const index = begun++;
        const { value: file, done: isOver } = await files.next();
        if (isOver) return;
        const bytes = (await stat(file).catch(() => null))?.size ?? 0;
        done(index, { file, bytes, ...(await thread.analyze(file)) });
      }
    } finally {
      await thread.end();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await many.end();
  return many.totals.troubled;
}

type Answer = Omit<AnalyzedCapture, 'bytes' | 'file'>;

/** A thread, and a new one where a capture ended the last. */
class AnalyzingThread {
  readonly #port: number[] | undefined;
  #worker: Worker | null = null;

  constructor(port: number[] | undefined) {
    this.#port = port;
  }

  analyze(file: string): Promise<Answer> {
    const worker = this.#worker ?? this.#start();
    return new Promise((resolve) => {
      const answer = (given: Answer): void => {
        worker.off('message', answer);
        worker.off('error', onError);
        worker.off('exit', onExit);
        resolve(given);
      };
      const fail = (trouble: string): void => {
        this.#worker = null;
        answer({ summary: null, trouble });
      };
      const onError = (error: NodeJS.ErrnoException): void =>
        fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `it needs more than ${HEAP_MB} MB of memory: analyze it alone` : reasonOf(error));
      const onExit = (): void => fail('its thread ended');
      worker.on('message', answer);
      worker.on('error', onError);
      worker.on('exit', onExit);
      worker.postMessage(file);
    });
  }

  async end(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(compiledProgram('harness/commands/analyze-worker.ts'), {
      workerData: { port: this.#port },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    // Of a thread that waits for nothing any more.
    worker.on('error', () => {});
    this.#worker = worker;
    return worker;
  }
}
