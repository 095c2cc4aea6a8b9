import type { RunInfo, RunResult } from '../compare/run-result.ts';
import { loadConfig } from '../config/load.ts';
import { settingsOf } from '../config/settings.ts';
import { selectWith, withExtras } from '../lab/extras.ts';
import { type CellPlan, identityOf, planCells } from '../lab/plan.ts';
import { withCells } from '../lab/selection.ts';
import { costsFrom, parseShard, shardOf } from '../lab/shards.ts';
import { cellId } from '../model.ts';
import { writeReports } from '../report/write-reports.ts';
import { definitionsOf } from '../results/definitions.ts';
import { openGate } from '../results/gate.ts';
import { readRunAt } from '../results/read-run.ts';
import { type CutRun, findCutRun } from '../results/resume.ts';
import { writeInto } from '../results/run-folder.ts';
import { sectionFourCells } from '../results/section-four-cells.ts';
import { badArgument, CodedError } from '../system/coded-error.ts';
import type { AddCommand } from './command.ts';
import { EXIT, exitCodeOfRun } from './exit.ts';
import { exitCodeOfGate } from './gate.ts';
import { atLeastOne, baseline, capture, config, delay, failOn, languageAsked, max, out, quick, rate, reporter, window } from './options.ts';
import { sayOwn } from './own.ts';
import { howToReportAgain, howToResume, runWatched, untilWritten } from './run-watched.ts';
import { say } from './say.ts';
import { printsTable, reportersNamed, sayWhere } from './where.ts';
import { type HowToRun, runWithUi, type WrittenRun } from './with-ui.ts';

/** Runs the matrix, writes the run's folder and prints the table. */
export const addCompare: AddCommand = (program) => {
  program
    .command('compare')
    .description('run servers × clients × scenarios, capture, and print the comparison matrix')
    .option(
      '--servers <ids>',
      'comma list of server ids, of versions as in node-http@18..26, or of groups: all, real, python, … (see list)',
    )
    .option('--clients <ids>', 'comma list of client ids, or the groups all, emulated, real')
    .option('--scenarios <ids>', 'comma list of scenario ids, or all')
    .addOption(quick())
    .addOption(window())
    .addOption(out('results/latest'))
    .addOption(capture())
    .option('--models', 'also run the models of the chosen servers')
    .option('--claims', 'run the cells of the claims too (as section-four does), so that every claim is judged')
    .addOption(reporter())
    .addOption(languageAsked())
    .addOption(config())
    .addOption(baseline())
    .addOption(failOn())
    .addOption(max())
    .option(
      '--at-once <n>',
      'cells that act at one time (default: 8 a core, a browser counts as 2, a real one as 8); fewer disturb each other less',
      atLeastOne,
    )
    .addOption(rate())
    .addOption(delay())
    .option('--open', 'open the report when it is written; with --ui, when it is served')
    .option('--ui', 'serve the report on 127.0.0.1 while the run goes on: cells fill in, and can be run again; on a terminal until Ctrl-C')
    .option('--repeat <n>', 'run each cell this many times, and show what varies', atLeastOne)
    .option('--shard <i/n>', 'run only the i-th of n parts of the cells (merge joins them)')
    .option('--times <run>', 'with --shard: parts that take as long by the times of this earlier run; the same one for every shard')
    .option('--resume <dir>', 'go on with the run that was cut in this folder, by the options that it was given')
    .action(async (given, command) => {
      const cut = given.resume === undefined ? null : await findCutRun(given.resume);
      if (cut) refuseTogether(Object.keys(given).filter((name) => CHOOSING.has(name) && command.getOptionValueSource(name) === 'cli'));
      if (given.times !== undefined && given.shard === undefined)
        throw badArgument('--times only serves to plan shards: name one with --shard');
      const asked = cut?.run.asked ?? askedOf(given);
      const { options, extras, own } = settingsOf(
        undefined,
        { ...given, ...asked, ...(cut ? recorded(cut, given.resume) : {}) },
        await loadConfig(asked.config),
      );
      const wanted = await selectWith(options, extras);
      const matrix = { selection: wanted, cells: planCells(wanted.servers, wanted.clients, wanted.scenarios) };
      const plan = await withExtras(options.claims ? withCells(await sectionFourCells(false), matrix) : matrix, extras);
      const { selection } = plan;
      const { cells, shard } = await partOf(plan.cells, cut ? {} : given);
      // Checked before the run, so that a mistyped name does not cost a whole run.
      const chosen = await reportersNamed(options);
      const prints = printsTable(chosen);
      const gate = await openGate(options, own);
      const resume = cut ?? undefined;
      const definitions = definitionsOf(plan.cells);
      const once = async ({ follow, isAgain, resume, judged }: HowToRun): Promise<WrittenRun> => {
        const { interrupted, ...assembled } = await runWatched(
          selection,
          cells,
          { ...options, own, asked, definitions, shard, resume, judged },
          follow,
        );
        const { run, folder } = assembled;
        if (isAgain && interrupted) {
          await folder.discard();
          return { ...assembled, interrupted, exitCode: EXIT.interrupted };
        }
        const exitOfOwn = sayOwn(assembled);
        const reasons = gate.look(run);
        const reports = () => writeReports(folder, { ...assembled, gate: reasons, language: options.language }, options.reporter);
        folder.supersedes = !interrupted;
        await untilWritten(() => writeInto(folder, reports, { keep: true })).catch((error: unknown) => {
          throw error instanceof CodedError
            ? new CodedError(error.code, `${error.message}\n${howToReportAgain(folder.place)}; ${howToResume(options.out)}`)
            : error;
        });
        await sayWhere(folder.place, {
          by: interrupted ? null : 'compare',
          language: options.language,
          opens: options.open === true && !options.ui,
          prints,
        });
        if (interrupted) say(`interrupted; what was captured by then is in ${options.out}. ${howToResume(options.out)}`);
        return { ...assembled, interrupted, exitCode: exitCodeOfRun(run, interrupted) || exitCodeOfGate(reasons, run) || exitOfOwn };
      };
      const { exitCode } = options.ui ? await runWithUi(once, { resume }, options) : await once({ resume });
      process.exitCode = exitCode;
    });
};

/** Options that choose the cells and how they are run: both halves of a run have the same. */
const CHOOSING: ReadonlySet<string> = new Set([
  ...['servers', 'clients', 'scenarios', 'models', 'claims', 'config', 'quick', 'window', 'out', 'capture', 'rate', 'delay'],
  ...['repeat', 'shard', 'times'],
]);

/** @throws CodedError (bad-argument) where there is any */
function refuseTogether(names: readonly string[]): void {
  if (names.length === 0) return;
  const options = names.map((name) => `--${name}`).join(', ');
  throw badArgument(`--resume goes on by the options that the run was given: leave ${options} out`);
}

type Chosen = Partial<Record<'servers' | 'clients' | 'scenarios' | 'config', string | undefined>> &
  Partial<Record<'models' | 'claims', boolean | undefined>>;

function askedOf({ servers, clients, scenarios, models, claims, config: file }: Chosen): NonNullable<RunInfo['asked']> {
  const asked = { servers, clients, scenarios, models, claims, config: file };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

/** How the first half of a run was run. */
const recorded = ({ run: { longestWaitMs, capture: by, link, repeat = 1 } }: CutRun, out: string | undefined) => ({
  ...(out === undefined ? {} : { out }),
  window: longestWaitMs / 1000,
  capture: by.backend,
  rate: link?.rateKbit,
  delay: link?.delayMs,
  repeat,
});

/** The cells of the shard that was asked for, and what says so in run.json. */
async function partOf(
  cells: CellPlan[],
  { shard, times }: { shard?: string | undefined; times?: string | undefined },
): Promise<{ cells: CellPlan[]; shard?: NonNullable<RunInfo['shard']> }> {
  if (shard === undefined) return { cells };
  const part = parseShard(shard);
  const measured = times === undefined ? new Map<string, number>() : costsIn(await readRunAt(times));
  if (times !== undefined && measured.size === 0)
    throw badArgument(`${times} says of no cell how long it took: name a run of compare of this version`);
  return { cells: shardOf(cells, part, costsFrom(measured)), shard: { ...part, cells: cells.map((cell) => cellId(identityOf(cell))) } };
}

const costsIn = ({ cells }: RunResult): Map<string, number> =>
  new Map(cells.flatMap((cell) => ('activeMs' in cell && cell.activeMs !== undefined ? [[cellId(cell), cell.activeMs] as const] : [])));
