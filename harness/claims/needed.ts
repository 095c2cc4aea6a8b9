import { cellId } from '../compare/run-result.ts';
import type { CellIdentity } from '../model.ts';
import { candidates } from './facts.ts';
import { claims } from './index.ts';
import { matrixNeeds } from './matrix-cells.ts';

/** Ids of all cells that some claim, or the matrix of section four, may look at. */
const NEEDED: ReadonlySet<string> = new Set([...claims.flatMap((claim) => claim.cells), ...matrixNeeds()].flatMap(candidates));

/** Whether a claim, or the matrix of section four, may look at this cell. */
export const isNeeded = (cell: CellIdentity): boolean => NEEDED.has(cellId(cell));
