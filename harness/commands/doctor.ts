import { clients } from '../../clients/index.ts';
import { servers } from '../../servers/index.ts';
import { checkEach, checkMachine, checkServers } from '../lab/checks.ts';
import { upstreamSides } from '../race/definitions.ts';
import { checksText } from '../report/checks-text.ts';
import { escapeJson } from '../report/escape.ts';
import { print } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { EXIT } from './exit.ts';

/** Prints what this machine has, and for each thing it lacks the one command that mends it. */
export const addDoctor: AddCommand = (program) => {
  program
    .command('doctor')
    .description('what this machine has: capture, isolation, servers, browsers; for each thing it lacks, the one command that mends it')
    .option('--json', 'as JSON')
    .action(async ({ json }) => {
      const checks = (
        await Promise.all([checkMachine(), checkServers(servers), checkEach('client', clients), checkEach('upstream', upstreamSides)])
      ).flat();
      await print(json ? `${escapeJson(JSON.stringify(checks, null, 2))}\n` : checksText(checks));
      if (!checks.some(({ kind, state }) => kind === 'capture' && state === 'ok')) process.exitCode = EXIT.unable;
    });
};
