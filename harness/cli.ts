#!/usr/bin/env node
/** Arguments in, exit code out. Each command's work is in `commands/`. */
import { Command, CommanderError, Option } from 'commander';
import { CommandError, EXIT } from './commands/exit.ts';
import { reasonOf } from './system/reason.ts';

const program = new Command('wirematrix')
  .description('What web servers and browsers really do on the wire: a comparison matrix in which every value names its frames.')
  .version('0.1.0')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();

const seconds = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || value > 3_600)
    throw new CommandError(EXIT.usage, `"${text}" is not a number of seconds above 0, up to 3600`);
  return value;
};

const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new CommandError(EXIT.usage, `"${text}" is not a number above 0`);
  return value;
};

const atLeastOne = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new CommandError(EXIT.usage, `"${text}" is not a whole number of at least 1`);
  return value;
};

const port = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535) throw new CommandError(EXIT.usage, `"${text}" is not a port number`);
  return value;
};

// `compare` and `fidelity` have these two alike.
const rate = (): Option => new Option('--rate <kbit>', "slow every cell's link down to so many kilobits per second").argParser(positive);
const delay = (): Option =>
  new Option(
    '--delay <ms>',
    "let a packet take so long from one end of every cell's link to the other (where the kernel has netem)",
  ).argParser(positive);

program
  .command('compare')
  .description('run servers × clients × scenarios, capture, and print the comparison matrix')
  .option('--servers <ids>', 'comma list of server ids, or the groups all, real, models, variants (see list)')
  .option('--clients <ids>', 'comma list of client ids, or the groups all, emulated, real')
  .option('--scenarios <ids>', 'comma list of scenario ids, or all')
  .option('--quick', 'watch idle connections for no longer than 8 s')
  .option('--window <seconds>', 'watch idle connections for at most this long (default 95)', seconds)
  .option('--out <dir>', 'folder for the results', 'results/latest')
  .option('--capture <backend>', 'auto, tcpdump or cap', 'auto')
  .option('--models', 'run the models beside their real servers')
  .option('--reporter <list>', 'comma list of reporters, or paths to your own')
  .option('--baseline <file>', "a run.json to compare with; exit code 1 when a cell's value differs")
  .option('--at-once <n>', 'cells that act at one time (default: one a core, at least 2); fewer disturb each other less', atLeastOne)
  .addOption(rate())
  .addOption(delay())
  .option('--shard <i/n>', 'run only the i-th of n parts of the cells (merge joins them)')
  .action(async (options) => (await import('./commands/compare.ts')).compare(options));

program
  .command('table')
  .description("make the table and every report again from a run's captures, without a network")
  .argument('[dir]', 'folder of a run', 'results/latest')
  .option('--reporter <list>', 'comma list of reporters, or paths to your own')
  .action(async (dir, options) => (await import('./commands/table.ts')).table(dir, options));

program
  .command('probe')
  .description('ask your own server every direct question: its column of the matrix, with advice')
  .argument('[url]', 'a server that runs on this machine, as in http://127.0.0.1:3000/')
  .option('--command <line>', 'start the server by this command line instead, in a namespace of its own')
  .option('--port <n>', 'the port that the started server listens on', port)
  .option('--clients <ids>', 'comma list of clients, or emulated or real: browsers visit the page of the URL (default probe)')
  .option('--large <target>', 'target of a larger file, to ask parts of')
  .option('--quick', 'watch idle connections for no longer than 8 s')
  .option('--window <seconds>', 'watch idle connections for at most this long (default 95)', seconds)
  .option('--out <dir>', 'folder for the results', 'results/latest-probe')
  .option('--capture <backend>', 'auto, tcpdump or cap', 'auto')
  .option('--reporter <list>', 'comma list of reporters, or paths to your own')
  .action(async (url, options) => (await import('./commands/probe.ts')).probe(url, options));

program
  .command('section-four')
  .description('run what section four of the lab report needs, judge every claim, and write section-four.md')
  .option('--lang <language>', 'en or zh', 'en')
  .option('--quick', 'watch idle connections for no longer than 8 s: what needs longer is then not observable')
  .option('--window <seconds>', 'watch idle connections for at most this long (default 95)', seconds)
  .option('--out <dir>', 'folder for the results', 'results/latest')
  .option(
    '--captures <dir>',
    'run nothing: judge captures named <server>__<browser>.pcapng (or listed in manifest.json), or an earlier run again',
  )
  .option('--emulated', 'emulated browsers only, also where real ones are installed')
  .option('--capture <backend>', 'auto, tcpdump or cap', 'auto')
  .action(async (options) => (await import('./commands/section-four.ts')).sectionFour(options));

program
  .command('analyze')
  .description('observations of any pcap or pcapng capture, in constant memory')
  .argument('<file>', 'the capture (gzip too), or - for standard input: tcpdump -w - | wirematrix analyze -')
  .option('--json', 'as JSON, in the shapes of run.json')
  .option('--port <n...>', 'ports of servers: only their connections are told', (text: string, before: number[] = []) => [
    ...before,
    port(text),
  ])
  .action(async (file, options) => (await (await import('./commands/analyze-bundle.ts')).loadAnalyze()).analyze(file, options));

program
  .command('explain')
  .description('one cell as a story: what happened, a ladder diagram of each connection, and the values with their frames')
  .argument('<cell>', 'server/client/scenario, or a capture file')
  .option('--dir <dir>', 'folder of the run', 'results/latest')
  .option('--ascii', 'draw with ASCII characters only')
  .option('--language <code>', 'en or zh', 'en')
  .action(async (cell, options) => (await import('./commands/explain.ts')).explain(cell, options));

program
  .command('merge')
  .description('join the runs of several shards into one')
  .argument('<dirs...>', 'folders of the runs')
  .option('--out <dir>', 'folder for the joined run', 'results/latest')
  .option('--reporter <list>', 'comma list of reporters, or paths to your own')
  .action(async (dirs, options) => (await import('./commands/merge.ts')).merge(dirs, options));

program
  .command('fidelity')
  .description('emulated browsers against real ones, or models against the servers they imitate: a score for each, and what differs')
  .option('--servers [ids]', 'the servers that the browsers visit (default real); without ids: models against their real servers instead')
  .option('--clients <ids>', 'comma list of emulated browsers (default: all that have a real counterpart)')
  .option('--scenarios <ids>', 'comma list of scenario ids (default all)')
  .option('--runs <n>', 'runs of the real browsers: what varies between them is their range', Number, 3)
  .option('--rescore', 'run nothing: the score of the captures that an earlier fidelity left in the folder')
  .option('--reuse', 'take the captures of the real browsers that an earlier fidelity left in the folder')
  .option('--quick', 'watch idle connections for no longer than 8 s')
  .option('--window <seconds>', 'watch idle connections for at most this long (default 95)', seconds)
  .option('--out <dir>', 'folder for the results', 'results/latest-fidelity')
  .option('--capture <backend>', 'auto, tcpdump or cap', 'auto')
  .option('--at-once <n>', 'cells that act at one time (default: one for two cores): which connection is free first is a race', atLeastOne)
  .addOption(rate())
  .addOption(delay())
  .option('--min <percent>', 'exit code 1 where a score is lower', Number)
  .action(async ({ servers, ...options }) => {
    const { fidelity } = await import('./commands/fidelity.ts');
    await fidelity(servers === true ? { ...options, models: true } : { ...options, servers });
  });

program
  .command('list')
  .description('list servers, clients, scenarios, observations, claims and reporters')
  .argument('[what]', 'servers, clients, scenarios, observations, claims or reporters')
  .option('--json', 'as JSON')
  .action(async (what, options) => (await import('./commands/list.ts')).list(what, options));

program
  .command('doctor')
  .description('what this machine has: capture, isolation, servers, browsers; for each lack, the one command that mends it')
  .option('--json', 'as JSON')
  .action(async (options) => (await import('./commands/doctor.ts')).doctor(options));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // --help and --version end here too, with 0; every other reason is an argument that is wrong.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else if (error instanceof CommandError) {
    process.stderr.write(`wirematrix: ${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(`wirematrix: ${reasonOf(error)}\n`);
    process.exitCode = EXIT.failed;
  }
}
