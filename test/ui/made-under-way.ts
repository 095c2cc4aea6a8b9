/** A run that goes on, of a made run's captures: its cells end when they are told to. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { RunListener } from '../../harness/lab/run.ts';
import { type CellIdentity, cellId } from '../../harness/model.ts';
import { type AssembledRun, type JudgedCaptures, metaFromCaptures, openAssembly, type RunMeta } from '../../harness/results/assemble.ts';
import type { RunFolder } from '../../harness/results/run-folder.ts';
import type { ServedRun } from '../../harness/ui/serve.ts';
import { madeRun } from '../report/made-run.ts';

export interface UnderWay {
  dir: string;
  cells: CellIdentity[];
  /** Lets the next cells begin and end. */
  end(count: number, shown: RunListener): void;
  begin(served: ServedRun): RunListener;
  soFar(): Promise<AssembledRun>;
  /** What the captures that were read showed. */
  judged: JudgedCaptures;
  remove(): Promise<void>;
}

export async function madeUnderWay(): Promise<UnderWay> {
  const { dir } = await madeRun();
  const meta: RunMeta = await metaFromCaptures(dir);
  const judged: JudgedCaptures = new Map();
  const assembly = openAssembly(dir, {}, { judged });
  const cells = meta.outcomes.map(({ cell }) => cell);
  let ended = 0;
  const soFar = () => assembly.assemble({ ...meta, outcomes: meta.outcomes.slice(0, ended) });
  return {
    dir,
    cells,
    judged,
    soFar,
    begin: (served) => served.run.begin(cells.length, { cells, folder: {} as RunFolder, soFar }),
    end(count, shown) {
      for (const cell of cells.slice(ended, ended + count)) {
        shown.begins(cell);
        ended++;
        shown.ends({
          cell,
          state: 'observed',
          capture: path.posix.join('captures', `${cellId(cell)}.pcapng`),
          received: null,
          dropped: null,
        });
      }
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
