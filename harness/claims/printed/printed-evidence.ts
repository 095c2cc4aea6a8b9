/** The rows that the lab reports print, decoded as any capture is. */
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

/** The pcap file that the rows of a report give. @throws where the file of rows is not there */
export async function rebuiltCapture(name: PrintedName): Promise<Uint8Array> {
  return rebuildCapture(parseRows(await readFile(path.join(projectRoot(), FOLDER, `${name}.tsv`), 'utf8')), ABOUT[name].port);
}

/** Rebuilds and decodes one file of printed rows; connections of other programs are left in. */
export async function printedCell(name: PrintedName): Promise<CellFacts> {
  const { server, port } = ABOUT[name];
  const { capture, connections } = await decodeFile(await rebuiltCapture(name), { ports: [port] });
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

/** All files of printed rows that are there. A package without its test folder has none. */
export async function printedCells(): Promise<Map<PrintedName, CellFacts>> {
  const found = new Map<PrintedName, CellFacts>();
  for (const name of PRINTED) {
    const cell = await printedCell(name).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (cell) found.set(name, cell);
  }
  return found;
}

export const printedPort = (name: PrintedName): number => ABOUT[name].port;
