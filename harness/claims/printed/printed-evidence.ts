/** The rows that the lab reports print, rebuilt and decoded like any capture. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { observeAll } from '../../compare/cell-result.ts';
import { toEvidence } from '../../decode/cell-evidence.ts';
import { decodeFile } from '../../decode/decode-capture.ts';
import { observations } from '../../observe/index.ts';
import { projectRoot } from '../../system/project-root.ts';
import { type CellFacts, PRINTED, type PrintedName } from '../claim.ts';
import { parseRows, rebuildCapture } from './printed-rows.ts';

const FOLDER = path.join('harness', 'claims', 'printed', 'rows');

/** The server of each file of rows: its id in the registry, the port it listened on, and the browser. */
const ABOUT: Record<PrintedName, { server: string; port: number }> = {
  'django-first-html': { server: 'django', port: 8000 },
  'django-revisit-304': { server: 'django', port: 8000 },
  'django-tcp-keepalive': { server: 'django', port: 8000 },
  'flask-edge-capture-1': { server: 'flask', port: 5000 },
  'flask-edge-capture-2': { server: 'flask', port: 5000 },
  'http-server-edge': { server: 'python-http', port: 8080 },
};

/**
 * The pcap file that the rows of a report give.
 * @param root the folder of the package
 * @throws Error that names the file of rows, where it can't be read
 */
export async function rebuiltCapture(name: PrintedName, root = projectRoot()): Promise<Uint8Array> {
  const file = path.join(root, FOLDER, `${name}.tsv`);
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Error(`the rows that the lab reports print can't be read: ${file}: ${error.message}`, { cause: error });
  });
  return rebuildCapture(parseRows(text), ABOUT[name].port);
}

/** Rebuilds and decodes one file of printed rows; connections of other programs are left in. */
export async function printedCell(name: PrintedName, root?: string): Promise<CellFacts> {
  const { server, port } = ABOUT[name];
  const { capture, connections } = await decodeFile(await rebuiltCapture(name, root), { ports: [port] });
  const cell = { server, client: 'lab-report', scenario: name };
  const evidence = { ...toEvidence(capture, connections), cell };
  return {
    ...cell,
    id: `${server}/lab-report/${name}`,
    serverProvenance: 'real',
    clientProvenance: 'real',
    capture: `${FOLDER.split(path.sep).join('/')}/${name}.tsv`,
    windowS: null,
    values: observeAll(evidence, observations),
    evidence,
  };
}

/**
 * Every file of printed rows, decoded.
 * @param root the folder of the package
 * @throws Error that names the file of rows which can't be read
 */
export async function printedCells(root?: string): Promise<Map<PrintedName, CellFacts>> {
  const found = new Map<PrintedName, CellFacts>();
  for (const name of PRINTED) found.set(name, await printedCell(name, root));
  return found;
}

/** The port on which the server of a file of printed rows listened. */
export const printedPort = (name: PrintedName): number => ABOUT[name].port;
