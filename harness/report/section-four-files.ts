/** Writes `section-four.md`, and beside it the packets of the printed rows that it refers to. */
import path from 'node:path';
import type { Facts, Judgement, PrintedName } from '../claims/claim.ts';
import { factsOf } from '../claims/facts.ts';
import { type Judged, judgeClaims, ranOnly } from '../claims/index.ts';
import { printedCells, printedPort, rebuiltCapture } from '../claims/printed/printed-evidence.ts';
import { CLAIM_WORDS } from '../claims/wording/index.ts';
import { cellId, type RunResult } from '../compare/run-result.ts';
import { type DecodedCapture, decodeFile } from '../decode/decode-capture.ts';
import type { Language } from '../model.ts';
import type { CellStore } from '../results/cell-store.ts';
import { factsOfRun } from '../results/facts-of-run.ts';
import { ownCaptures } from '../results/own-captures.ts';
import type { RunFolder } from '../results/run-folder.ts';
import { writeAtomically } from '../system/files.ts';
import { ladderOf } from './ladder.ts';
import { ladderText } from './ladder-text.ts';
import { TITLES } from './phrases/phrases.ts';
import { sectionFourMarkdown } from './section-four.ts';

export const SECTION_FOUR = 'section-four.md';
/** Below the report's own folder, wherever the other captures are. */
const REBUILT = 'captures/lab-reports';
const LADDER_COLUMNS = 110;

/** The claims to report, where the evidence is from, and where the report goes. */
export interface SectionFourSource {
  facts: Facts;
  judged: readonly Judged[];
  language: Language;
  /** Folder that the report goes to. */
  folder: RunFolder;
  /** Where the evidence comes from: one sentence. */
  origin: string;
  titles: ReadonlyMap<string, string>;
  /** The capture file of a cell; `null` where there is none. */
  captureOf(cell: string): string | null;
  /** Name of the report. */
  name?: string;
  /** What that file shows, with its frames. */
  decoded(cell: string): Promise<DecodedCapture>;
}

/** A report of section four that was written: its verdicts, and the path of the file. */
export interface Written {
  judged: readonly Judged[];
  file: string;
}

/** A run, and how its report is wanted. */
export interface RunReport {
  /** Folder of the run. */
  dir: string;
  run: RunResult;
  store: CellStore;
  /** Where the claims were judged already; else they are judged now. */
  facts?: Facts;
  judged?: readonly Judged[];
  folder: RunFolder;
  language: Language;
  /** `ran`: only claims of which at least one cell was run. */
  which: 'all' | 'ran';
  /** Where the capture of a cell is, where it is not the run's own; `null`: there is none to link to. */
  linkOf?: (cell: string) => string | null;
  /** Name of the report. */
  name?: string;
}

/** Writes the report of a run: again, or in another language. */
export async function reportRun({ dir, run, store, folder, language, which, linkOf, name, ...given }: RunReport): Promise<Written> {
  const facts = given.facts ?? (await factsOfRun(run, store));
  const all = given.judged ?? judgeClaims(facts);
  const captures = new Map(run.cells.flatMap((cell) => (cell.state === 'observed' ? [[cellId(cell), cell.capture]] : [])));
  const captureOf = (cell: string): string | null => captures.get(cell) ?? null;
  return writeSectionFour({
    facts,
    judged: which === 'all' ? all : ranOnly(all, facts),
    language,
    folder,
    origin: CLAIM_WORDS[language].page.run(run.run.startedAt.slice(0, 10), Math.round(run.run.longestWaitMs / 1000)),
    titles: titlesIn(language, [...run.servers, ...run.clients]),
    captureOf: (cell) => {
      if (linkOf) return linkOf(cell);
      const capture = captureOf(cell);
      return capture === null ? null : path.join(dir, capture);
    },
    ...(name === undefined ? {} : { name }),
    decoded: (cell) => store.evidence(captureOf(cell) ?? ''),
  });
}

/**
 * Judges captures of the user's own and writes the report.
 * @param definitions servers and clients, for their titles
 * @throws CodedError (bad-argument) for a folder that can't be used
 */
export async function reportOwn(
  dir: string,
  folder: RunFolder,
  language: Language,
  definitions: readonly { id: string; title: string }[],
): Promise<Written> {
  const cells = await ownCaptures(dir);
  const facts = factsOf(cells, await printedCells());
  const captures = new Map(cells.map((cell) => [cell.id, path.join(dir, cell.capture)]));
  return writeSectionFour({
    facts,
    judged: judgeClaims(facts),
    language,
    folder,
    origin: CLAIM_WORDS[language].page.fromCaptures(dir),
    // What was captured elsewhere is the thing itself, also where there is only a model of it here.
    titles: new Map([...titlesIn(language, definitions)].map(([id, title]) => [id, title.replace(/ \(model\)$|（模型）$/, '')])),
    captureOf: (cell) => captures.get(cell) ?? null,
    decoded: (cell) => decodeFile(captures.get(cell) ?? '', { frames: true }),
  });
}

/** Titles of servers and clients in a language, by id. */
const titlesIn = (language: Language, rows: readonly { id: string; title: string }[]): Map<string, string> =>
  new Map(rows.map(({ id, title }) => [id, TITLES[language][`server.${id}`] ?? TITLES[language][`client.${id}`] ?? title]));

/** @throws Error that names the file and the remedy where something can't be written */
export async function writeSectionFour({
  facts,
  judged,
  language,
  folder,
  origin,
  titles,
  captureOf,
  decoded,
  name: report = SECTION_FOUR,
}: SectionFourSource): Promise<Written> {
  const out = folder.dir;
  const printed = await writePrinted(judged, facts, folder);
  const text = await sectionFourMarkdown({
    judged,
    facts,
    words: CLAIM_WORDS[language],
    origin,
    titles,
    captureOf: (cell) => {
      const name = printed.get(cell);
      const file = name ? printedFile(out, name) : captureOf(cell);
      return file && path.relative(out, file).split(path.sep).join('/');
    },
    ladder: async ({ ladder }) => {
      if (!ladder) return null;
      const name = printed.get(ladder.cell);
      if (!name && captureOf(ladder.cell) === null) return null;
      const shown = name
        ? await decodeFile(printedFile(folder.staging, name), { frames: true, ports: [printedPort(name)] })
        : await decoded(ladder.cell);
      return drawLadder(ladder, shown, facts, language);
    },
  });
  await folder.checkFree(report);
  await writeAtomically(path.join(folder.staging, report), text);
  return { judged, file: path.join(out, report) };
}

const printedFile = (out: string, name: PrintedName): string => path.join(out, REBUILT, `${name}.pcap`);

/** Rebuilds the packets of the printed rows, so that they can be opened too. Returns the name of the rows by cell. */
async function writePrinted(judged: readonly Judged[], facts: Facts, folder: RunFolder): Promise<Map<string, PrintedName>> {
  const names = new Map<string, PrintedName>();
  for (const name of new Set(judged.flatMap(({ claim }) => claim.printed))) {
    const cell = facts.printed(name);
    if (!cell) continue;
    await folder.checkFree(printedFile('', name));
    await writeAtomically(printedFile(folder.staging, name), await rebuiltCapture(name));
    names.set(cell.id, name);
  }
  return names;
}

function drawLadder(
  { cell, stream }: NonNullable<Judgement['ladder']>,
  { capture, connections, frames = [] }: DecodedCapture,
  facts: Facts,
  language: Language,
): string[] | null {
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
