/** Runs the cells that the claims need, judges them, and writes `section-four.md`. */
import path from 'node:path';
import type { ClientDefinition } from '../../clients/client.ts';
import { clients as allClients } from '../../clients/index.ts';
import { scenarios as allScenarios } from '../../clients/scenarios/index.ts';
import { servers as allServers } from '../../servers/index.ts';
import type { ServerDefinition } from '../../servers/server.ts';
import type { CellFacts, CellNeed, Facts, Judgement } from '../claims/claim.ts';
import { standInsOf } from '../claims/claim.ts';
import { cellFacts, factsOf } from '../claims/facts.ts';
import { claims, type Judged, judgeClaims } from '../claims/index.ts';
import { isNeeded } from '../claims/needed.ts';
import { CLAIM_LANGUAGES, type ClaimLanguage, type Sentences, sentencesOf } from '../claims/wording/index.ts';
import { cellId, type RunResult } from '../compare/run-result.ts';
import { decodeFile } from '../decode.ts';
import { readEvidence } from '../evidence.ts';
import { writeAtomically } from '../files.ts';
import type { Evidence } from '../model.ts';
import { printedCells, printedPort, rebuiltCapture } from '../printed-evidence.ts';
import { ladderOf } from '../report/ladder.ts';
import { ladderText } from '../report/ladder-text.ts';
import { matrixNeeds, sectionFourMarkdown, verdictLines } from '../report/section-four.ts';
import type { CellPlan } from '../run.ts';
import { runAndAssemble } from './compare.ts';
import { EXIT, usageError } from './exit.ts';
import { ownCaptures } from './own-captures.ts';
import { writeReports } from './reports.ts';
import { resolve, type Selection } from './selection.ts';
import { readRun } from './table.ts';

const REPORT = 'section-four.md';
/** Below the report's own folder, wherever the other captures are. */
const REBUILT = 'captures/lab-reports/';
const LADDER_COLUMNS = 110;

export interface SectionFourOptions {
  lang?: string;
  out: string;
  quick?: boolean;
  window?: number;
  capture: string;
  /** Judge these captures instead of running anything: of one's own, or an earlier run's folder. */
  captures?: string;
  /** Use emulated browsers even where the real ones are installed. */
  emulated?: boolean;
}

/** @throws CommandError (usage) for an unknown language or an unusable folder of captures, (unable) where nothing can run here */
export async function sectionFour(options: SectionFourOptions): Promise<void> {
  const language = options.lang ?? 'en';
  if (!isLanguage(language)) throw usageError(`there is no language "${language}"; there are: ${CLAIM_LANGUAGES.join(', ')}`);
  if (options.captures !== undefined) {
    const earlier = await readRun(path.join(options.captures, 'run.json'));
    return earlier ? reportRun(options.captures, earlier, options.out, language) : judgeOwn(options.captures, options.out, language);
  }
  const { selection, cells } = await plan(options.emulated ?? false);
  const { run, interrupted } = await runAndAssemble(selection, cells, options);
  await writeReports(options.out, run, 'json');
  await reportRun(options.out, run, options.out, language);
  for (const cell of run.cells)
    if (cell.state === 'failed') process.stderr.write(`wirematrix: ${cellId(cell)} failed: ${cell.reason.split('\n')[0]}\n`);
  if (interrupted) process.exitCode = EXIT.interrupted;
  else if (run.cells.some(({ state }) => state === 'failed')) process.exitCode = EXIT.failed;
}

/** Judges a run's captures and writes the report: again, or in another language. */
async function reportRun(dir: string, run: RunResult, out: string, language: ClaimLanguage): Promise<void> {
  const facts = await factsOfRun(dir, run);
  const origin = sentencesOf(language).page.run(run.run.startedAt.slice(0, 10), Math.round(run.run.longestWaitMs / 1000));
  await report({ facts, language, out, base: dir, origin, titles: titlesOf(run), captures: capturePaths(run) });
}

const isLanguage = (language: string): language is ClaimLanguage => CLAIM_LANGUAGES.some((known) => known === language);

async function judgeOwn(dir: string, out: string, language: ClaimLanguage): Promise<void> {
  const cells = await ownCaptures(dir);
  const facts = factsOf(cells, await printedCells());
  const captures = new Map(cells.map((cell) => [cell.id, cell.capture]));
  await report({
    facts,
    language,
    out,
    base: dir,
    origin: sentencesOf(language).page.fromCaptures(dir),
    titles: new Map(allServers.map(({ id, title }) => [id, title])),
    captures,
  });
}

/**
 * The cells of all claims and of the matrix, each once: the first of a need's stand-ins that is installed. Real browsers act out what the report's
 * browsers did; the large comparison of kinds of visit is left to the profiles, which are held against the real ones elsewhere (`fidelity`).
 */
async function plan(emulatedOnly: boolean): Promise<{ selection: Selection; cells: CellPlan[] }> {
  const wanted = [...claims.flatMap((claim) => claim.cells), ...matrixNeeds()];
  const serverIds = new Set(wanted.flatMap(({ server }) => standInsOf(server)));
  const clientIds = new Set(wanted.flatMap(({ client }) => standInsOf(client)));
  const servers = await resolve<ServerDefinition>(allServers.filter(({ id }) => serverIds.has(id)));
  const clients = await resolve<ClientDefinition>(
    allClients.filter(({ id, provenance }) => clientIds.has(id) && !(emulatedOnly && provenance === 'real')),
  );
  const cells = new Map<string, CellPlan>();
  for (const need of wanted) {
    const server = standInsOf(need.server).flatMap((id) => servers.ready.find(({ definition }) => definition.id === id) ?? [])[0];
    const client = standInsOf(need.client)
      .flatMap((id) => clients.ready.find(({ definition }) => definition.id === id) ?? [])
      .find(({ definition }) => definition.provenance !== 'real' || actedByReal(need));
    const scenario = allScenarios.find(({ id }) => id === need.scenario);
    if (!server || !client || !scenario) continue;
    cells.set(`${server.definition.id}/${client.definition.id}/${scenario.id}`, { server, client, scenario });
  }
  const list = [...cells.values()].sort((a, b) => rank(a) - rank(b));
  const used = {
    servers: new Set(list.map(({ server }) => server.definition.id)),
    clients: new Set(list.map(({ client }) => client.definition.id)),
    scenarios: new Set(list.map(({ scenario }) => scenario.id)),
  };
  const selection: Selection = {
    servers: servers.ready.filter(({ definition }) => used.servers.has(definition.id)),
    missingServers: servers.missing,
    clients: clients.ready.filter(({ definition }) => used.clients.has(definition.id)),
    missingClients: clients.missing,
    scenarios: allScenarios.filter(({ id }) => used.scenarios.has(id)),
  };
  return { selection, cells: list };
}

const EMULATED_VISITS: ReadonlySet<string> = new Set(['link-revisit', 'reload', 'hard-reload', 'cache-disabled']);
const actedByReal = ({ scenario }: CellNeed): boolean => !EMULATED_VISITS.has(scenario);

/** Those that wait longest begin first, so that the others run in their shadow. */
const rank = ({ scenario }: CellPlan): number => ['close-late', 'idle', 'close'].indexOf(scenario.id) >>> 0;

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

interface ReportGiven {
  facts: Facts;
  language: ClaimLanguage;
  out: string;
  /** Folder that `captures` are relative to. */
  base: string;
  origin: string;
  titles: ReadonlyMap<string, string>;
  captures: Map<string, string>;
}

async function report({ facts, language, out, base, origin, titles, captures }: ReportGiven): Promise<void> {
  const words = sentencesOf(language);
  const judged = judgeClaims(facts, 'all');
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
  await print(judged, words, file);
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
  language: ClaimLanguage,
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

const print = (judged: readonly Judged[], words: Sentences, file: string): Promise<void> =>
  new Promise((done) => {
    process.stdout.write(`${verdictLines(judged, words).join('\n')}\n\n${file}\n`, () => done());
  });
