import { loadConfig } from '../config/load.ts';
import { settingsOf } from '../config/settings.ts';
import { type EarlierPair, parseThresholds } from '../race/judge/gate.ts';
import { earlierPairsBeside, readEarlierPairs } from '../race/judge/race-file.ts';
import { DEFAULT_SERVERS, planRace } from '../race/plan-race.ts';
import { openRunFolder, writeInto } from '../results/run-folder.ts';
import type { AddCommand } from './command.ts';
import { capture, config, language, out, port, quick, window, wordsOf } from './options.ts';
import { exitCodeOfRace, printRace, raceInto, sayWhatLacks } from './run-race.ts';

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
    .addOption(language())
    .option(
      '--fail-on <list>',
      'exit code 1 for pairs whose requests met the close (race), that lost any (lost), or are predicted to race (predicted)',
    )
    .option('--baseline <file>', 'the race.json of an earlier race, or its folder; exit code 1 for pairs that are new and worse alone')
    .action(async (given) => {
      const { options, extras, raceFailOn } = settingsOf(undefined, given, await loadConfig(given.config));
      // Read before the run, so that a mistyped name does not cost a whole run.
      const thresholds = given.failOn === undefined ? raceFailOn : parseThresholds(wordsOf(given.failOn));
      const earlier = await earlierOf(given.baseline, options.baseline);
      const plan = await planRace({ ...options, ownServers: extras.servers, ownUpstreams: extras.proxies });
      sayWhatLacks(plan);
      const folder = await openRunFolder(options.out, { mode: 'replace' });
      await writeInto(folder, async () => {
        const { result, interrupted } = await raceInto(folder, plan, options.language);
        await printRace(result, options.out, options.language);
        process.exitCode = exitCodeOfRace(result, interrupted, { thresholds, earlier });
      });
    });
};

/** The pairs of the baseline. That of the configuration may be one of findings: what counts is the race beside it. @throws CodedError (bad-argument) */
async function earlierOf(named: string | undefined, configured: string | undefined): Promise<EarlierPair[] | null> {
  if (named !== undefined) return readEarlierPairs(named);
  return configured === undefined ? null : earlierPairsBeside(configured);
}
