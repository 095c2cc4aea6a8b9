import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { selectBackend } from '../lab/capture/select.ts';
import { isolation } from '../lab/namespace.ts';
import { ownServer, shellCommand } from '../lab/own-server.ts';
import { pick, resolve } from '../lab/selection.ts';
import { OWN_SERVER } from '../model.ts';
import { raceServers, upstreamSides } from '../race/definitions.ts';
import { runRace } from '../race/race.ts';
import { raceFiles } from '../report/race/race-files.ts';
import { renderRaceTerminal } from '../report/race/race-terminal.ts';
import { openRunFolder, writeInto } from '../results/run-folder.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { writeAtomically } from '../system/files.ts';
import { print, terminalOf } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { EXIT } from './exit.ts';
import { capture, language, out, port, quick, window } from './options.ts';
import { say } from './say.ts';

const DEFAULT_WINDOW_S = 95;
const QUICK_WINDOW_S = 8;
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
    .action(async (options) => {
      const wanted = pick(options.upstreams, upstreamSides, 'upstream', {
        all: () => true,
        proxies: ({ kind }) => kind === 'proxy',
        libraries: ({ kind }) => kind === 'library',
      });
      const own = ownServerOf(options);
      const list = options.servers ?? (own === null ? DEFAULT_SERVERS : null);
      const wantedServers = list === null ? [] : pick(list, raceServers, 'server', { planted: ({ id }) => id.startsWith('planted-') });
      const how = await isolation();
      if (how.kind === 'shared-loopback')
        throw unableHere(`a race needs a network namespace for each lane: ${how.why.reason}\nremedy: ${how.why.remedy}`);
      const backend = await selectBackend(options.capture, how);
      if ('skipped' in backend)
        throw unableHere(`packets can't be captured here: ${backend.skipped.reason}\nremedy: ${backend.skipped.remedy}`);
      const [upstreams, servers] = await Promise.all([resolve(wanted), resolve(wantedServers)]);
      for (const { definition, skipped } of [...upstreams.missing, ...servers.missing])
        say(`${definition.id}: ${skipped.reason}; ${skipped.remedy}`);
      if (upstreams.ready.length === 0 || (servers.ready.length === 0 && own === null)) throw unableHere('none of the pairs can run here');
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
        const result = await runRace(
          {
            upstreams: upstreams.ready,
            missingUpstreams: upstreams.missing,
            servers:
              own === null ? servers.ready : [{ definition: ownServer(OWN_SERVER, own.server), version: 'unknown' }, ...servers.ready],
            ...(own === null ? {} : { own }),
            missingServers: servers.missing,
            windowMs: (options.window ?? (options.quick ? QUICK_WINDOW_S : DEFAULT_WINDOW_S)) * 1_000,
            quick: options.quick ?? false,
            out: folder.staging,
            backend: backend.id,
            isolation: how,
            signal: interrupt.signal,
          },
          (done, all, what) => say(`${done}/${all} ${what}`),
        );
        for await (const file of raceFiles(result, folder.staging, options.language))
          await writeAtomically(path.join(folder.staging, file.path), file.content);
        await print(renderRaceTerminal(result, terminalOf(process.stdout), options.language));
        failed =
          [...result.upstreams, ...result.servers].some(({ reason }) => reason !== null) ||
          result.pairs.some(({ state }) => state === 'failed');
      });
      process.exitCode = interrupt.signal.aborted ? EXIT.interrupted : failed ? EXIT.failed : EXIT.ok;
    });
};

/** @throws CodedError (bad-argument) where one of the two is missing */
function ownServerOf({ command, port }: { command?: string; port?: number }) {
  if (command === undefined && port === undefined) return null;
  if (command === undefined || port === undefined)
    throw badArgument('--command and --port go together: what starts your server, and the port it listens on');
  return { server: { title: command, command: shellCommand(command, process.cwd()) }, port };
}
