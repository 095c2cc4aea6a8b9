import path from 'node:path';
import { probe as probeClient } from '../../clients/probe/index.ts';
import { identify } from '../../clients/scenarios/identify.ts';
import { OWN_SERVER } from '../compare/findings-file.ts';
import { isObserved } from '../compare/matrix.ts';
import { inWords } from '../findings/findings-of.ts';
import { ownServer } from '../lab/own-server.ts';
import { type CellPlan, planCells } from '../lab/plan.ts';
import { checkListening, scenariosFor, whatToProbe } from '../lab/probe-target.ts';
import { pickClients, resolve, type Selection, select } from '../lab/selection.ts';
import { escapeTerminal } from '../report/escape.ts';
import { hasAnswered, probeText } from '../report/probe-text.ts';
import { resolveReporters, writeReports } from '../report/write-reports.ts';
import { writeInto } from '../results/run-folder.ts';
import { print, terminalOf } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { EXIT, exitCodeOfRun } from './exit.ts';
import { exitCodeOfGate, gateFor } from './gate.ts';
import { baseline, capture, collect, failOn, language, max, out, port, quick, reporter, seconds, window } from './options.ts';
import { runWatched } from './run-watched.ts';

const REPORTERS = 'findings,markdown,csv,html';

/** Asks the user's own server every direct question and prints its column of the matrix, with advice. */
export const addProbe: AddCommand = (program) => {
  program
    .command('probe')
    .description('ask your own server every direct question: its column of the matrix, with advice')
    .argument('[url]', 'a server that runs on this machine, as in http://127.0.0.1:3000/')
    .option('--command <line>', 'start the server by this command line instead, in a namespace of its own')
    .option('--port <n>', 'the port that the started server listens on', port)
    .option('--clients <ids>', 'comma list of clients, or emulated or real: browsers visit the page of the URL (default probe)')
    .option('--socket <path>', 'the unix socket that the server listens on, in the place of a port')
    .option('--path <target>', 'target of the page, as in /index.html (default: the path of the URL, or /)')
    .option('--large <target>', 'target of a larger file, to ask parts of')
    .option('--method-ok <target>', 'target that POST requests may be sent to (default: the page)')
    .option('--header <line>', "field line of each request, as in 'Authorization: Bearer x'; can be repeated", collect)
    .option('--redact', 'write over the values of --header in captures and reports')
    .option('--beside <ids>', 'comma list of servers that are asked the same questions, to be shown beside yours; see list')
    .option('--only <families>', 'comma list of families of questions, as in range,idle; see list')
    .option('--skip <families>', 'comma list of families of questions to leave out')
    .option('--ready-timeout <seconds>', 'how long the started server may take to listen (default 15)', seconds)
    .option('--answer-timeout <seconds>', 'how long to wait for an answer (default 5, or three times the first answers)', seconds)
    .addOption(quick())
    .addOption(window())
    .addOption(out('results/latest-probe'))
    .addOption(capture())
    .addOption(reporter())
    .addOption(baseline())
    .addOption(failOn())
    .addOption(max())
    .addOption(language())
    .option('--all', 'list every value with its frames')
    .action(async (url, options) => {
      // Checked before the run, so that a mistyped name does not cost a whole run.
      if (options.reporter !== undefined) await resolveReporters(options.reporter);
      const gate = await gateFor(options, OWN_SERVER);
      const { own, isolation } = await whatToProbe(url, options);
      const scenarios = scenariosFor(own, options);
      const { ready, missing } = await resolve(pickClients(options.clients ?? probeClient.id));
      const beside = options.beside === undefined ? NONE : await select({ servers: options.beside });
      await checkListening(own);
      const servers = [{ definition: ownServer(OWN_SERVER, own.server), version: 'unknown' }];
      const cells = [
        ...scoutFirst(planCells(servers, ready, scenarios).map((cell) => ({ ...cell, own }))),
        ...planCells(
          beside.servers,
          ready,
          scenarios.filter(({ ownOnly }) => !ownOnly),
        ),
      ];
      const { interrupted, ...assembled } = await runWatched(
        {
          servers: [...servers, ...beside.servers],
          missingServers: beside.missingServers,
          clients: ready,
          missingClients: missing,
          scenarios,
        },
        cells,
        { ...options, scout: cells[0]?.scenario.id === identify.id, ...(isolation ? { isolation } : {}) },
      );
      const { run } = assembled;
      const reasons = gate.look(run);
      await writeInto(
        assembled.folder,
        () => writeReports(assembled.folder, { ...assembled, gate: reasons }, options.reporter ?? REPORTERS),
        { keep: true },
      );
      const found = assembled.found.filter(({ server }) => server === OWN_SERVER);
      const findings = inWords(found, options.language);
      const product = found.find((one) => one.product !== null)?.product?.name ?? null;
      const { columns } = terminalOf(process.stdout);
      await print(probeText(run, findings, { ...options, columns, product }));
      if (run.cells.some(isObserved)) await print(`\nThe captures are in ${escapeTerminal(path.join(options.out, 'captures'))}.\n`);
      process.exitCode = exitCodeOfRun(run, interrupted) || exitCodeOfGate(reasons, run) || (hasAnswered(run) ? EXIT.ok : EXIT.failed);
    });
};

const NONE: Pick<Selection, 'servers' | 'missingServers'> = { servers: [], missingServers: [] };

/** The cell that shows what the port speaks comes first. */
const scoutFirst = (cells: readonly CellPlan[]): CellPlan[] => [
  ...cells.filter(({ scenario }) => scenario.id === identify.id),
  ...cells.filter(({ scenario }) => scenario.id !== identify.id),
];
