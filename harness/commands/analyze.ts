import { loadAnalyze } from '../analysis/load-bundle.ts';
import type { AddCommand } from './command.ts';
import { EXIT } from './exit.ts';
import { port } from './options.ts';
import { say } from './say.ts';

/** Observations of any capture file, or of standard input. */
export const addAnalyze: AddCommand = (program) => {
  program
    .command('analyze')
    .description('observations of any pcap or pcapng capture, in constant memory')
    .argument('<file>', 'the capture (gzip too), or - for standard input: tcpdump -w - | wirematrix analyze -')
    .option('--json', 'as JSON, in the shapes of run.json')
    .option('--port <n...>', 'ports of servers: only their connections are reported', (text: string, before: number[] = []) => [
      ...before,
      port(text),
    ])
    .action(async (file, options) => {
      const { analyze } = await loadAnalyze();
      const trouble = await analyze(file, options, process.stdout);
      if (!trouble) return;
      const where = file === '-' ? 'standard input' : file;
      if ('why' in trouble)
        say(`nothing could be read of ${where}: ${trouble.why}\n${trouble.remedies.map((remedy) => `  - ${remedy}`).join('\n')}`);
      else say(`${where} is damaged after frame ${trouble.lastFrame} (${trouble.faults.join(', ')}): what follows was not read`);
      process.exitCode = EXIT.failed;
    });
};
