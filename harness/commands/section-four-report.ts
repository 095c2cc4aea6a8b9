/** Judges claims over a run or over captures of one's own, and writes `section-four.md`. */
import path from 'node:path';
import type { CellFacts, Facts, Judgement } from '../claims/claim.ts';
import { cellFacts, factsOf } from '../claims/facts.ts';
import { claims, type Judged, judgeClaims } from '../claims/index.ts';
import { isNeeded } from '../claims/needed.ts';
import { printedCells, printedPort, rebuiltCapture } from '../claims/printed/printed-evidence.ts';
import { CLAIM_WORDS } from '../claims/wording/index.ts';
import { cellId, type RunResult } from '../compare/run-result.ts';
import { readEvidence } from '../decode/cell-evidence.ts';
import { decodeFile } from '../decode/decode-capture.ts';
import type { Evidence, Language } from '../model.ts';
import { ladderOf } from '../report/ladder.ts';
import { ladderText } from '../report/ladder-text.ts';
import { matrixNeeds, sectionFourMarkdown } from '../report/section-four.ts';
import { writeAtomically } from '../system/files.ts';

const REPORT = 'section-four.md';
/** Below the report's own folder, wherever the other captures are. */
const REBUILT = 'captures/lab-reports/';
const LADDER_COLUMNS = 110;

export interface Written {
  judged: Judged[];
  file: string;
}

/** Judges a run's captures and writes the report: again, or in another language. */
export async function reportRun(
  dir: string,
  run: RunResult,
  out: string,
  language: Language,
  which: 'all' | 'ran' = 'all',
): Promise<Written> {
  const facts = await factsOfRun(dir, run);
  const origin = CLAIM_WORDS[language].page.run(run.run.startedAt.slice(0, 10), Math.round(run.run.longestWaitMs / 1000));
  return writeReport({ facts, which, language, out, base: dir, origin, titles: titlesOf(run), captures: capturePaths(run) });
}

/** Reads the evidence of the cells that claims look at, and the printed rows. */
export async function factsOfRun(dir: string, run: RunResult): Promise<Facts> {
  const evidence = new Map<string, Evidence>();
  const inMatrix = new Set(matrixNeeds().map(({ scenario }) => scenario));
  for (const cell of run.cells) {
    if (cell.state !== 'observed' || !(isNeeded(cell) || inMatrix.has(cell.scenario))) continue;
    const { server, client, scenario } = cell;
    evidence.set(cellId(cell), { ...(await readEvidence(path.join(dir, cell.capture))), cell: { server, client, scenario } });
  }
  return factsOf(cellFacts(run, evidence), await printedCells());
}

const titlesOf = (run: RunResult): Map<string, string> => new Map([...run.servers, ...run.clients].map(({ id, title }) => [id, title]));

const capturePaths = (run: RunResult): Map<string, string> =>
  new Map(run.cells.flatMap((cell) => (cell.state === 'observed' ? [[cellId(cell), cell.capture]] : [])));

export interface ReportGiven {
  facts: Facts;
  which: 'all' | 'ran';
  language: Language;
  out: string;
  /** Folder that `captures` are relative to. */
  base: string;
  origin: string;
  titles: ReadonlyMap<string, string>;
  captures: Map<string, string>;
}

export async function writeReport({ facts, which, language, out, base, origin, titles, captures }: ReportGiven): Promise<Written> {
  const words = CLAIM_WORDS[language];
  const judged = judgeClaims(facts, which);
  await writePrinted(judged, facts, out, captures);
  const text = await sectionFourMarkdown({
    judged,
    facts,
    words,
    origin,
    titles,
    captureOf: (cell) => {
      const capture = fileOf(cell, base, out, captures);
      return capture && path.relative(out, capture).split(path.sep).join('/');
    },
    ladder: (judgement) => ladder(judgement, facts, language, (cell) => fileOf(cell, base, out, captures)),
  });
  const file = path.join(out, REPORT);
  await writeAtomically(file, text);
  return { judged, file };
}

/** Rebuilt packets of the printed rows are written beside the captures, so that they can be opened too. */
async function writePrinted(judged: readonly Judged[], facts: Facts, out: string, captures: Map<string, string>): Promise<void> {
  for (const name of new Set(judged.flatMap(({ claim }) => claim.printed))) {
    const cell = facts.printed(name);
    if (!cell) continue;
    const file = `${REBUILT}${name}.pcap`;
    await writeAtomically(path.join(out, file), await rebuiltCapture(name));
    captures.set(cell.id, file);
  }
}

const fileOf = (cell: CellFacts['id'], base: string, out: string, captures: ReadonlyMap<string, string>): string | null => {
  const file = captures.get(cell);
  if (file === undefined) return null;
  return path.join(file.startsWith(REBUILT) ? out : base, file);
};

async function ladder(
  judgement: Judgement,
  facts: Facts,
  language: Language,
  fileFor: (cell: string) => string | null,
): Promise<string[] | null> {
  if (!judgement.ladder) return null;
  const { cell, stream } = judgement.ladder;
  const file = fileFor(cell);
  if (file === null) return null;
  const printed = claims.flatMap((claim) => claim.printed).find((name) => facts.printed(name)?.id === cell);
  const {
    capture,
    connections,
    frames = [],
  } = await decodeFile(file, { frames: true, ...(printed ? { ports: [printedPort(printed)] } : {}) });
  const connection = connections.find((one) => one.stream === stream);
  if (!connection) return null;
  const [server = '', client = '', scenario = ''] = cell.split('/');
  const steps = facts.find({ server, client, scenario })?.evidence.steps ?? [];
  return ladderText(ladderOf(connection, frames, { steps, endNs: capture.endNs, arrows: 30 }), {
    language,
    columns: LADDER_COLUMNS,
    ascii: language === 'en',
  });
}
