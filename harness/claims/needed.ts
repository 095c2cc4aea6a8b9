import { cellId } from '../compare/run-result.ts';
import type { CellIdentity } from '../model.ts';
import { candidates } from './facts.ts';
import { claims } from './index.ts';
import { matrixNeeds } from './matrix-cells.ts';
import type { OwnClaim } from './own-claim.ts';

/** Ids of all cells that some claim, or the matrix of section four, may look at. */
const NEEDED: ReadonlySet<string> = new Set([...claims.flatMap((claim) => claim.cells), ...matrixNeeds()].flatMap(candidates));

/** Whether a claim, the matrix of section four, or one of these claims of the user's own may look at a cell. */
export function isNeededBy(own: readonly OwnClaim[]): (cell: CellIdentity) => boolean {
  const more = new Set(own.flatMap((claim) => claim.cells).flatMap(candidates));
  return (cell) => NEEDED.has(cellId(cell)) || more.has(cellId(cell));
}
