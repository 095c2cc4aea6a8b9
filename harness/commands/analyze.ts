import { loadAnalyze } from '../analysis/load-bundle.ts';
import type { AddCommand } from './command.ts';
import { EXIT } from './exit.ts';
import { port } from './options.ts';
import { say } from './say.ts';

/** Observations of any capture file, or of standard input. */
export const addAnalyze: AddCommand = (program) => {
  program
    .command('analyze')
    .description('what is worth a look in any pcap or pcapng capture, and its observations, in constant memory')
    .argument('<file>', 'the capture (gzip too), or - for standard input: tcpdump -w - | wirematrix analyze -')
    .option('--json', 'as JSON, in the shapes of run.json')
    .option('--port <n...>', 'ports of servers: only their connections are reported', (text: string, before: number[] = []) => [
      ...before,
      port(text),
    ])
    .option('--all', 'list every exchange, not a screenful of them')
    .action(async (file, options) => {
      // Ctrl-C ends the capturing program at the other end of the pipe; what it captured is then analyzed.
      if (file === '-') process.once('SIGINT', () => {});
      const { analyze } = await loadAnalyze();
      const damage = await analyze(file, options, process.stdout);
      if (!damage) return;
      const where = file === '-' ? 'standard input' : file;
      say(`${where} is damaged after frame ${damage.lastFrame} (${damage.faults.join(', ')}): what follows was not read`);
      process.exitCode = EXIT.failed;
    });
};
