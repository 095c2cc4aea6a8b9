/** The capture that the user means by the name of a cell, or of a file. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { NotACaptureError } from '../capture-file/read-capture.ts';
import type { RunResult } from '../compare/run-result.ts';
import { type CellEvidence, readEvidence } from '../decode/cell-evidence.ts';
import { cellId, cellPath } from '../model.ts';
import { badArgument } from '../system/coded-error.ts';
import { nearName } from '../system/near-name.ts';
import { reasonOf } from '../system/reason.ts';
import { fileInside } from './inside.ts';
import { howToGoOn } from './read-run.ts';

/**
 * The file of a capture.
 * @param cell `express/chromium/first-visit` of the run in `dir`, or the path of a capture file
 * @throws CodedError (bad-argument) where there is no such cell and no such file
 */
export async function findCapture(cell: string, dir: string, run: RunResult | null): Promise<string> {
  if (await isFile(cell)) return cell;
  const [server, client, scenario, ...rest] = cell.split('/');
  if (!server || !client || !scenario || rest.length > 0) {
    throw badArgument(`"${cell}" is neither a cell such as express/chromium/first-visit nor a capture file`);
  }
  const row = run?.cells.find((one) => one.server === server && one.client === client && one.scenario === scenario);
  if (row && row.state !== 'observed') throw badArgument(`${cell} ${row.state}: ${row.reason}`);
  const file = row?.capture ?? `captures/${cellPath({ server, client, scenario })}.pcapng`;
  for (const one of [file, `${file}.gz`]) {
    if (!(await isFile(path.join(dir, one)))) continue;
    await fileInside(dir, one);
    return path.join(dir, one);
  }
  const said = `there is no capture of ${cell} in ${dir}`;
  if (run === null) throw badArgument(`${said}: ${(await howToGoOn(dir)) ?? 'run compare first, or name another folder with --dir'}`);
  const observed = run.cells.filter((one) => one.state === 'observed');
  const own = observed.filter((one) => one.server === server);
  const meant = nearName(cell, observed.map(cellId));
  if (meant !== undefined) throw badArgument(`${said}; did you mean ${meant}?`);
  throw badArgument(
    own.length > 0
      ? `${said}; of ${server} there are: ${own.map(({ client, scenario }) => `${client}/${scenario}`).join(', ')}`
      : `${said}; its servers are: ${[...new Set(observed.map((one) => one.server))].join(', ')}`,
  );
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );

/** Decodes the file that `findCapture` found, with every TCP frame. @throws CodedError (bad-argument) where it can't be read or is no capture */
export async function readFoundCapture(file: string): Promise<CellEvidence> {
  try {
    return await readEvidence(file, { frames: true });
  } catch (error) {
    throw badArgument(error instanceof NotACaptureError ? `${file}: ${error.message}` : `can't read ${file}: ${reasonOf(error)}`);
  }
}
