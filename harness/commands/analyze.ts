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
    .option('--html <out>', 'also writes a page of it for a browser: every connection on a time axis, ladders, heads; no network needed')
    .action(async (file, { html, ...options }) => {
      const page = html === undefined ? undefined : (await import('../analysis/analysis-html.ts')).openPage(html, file);
      const { analyze } = await loadAnalyze();
      const damage = await analyze(file, { ...options, page }, process.stdout);
      if (page) say(page.written);
      if (!damage) return;
      const where = file === '-' ? 'standard input' : file;
      say(`${where} is damaged after frame ${damage.lastFrame} (${damage.faults.join(', ')}): what follows was not read`);
      process.exitCode = EXIT.failed;
    });
};
