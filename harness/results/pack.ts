/** Makes a run small enough for a repository or an e-mail: JSON packed, and only the captures that claims rest on, without most of their bodies. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { cutPackets } from '../capture-file/cut-packets.ts';
import type { Judged } from '../claims/index.ts';
import type { ClaimResult } from '../compare/run-result.ts';
import { cellId } from '../model.ts';
import { writeAtomically } from '../system/files.ts';
import type { AssembledRun } from './assemble.ts';
import { fileInside } from './inside.ts';
import type { RunFolder } from './run-folder.ts';

/** Bytes kept of each packet: whole heads, and bodies that fit beside them. */
export const PACKET_BYTES_KEPT = 1_600;
/** Added to the name of a packed file. */
export const PACKED = '.gz';

const pack = promisify(gzip);

/** The ids of the cells that the verdicts name as their evidence or draw as a ladder; those of the user's own claims too. */
export function evidenceCells(judged: readonly Judged[], claims: readonly ClaimResult[] = []): Set<string> {
  return new Set([
    ...judged.flatMap(({ judgement }) => [
      ...judgement.evidence.map(({ cell }) => cell),
      ...(judgement.ladder ? [judgement.ladder.cell] : []),
    ]),
    ...claims.flatMap(({ evidence }) => evidence.map(({ cell }) => cell)),
  ]);
}

/**
 * Packs the captures that the claims rest on into the folder.
 * @returns the path of each packed capture, relative to the folder, by the cell's id
 */
export async function packCaptures(dir: string, { run, judged }: AssembledRun, folder: RunFolder): Promise<Map<string, string>> {
  const wanted = evidenceCells(judged, run.claims);
  const packed = new Map<string, string>();
  for (const cell of run.cells) {
    if (cell.state !== 'observed' || !wanted.has(cellId(cell))) continue;
    const file = `${cell.capture}${PACKED}`;
    const bytes = cutPackets(await readFile(await fileInside(dir, cell.capture)), PACKET_BYTES_KEPT);
    await writePacked(folder, file, bytes);
    packed.set(cellId(cell), file);
  }
  return packed;
}

/** Writes a file packed by gzip. The same content gives the same bytes. */
export async function writePacked(folder: RunFolder, file: string, content: Uint8Array | string): Promise<void> {
  await folder.checkFree(file);
  await writeAtomically(path.join(folder.staging, file), await pack(content, { level: 9 }));
}
