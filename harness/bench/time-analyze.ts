/**
 * `npm run bench:decode`: times `analyze` (connections, exchanges, observations) against tshark and tcptrace on the same capture of
 * real traffic, in the same run.
 *
 * The best of several runs counts; tshark, which takes long enough, runs once. Two ratios are shown: of elapsed time, and of processor time,
 * which other programs on the machine disturb less.
 *
 *     node dist/harness/bench/time-analyze.js [--runs N] [FILE]
 */
import { stat } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findProgram } from '../system/programs.ts';
import { benchCapture } from './capture.ts';
import { best, type Measured } from './measure.ts';

/** What `analyze` shows of an exchange, as far as tshark has fields for it. */
const HTTP_FIELDS = [
  'frame.number',
  'frame.time_relative',
  'tcp.stream',
  'http.request.method',
  'http.request.uri',
  'http.request.line',
  'http.response.code',
  'http.response.line',
  'http.content_length',
  'http.request_in',
  'http.time',
];

interface Contestant {
  name: string;
  /** The command that installs it. */
  remedy: string;
  command: string;
  args: readonly string[];
  runs: number;
  /** How many times faster `analyze` is meant to be. */
  aim: number | null;
}

async function main(): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const { values, positionals } = parseArgs({ options: { runs: { type: 'string', default: '3' } }, allowPositionals: true });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs takes a whole number of at least 1, not ${values.runs}`);
  const file = positionals[0] ?? (await benchCapture(say));
  const megabytes = (await stat(file)).size / 1e6;
  say(`${file}: ${megabytes.toFixed(0)} MB`);
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  if (load > cores / 2)
    say(`the machine is busy (load ${load.toFixed(1)} on ${cores} cores): the times are too long, the ratios uncertain`);

  // As `npm run analyze` starts it (setup/start.mjs).
  const options = cores <= 2 ? ['--v8-pool-size=1'] : [];
  const analyze = [...options, fileURLToPath(new URL('../cli.js', import.meta.url)), 'analyze', file];
  const ours = await best(runs, process.execPath, analyze);
  const json = await best(runs, process.execPath, [...analyze, '--json']);
  say(row('analyze', ours, null, null));
  say(row('analyze --json', json, null, null));
  const contestants: readonly Contestant[] = [
    {
      name: 'tshark -Y http -T fields',
      remedy: 'apt-get install -y tshark',
      command: 'tshark',
      args: ['-n', '-r', file, '-Y', 'http', '-T', 'fields', ...HTTP_FIELDS.flatMap((field) => ['-e', field])],
      runs: 1,
      aim: 40,
    },
    {
      name: 'tshark -q -z conv,tcp',
      remedy: 'apt-get install -y tshark',
      command: 'tshark',
      args: ['-n', '-q', '-z', 'conv,tcp', '-r', file],
      runs: 1,
      aim: null,
    },
    { name: 'tcptrace', remedy: 'apt-get install -y tcptrace', command: 'tcptrace', args: [file], runs, aim: 1 },
  ];
  for (const contestant of contestants) {
    if (!findProgram(contestant.command)) say(`${contestant.name.padEnd(26)} skipped; to have it: ${contestant.remedy}`);
    else say(row(contestant.name, await best(contestant.runs, contestant.command, contestant.args), ours, contestant.aim));
  }
}

function row(name: string, { wall, cpu, peakMb }: Measured, ours: Measured | null, aim: number | null): string {
  const figures = `${wall.toFixed(2).padStart(7)} s  ${cpu.toFixed(2).padStart(7)} s processor  ${peakMb.toFixed(0).padStart(5)} MB`;
  const ratio = ours
    ? `   ${(wall / ours.wall).toFixed(1)} times analyze, ${(cpu / ours.cpu).toFixed(1)} by processor time${aim === null ? '' : ` (aim: ${aim})`}`
    : '';
  return `${name.padEnd(26)} ${figures}${ratio}`;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
