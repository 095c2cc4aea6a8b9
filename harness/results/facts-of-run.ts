import type { Facts } from '../claims/claim.ts';
import { cellFacts, factsOf } from '../claims/facts.ts';
import { isNeededBy } from '../claims/needed.ts';
import type { OwnClaim } from '../claims/own-claim.ts';
import { printedCells } from '../claims/printed/printed-evidence.ts';
import { cellId, type RunResult } from '../compare/run-result.ts';
import type { Evidence } from '../model.ts';
import type { CellStore } from './cell-store.ts';

/** What the claims are judged by: the run's cells that a claim or the matrix of section four names, and the rows that the lab reports print. */
export async function factsOfRun(
  run: Pick<RunResult, 'cells' | 'servers' | 'clients'>,
  store: CellStore,
  own: readonly OwnClaim[] = [],
): Promise<Facts> {
  const isNeeded = isNeededBy(own);
  const evidence = new Map<string, Evidence>();
  for (const cell of run.cells) {
    if (cell.state !== 'observed' || !isNeeded(cell)) continue;
    const { server, client, scenario } = cell;
    const { frames: _frames, ...shown } = await store.evidence(cell.capture);
    evidence.set(cellId(cell), { ...shown, cell: { server, client, scenario } });
  }
  return factsOf(cellFacts(run, evidence), evidence.size > 0 ? await printedCells() : new Map());
}
