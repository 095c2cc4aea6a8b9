/** Runs the cells that the claims need, judges them, and writes `section-four.md`. */
import path from 'node:path';
import type { ClientDefinition } from '../../clients/client.ts';
import { clients as allClients } from '../../clients/index.ts';
import { scenarios as allScenarios } from '../../clients/scenarios/index.ts';
import { servers as allServers } from '../../servers/index.ts';
import type { ServerDefinition } from '../../servers/server.ts';
import { type CellNeed, standInsOf } from '../claims/claim.ts';
import { factsOf } from '../claims/facts.ts';
import { claims } from '../claims/index.ts';
import { printedCells } from '../claims/printed/printed-evidence.ts';
import { CLAIM_WORDS, type ClaimWords } from '../claims/wording/index.ts';
import { cellId } from '../compare/run-result.ts';
import type { CellPlan } from '../lab/run.ts';
import { resolve, type Selection } from '../lab/selection.ts';
import { isLanguage, LANGUAGES, type Language } from '../model.ts';
import { matrixNeeds, verdictLines } from '../report/section-four.ts';
import { runAndAssemble } from './compare.ts';
import { EXIT, usageError } from './exit.ts';
import { ownCaptures } from './own-captures.ts';
import { writeReports } from './reports.ts';
import { reportRun, type Written, writeReport } from './section-four-report.ts';
import { readRun } from './table.ts';

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
  if (!isLanguage(language)) throw usageError(`there is no language "${language}"; there are: ${LANGUAGES.join(', ')}`);
  if (options.captures !== undefined) {
    const earlier = await readRun(path.join(options.captures, 'run.json'));
    const written = earlier
      ? await reportRun(options.captures, earlier, options.out, language)
      : await judgeOwn(options.captures, options.out, language);
    return print(written, CLAIM_WORDS[language]);
  }
  const { selection, cells } = await plan(options.emulated ?? false);
  const { run, interrupted } = await runAndAssemble(selection, cells, options);
  await writeReports(options.out, run, 'json');
  await print(await reportRun(options.out, run, options.out, language), CLAIM_WORDS[language]);
  for (const cell of run.cells)
    if (cell.state === 'failed') process.stderr.write(`wirematrix: ${cellId(cell)} failed: ${cell.reason.split('\n')[0]}\n`);
  if (interrupted) process.exitCode = EXIT.interrupted;
  else if (run.cells.some(({ state }) => state === 'failed')) process.exitCode = EXIT.failed;
}

async function judgeOwn(dir: string, out: string, language: Language): Promise<Written> {
  const cells = await ownCaptures(dir);
  const facts = factsOf(cells, await printedCells());
  const captures = new Map(cells.map((cell) => [cell.id, cell.capture]));
  return writeReport({
    facts,
    which: 'all',
    language,
    out,
    base: dir,
    origin: CLAIM_WORDS[language].page.fromCaptures(dir),
    // What was captured elsewhere is the thing itself, also where there is only a model of it here.
    titles: new Map([...allServers, ...allClients].map(({ id, title }) => [id, title.replace(/ \(model\)$/, '')])),
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

const print = ({ judged, file }: Written, words: ClaimWords): Promise<void> =>
  new Promise((done) => {
    process.stdout.write(`${verdictLines(judged, words).join('\n')}\n\n${file}\n`, () => done());
  });
