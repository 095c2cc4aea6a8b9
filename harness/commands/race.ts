import { pick } from '../lab/selection.ts';
import { raceServers, upstreamSides } from '../race/definitions.ts';
import { parseThresholds } from '../race/judge/gate.ts';
import { readEarlierPairs } from '../race/judge/race-file.ts';
import { renderRaceTerminal } from '../report/race/race-terminal.ts';
import { openRunFolder, writeInto } from '../results/run-folder.ts';
import { print, terminalOf } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { capture, language, out, port, quick, window } from './options.ts';
import { exitCodeOfRace, exitCodeOfRaceGate, ownServerOf, raceInto, raceWindowMs, readyRace } from './run-race.ts';

const DEFAULT_SERVERS = 'planted-400ms,express,express-keepalive-65s';

/** Which upstream side loses requests to which server. */
export const addRace: AddCommand = (program) => {
  program
    .command('race')
    .description('which proxy or client library loses requests to which server: predicted, shown, cured')
    .option('--upstreams <ids>', 'comma list of proxies and client libraries, or all, proxies, libraries', 'all')
    .option('--servers <ids>', `comma list of servers, or planted (default ${DEFAULT_SERVERS}; none beside --command)`)
    .option('--command <line>', 'your own server: started by this command line, in a namespace of its own')
    .option('--port <n>', 'the port that it listens on', port)
    .addOption(quick())
    .addOption(window())
    .addOption(out('results/latest-race'))
    .addOption(capture())
    .addOption(language())
    .option(
      '--fail-on <list>',
      'exit code 1 for pairs whose requests met the close (race), that lost any (lost), or are predicted to race (predicted)',
    )
    .option('--baseline <file>', 'the race.json of an earlier race; exit code 1 for pairs that are new and worse alone')
    .action(async (options) => {
      const wanted = pick(options.upstreams, upstreamSides, 'upstream', {
        all: () => true,
        proxies: ({ kind }) => kind === 'proxy',
        libraries: ({ kind }) => kind === 'library',
      });
      const own = ownServerOf(options);
      const list = options.servers ?? (own === null ? DEFAULT_SERVERS : null);
      const wantedServers = list === null ? [] : pick(list, raceServers, 'server', { planted: ({ id }) => id.startsWith('planted-') });
      // Read before the run, so that a mistyped name does not cost a whole run.
      const thresholds = parseThresholds(options.failOn ?? '');
      const earlier = options.baseline === undefined ? null : await readEarlierPairs(options.baseline);
      const ready = await readyRace({ upstreams: wanted, servers: wantedServers, own }, options.capture);
      const folder = await openRunFolder(options.out, { mode: 'replace' });
      const windowMs = raceWindowMs(options);
      await writeInto(folder, async () => {
        const { result, interrupted } = await raceInto(folder, ready, { ...options, windowMs, quick: options.quick ?? false });
        await print(renderRaceTerminal(result, terminalOf(process.stdout), options.language));
        process.exitCode = exitCodeOfRace(result, interrupted) || exitCodeOfRaceGate(result, thresholds, earlier);
      });
    });
};
