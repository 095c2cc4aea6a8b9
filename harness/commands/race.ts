import { loadConfig } from '../config/load.ts';
import { settingsOf } from '../config/settings.ts';
import { parseThresholds } from '../race/judge/gate.ts';
import { readEarlierPairs } from '../race/judge/race-file.ts';
import { DEFAULT_SERVERS, planRace } from '../race/plan-race.ts';
import { renderRaceTerminal } from '../report/race/race-terminal.ts';
import { openRunFolder, writeInto } from '../results/run-folder.ts';
import { print, terminalOf } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { capture, config, languageAsked, out, port, quick, window } from './options.ts';
import { exitCodeOfRace, exitCodeOfRaceGate, raceInto, sayWhatLacks } from './run-race.ts';

/** Which upstream side loses requests to which server. */
export const addRace: AddCommand = (program) => {
  program
    .command('race')
    .description('which proxy or client library loses requests to which server: predicted, shown, cured')
    .option('--upstreams <ids>', 'comma list of proxies and client libraries, or all, proxies, libraries (default all)')
    .option('--servers <ids>', `comma list of servers, or planted (default ${DEFAULT_SERVERS}; none beside --command)`)
    .option('--command <line>', 'your own server: started by this command line, in a namespace of its own')
    .option('--port <n>', 'the port that it listens on', port)
    .addOption(quick())
    .addOption(window())
    .addOption(out('results/latest-race'))
    .addOption(capture())
    .addOption(config())
    .addOption(languageAsked())
    .option(
      '--fail-on <list>',
      'exit code 1 for pairs whose requests met the close (race), that lost any (lost), or are predicted to race (predicted)',
    )
    .option('--baseline <file>', 'the race.json of an earlier race; exit code 1 for pairs that are new and worse alone')
    .action(async (given) => {
      const { options, extras } = settingsOf(undefined, given, await loadConfig(given.config));
      // Read before the run, so that a mistyped name does not cost a whole run. The configuration's thresholds are those of findings.
      const thresholds = parseThresholds(given.failOn ?? '');
      const earlier = given.baseline === undefined ? null : await readEarlierPairs(given.baseline);
      const plan = await planRace({ ...options, ownServers: extras.servers, ownUpstreams: extras.proxies });
      sayWhatLacks(plan);
      const folder = await openRunFolder(options.out, { mode: 'replace' });
      await writeInto(folder, async () => {
        const { result, interrupted } = await raceInto(folder, plan, options.language);
        await print(renderRaceTerminal(result, terminalOf(process.stdout), options.language));
        process.exitCode = exitCodeOfRace(result, interrupted) || exitCodeOfRaceGate(result, thresholds, earlier);
      });
    });
};
