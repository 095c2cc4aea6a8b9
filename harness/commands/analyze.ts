import { statSync } from 'node:fs';
import { isatty } from 'node:tty';
import { setFlagsFromString } from 'node:v8';
import { loadAnalyze } from '../analysis/load-bundle.ts';
import { badArgument } from '../system/coded-error.ts';
import { endWithOutput } from '../system/standard-streams.ts';
import type { AddCommand } from './command.ts';
import { EXIT } from './exit.ts';
import { port } from './options.ts';
import { say } from './say.ts';

const STANDARD_INPUT = '-';
/** A capture that goes on for this long after Ctrl-C may never end. */
const STILL_READING_MS = 1_000;

/** Observations of any capture file, or of standard input. */
export const addAnalyze: AddCommand = (program) => {
  program
    .command('analyze')
    .description(
      'what is worth a look in any pcap or pcapng capture, and its observations, in constant memory; of many captures, what they add up to',
    )
    .argument(
      '<captures...>',
      'the capture (gzip too), or - for standard input: tcpdump -w - | wirematrix analyze -; several captures and folders: a line for each, over all cores',
    )
    .option('--json', 'as JSON, in the shapes of run.json')
    .option('--port <n...>', 'ports of servers: only their connections are reported', (text: string, before: number[] = []) => [
      ...before,
      port(text),
    ])
    .option('--all', 'list every exchange, not a screenful of them')
    .option('--html <out>', 'also writes a page of it for a browser: every connection on a time axis, ladders, heads; no network needed')
    .action(async (captures, { html, ...options }) => {
      const [file = ''] = captures;
      if (isMany(captures)) {
        for (const [name, value] of Object.entries({ all: options.all, html }))
          if (value !== undefined) throw badArgument(`--${name} shows one capture: leave it out, or name one file`);
        endWithOutput();
        const { analyzeMany } = await import('./analyze-many.ts');
        const troubled = await analyzeMany(captures, options, process.stdout);
        if (troubled > 0) process.exitCode = EXIT.failed;
        return;
      }
      // This process ends within seconds: inlining as much as V8 does by default takes more time than it saves (a tenth of the whole).
      setFlagsFromString('--max-inlined-bytecode-size-cumulative=300');
      // A page is still to be written where the reader of the text goes away.
      if (html === undefined) endWithOutput();
      if (file === STANDARD_INPUT) readOnAfterInterrupt();
      const page = html === undefined ? undefined : (await import('../analysis/analysis-html.ts')).openPage(html, file);
      const { analyze } = await loadAnalyze();
      const trouble = await analyze(file, { ...options, page }, process.stdout);
      if (page) say(page.written);
      if (!trouble) return;
      const where = file === STANDARD_INPUT ? 'standard input' : file;
      if ('why' in trouble)
        say(`nothing in ${where} could be read: ${trouble.why}\n${trouble.remedies.map((remedy) => `  - ${remedy}`).join('\n')}`);
      else
        say(
          `${where} is damaged ${trouble.lastFrame === 0 ? 'before its first frame' : `after frame ${trouble.lastFrame}`} (${trouble.faults.join(', ')}): what follows was not read; for the rest, capture it again`,
        );
      process.exitCode = EXIT.failed;
    });
};

/**
 * Ctrl-C reaches the program that captures and this one at the same time. The first Ctrl-C ends the capture, and what was captured by then is read
 * and reported; the second one ends this process.
 */
function readOnAfterInterrupt(): void {
  if (isatty(0)) throw badArgument('standard input is a terminal: pipe a capture into it, as in tcpdump -w - | wirematrix analyze -');
  let interrupted = false;
  process.on('SIGINT', () => {
    if (interrupted) process.exit(EXIT.interrupted);
    interrupted = true;
    setTimeout(() => say('reading standard input to its end; Ctrl-C again ends it at once'), STILL_READING_MS).unref();
  });
}

/** Whether many captures are meant: several, or a folder. */
function isMany([first = '', ...others]: readonly string[]): boolean {
  if (others.length > 0) return true;
  try {
    return statSync(first).isDirectory();
  } catch {
    // `analyze` says why it can't be read.
    return false;
  }
}
