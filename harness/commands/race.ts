import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { loadConfig } from '../config/load.ts';
import { settingsOf } from '../config/settings.ts';
import { DEFAULT_SERVERS, lackLine, planRace } from '../race/plan-race.ts';
import { runRace } from '../race/race.ts';
import { raceFiles } from '../report/race/race-files.ts';
import { renderRaceTerminal } from '../report/race/race-terminal.ts';
import { openRunFolder, writeInto } from '../results/run-folder.ts';
import { writeAtomically } from '../system/files.ts';
import { print, terminalOf } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { EXIT } from './exit.ts';
import { capture, config, language, out, port, quick, window } from './options.ts';
import { say } from './say.ts';

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
    .action(async (given) => {
      const { options, extras } = settingsOf(undefined, given, await loadConfig(given.config));
      const plan = await planRace({ ...options, ownServers: extras.servers, ownUpstreams: extras.proxies });
      for (const lack of [...plan.missingUpstreams, ...plan.missingServers]) say(lackLine(lack));
      const interrupt = new AbortController();
      // Each lane adds a listener to it.
      setMaxListeners(0, interrupt.signal);
      const folder = await openRunFolder(options.out, { mode: 'replace' });
      const onSignal = () => {
        if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
        say('finishing the captures under way; Ctrl-C again ends it at once');
        interrupt.abort();
      };
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal);
      let failed = false;
      await writeInto(folder, async () => {
        const result = await runRace({ ...plan, out: folder.staging, signal: interrupt.signal }, (done, all, what) =>
          say(`${done}/${all} ${what}`),
        );
        for await (const file of raceFiles(result, folder.staging))
          await writeAtomically(path.join(folder.staging, file.path), file.content);
        await print(renderRaceTerminal(result, terminalOf(process.stdout), options.language));
        failed =
          [...result.upstreams, ...result.servers].some(({ reason }) => reason !== null) ||
          result.pairs.some(({ state }) => state === 'failed');
      });
      process.exitCode = interrupt.signal.aborted ? EXIT.interrupted : failed ? EXIT.failed : EXIT.ok;
    });
};
