import { isObserved } from '../compare/matrix.ts';
import { loadConfig } from '../config/load.ts';
import { settingsOf } from '../config/settings.ts';
import { withExtras } from '../lab/extras.ts';
import { planProbe } from '../lab/probe-plan.ts';
import { OWN_SERVER } from '../model.ts';
import { type Behind, parseBehind } from '../race/behind.ts';
import { upstreamSides } from '../race/definitions.ts';
import { RACE_THRESHOLDS, type RaceThreshold, splitThresholds } from '../race/judge/gate.ts';
import { earlierPairsBeside } from '../race/judge/race-file.ts';
import { type OwnUpstreamInput, type PlannedRace, planRace } from '../race/plan-race.ts';
import { hasAnswered, probeText } from '../report/probe-text.ts';
import { frontsBefore } from '../report/race/fronts.ts';
import { renderFronts } from '../report/race/race-terminal.ts';
import { findingsIn } from '../report/run-in-language.ts';
import { renderVaried } from '../report/terminal.ts';
import { writeReports } from '../report/write-reports.ts';
import { openGate } from '../results/gate.ts';
import { writeInto } from '../results/run-folder.ts';
import { badArgument } from '../system/coded-error.ts';
import { print, terminalOf } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { EXIT, exitCodeOfRun } from './exit.ts';
import { exitCodeOfGate } from './gate.ts';
import {
  atLeastOne,
  baseline,
  capture,
  collect,
  config,
  failOn,
  languageAsked,
  max,
  out,
  port,
  quick,
  reporter,
  seconds,
  window,
  wordsOf,
} from './options.ts';
import { sayOwn } from './own.ts';
import { exitCodeOfRace, printRace, type RaceGate, raceInto, sayWhatLacks } from './run-race.ts';
import { runWatched, untilWritten } from './run-watched.ts';
import { reportersNamed, sayWhere } from './where.ts';
import { type HowToRun, runWithUi, type WrittenRun } from './with-ui.ts';

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
    .option('--behind <fronts>', 'what stands in front of it, as in nginx,aws-alb=60 (seconds): whether that sends requests into its close')
    .option(
      '--race',
      'with --behind and --command: aim requests at the close of your server, through those that are here (client libraries too)',
    )
    .option('--only <families>', 'comma list of families of questions, as in range,idle; see list')
    .option('--skip <families>', 'comma list of families of questions to leave out')
    .option('--ready-timeout <seconds>', 'how long the started server may take to listen (default 15)', seconds)
    .option('--samples <n>', 'how many times the idle timer is measured, at different phases (default 4)', upTo20)
    .option('--repeat <n>', 'ask everything this many times, and show what varies', atLeastOne)
    .option('--answer-timeout <seconds>', 'how long to wait for an answer (default 5, or three times the first answers)', seconds)
    .addOption(quick())
    .addOption(window())
    .addOption(out('results/latest-probe'))
    .addOption(capture())
    .addOption(reporter())
    .addOption(config())
    .addOption(baseline())
    .addOption(failOn(`; with --race also ${RACE_THRESHOLDS.join(', ')}`))
    .addOption(max())
    .addOption(languageAsked())
    .option('--all', 'list every value with its frames')
    .option('--ui', 'serve the report on 127.0.0.1 while it asks: cells fill in, and can be run again; on a terminal until Ctrl-C')
    .option('--open', 'open the report when it is written; with --ui, when it is served')
    .action(async (server, given) => {
      const { url, options, extras, own, raceFailOn } = settingsOf(server, given, await loadConfig(given.config));
      if (options.race && options.ui) throw badArgument('--race is part of no run of which cells are run again: leave out --ui, or --race');
      // Checked before the run, so that a mistyped name does not cost a whole run.
      await reportersNamed(options);
      const { behind, race, failOn } = await behindOf(options, extras.proxies, raceFailOn);
      const gate = await openGate({ ...options, failOn }, own, OWN_SERVER);
      const plan = await planProbe(OWN_SERVER, url, options);
      const { selection, cells } = await withExtras(plan, extras);
      const once = async ({ follow, isAgain, resume, judged }: HowToRun): Promise<WrittenRun> => {
        const { interrupted, ...assembled } = await runWatched(selection, cells, { ...options, ...plan.run, own, resume, judged }, follow);
        const { run, folder } = assembled;
        if (isAgain && interrupted) {
          await folder.discard();
          return { ...assembled, interrupted, exitCode: EXIT.interrupted };
        }
        const exitOfOwn = sayOwn(assembled);
        const reasons = gate.look(run);
        const raced = await untilWritten(() =>
          writeInto(
            folder,
            async () => {
              await writeReports(folder, { ...assembled, gate: reasons, language: options.language }, options.reporter ?? REPORTERS);
              return race === null || interrupted ? null : raceInto(folder, race.plan, options.language);
            },
            { keep: true },
          ),
        );
        const found = assembled.found.filter(({ server }) => server === OWN_SERVER);
        const findings = findingsIn(found, options.language);
        const product = found.find((one) => one.product !== null)?.product?.name ?? null;
        const { columns } = terminalOf(process.stdout);
        await print(probeText(run, findings, { ...options, columns, product, own: own.observations }));
        if (run.run.repeat !== undefined) await print(`\n${renderVaried(run, options.language, columns)}`);
        if (behind.fronts.length > 0) await print(`\n${renderFronts(frontsBefore(run, behind.fronts), columns, options.language)}`);
        if (raced !== null) {
          await print('\n');
          await printRace(raced.result, options.out, options.language);
        }
        if (run.cells.some(isObserved))
          await sayWhere(folder.place, {
            by: interrupted ? null : 'probe',
            language: options.language,
            opens: options.open === true && !options.ui,
            prints: true,
          });
        // Each says why.
        const codes = [exitCodeOfGate(reasons, run), raced === null || race === null ? EXIT.ok : exitCodeOfRace(raced.result, false, race)];
        const exitCode =
          exitCodeOfRun(run, interrupted || raced?.interrupted) ||
          codes.find((code) => code !== EXIT.ok) ||
          exitOfOwn ||
          (hasAnswered(run) ? EXIT.ok : EXIT.failed);
        return { ...assembled, interrupted, exitCode };
      };
      const { exitCode } = options.ui ? await runWithUi(once, {}, options) : await once({});
      process.exitCode = exitCode;
    });
};

interface BehindOptions {
  behind?: string | undefined;
  race?: true | undefined;
  command?: string | undefined;
  port?: number | undefined;
  failOn?: string | undefined;
  quick?: boolean | undefined;
  window?: number | undefined;
  readyTimeout?: number | undefined;
  capture: string;
  baseline?: string | undefined;
}

/**
 * What stands in front of the server; the race with it, where it was asked for; and what is left of `--fail-on` for the findings.
 * @param proxies those of the user's own
 * @param raceFailOn what the configuration says of the race
 * @throws CodedError
 */
async function behindOf(
  { behind: list, race, failOn, capture, baseline, command, port, quick, window, readyTimeout }: BehindOptions,
  proxies: readonly OwnUpstreamInput[],
  raceFailOn: readonly RaceThreshold[],
): Promise<{
  behind: Behind;
  race: (RaceGate & { plan: PlannedRace }) | null;
  failOn: string | undefined;
}> {
  const known = [...upstreamSides, ...proxies].map(({ id }) => id);
  const behind = list === undefined ? { fronts: [], sides: [] } : parseBehind(list, known);
  const words = splitThresholds(wordsOf(failOn ?? ''));
  if (!race) {
    if (words.race.length > 0) throw badArgument(`--fail-on ${words.race.join(',')}: nothing is raced: add --behind and --race`);
    const unwritten = behind.sides.find((side) => behind.fronts.every(({ documented }) => documented.side !== side));
    if (unwritten !== undefined) throw badArgument(`--behind: what ${unwritten} does is known by its packets alone: add --race`);
    return { behind, race: null, failOn };
  }
  if (command === undefined || port === undefined)
    throw badArgument('--race starts your server for each pair: give --command and --port in the place of the URL');
  const wanted = known.filter((id) => behind.sides.includes(id));
  if (wanted.length === 0) throw badArgument(`--race: --behind names nothing that can run here; there are: ${known.join(', ')}`);
  const earlier = baseline === undefined ? null : await earlierPairsBeside(baseline);
  const plan = await planRace({ command, port, quick, window, readyTimeout, upstreams: wanted.join(','), ownUpstreams: proxies, capture });
  sayWhatLacks(plan);
  return {
    behind,
    race: { plan, thresholds: [...raceFailOn, ...words.race], earlier },
    failOn: words.others.length === 0 ? undefined : words.others.join(','),
  };
}

/** More would outlast the time that one action may take. @throws CodedError (bad-argument) */
function upTo20(text: string): number {
  const value = atLeastOne(text);
  if (value > 20) throw badArgument(`"${text}" is not a number of samples from 1 to 20`);
  return value;
}
