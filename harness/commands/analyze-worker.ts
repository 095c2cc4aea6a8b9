/** A thread that analyzes one capture after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Trouble } from '../analysis/analyze.ts';
import { loadAnalyze } from '../analysis/load-bundle.ts';
import type { AnalyzedCapture } from '../analysis/many.ts';
import { reasonOf } from '../system/reason.ts';

const { port } = workerData as { port: number[] | undefined };
const { summarise } = await loadAnalyze();

parentPort?.on('message', async (file: string) => {
  let answer: Omit<AnalyzedCapture, 'bytes' | 'file'>;
  try {
    const { summary, trouble } = await summarise(file, { port });
    answer = { summary, trouble: trouble && inWords(trouble) };
  } catch (error) {
    // The line begins with the name of the file.
    answer = { summary: null, trouble: reasonOf(error).replace(`can't read ${file}`, "can't be read").replace(`${file}: `, '') };
  }
  parentPort?.postMessage(answer);
});

const inWords = (trouble: Trouble): string =>
  'why' in trouble
    ? trouble.why
    : `damaged ${trouble.lastFrame === 0 ? 'before its first frame' : `after frame ${trouble.lastFrame}`} (${trouble.faults.join(', ')})`;
