/**
 * `npm run bench:run`: what a run costs: how much longer it lasts than its longest wait, processor time a cell by part, memory at the peak, how these grow with the
 * number of cells; `table` on its folder; the same visits by a script of commands, one after the other; and what the capture costs a server.
 *
 * Times of a busy machine are too long; processor time, and ratios measured in turns, are less disturbed.
 *
 *     node dist/harness/bench/time-run.js [--cells 50,270] [--window SECONDS] [--visits N] [--rounds N]
 */
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type CellPlan, planCells } from '../lab/plan.ts';
import { descendants } from '../lab/process-tree.ts';
import type { CellOutcome } from '../lab/run.ts';
import { type Selection, select } from '../lab/selection.ts';
import { writeReports } from '../report/write-reports.ts';
import { runAndAssemble } from '../results/run-and-assemble.ts';
import { writeInto } from '../results/run-folder.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { captureCost } from './capture-cost.ts';
import { handVisits } from './hand-visits.ts';
import { best } from './measure.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const POLL_MS = 500;
const PARTS = ['lane', 'client', 'capture', 'server'] as const;
/** What of `table` is timed. */
const TABLES = [
  ['run.json and table.md', ['--reporter', 'markdown']],
  ['every report', []],
] as const;
const HAND_SERVERS = ['python-http', 'node-http', 'nginx'];

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

function numbers(text: string, option: string): number[] {
  const found = text.split(',').map(Number);
  if (found.some((value) => !Number.isInteger(value) || value < 1))
    throw new Error(`${option} takes whole numbers of at least 1, not "${text}"`);
  return found;
}

/** In bytes. `rings`: what the kernel shares with the captures (a capture's RssFile, its program included). */
interface Memory {
  own: number;
  rings: number;
}

const CAPTURE_PROGRAM = 'tcpdump';

/** The fields of `/proc/PID/status`; empty of a process that has ended. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

/** Memory that this process and all that came from it hold for themselves (RssAnon of proc(5)), sampled; the rings are those of the same moment. */
function watchMemory(): { stop(): Memory } {
  let peak: Memory = { own: 0, rings: 0 };
  // Read on this thread, which costs the run least.
  const look = (): void => {
    const sum: Memory = { own: 0, rings: 0 };
    for (const pid of [process.pid, ...descendants(process.pid)]) {
      const status = statusOf(pid);
      const bytes = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024;
      sum.own += bytes('RssAnon');
      if (status.startsWith(`Name:\t${CAPTURE_PROGRAM}\n`)) sum.rings += bytes('RssFile');
    }
    if (sum.own > peak.own) peak = sum;
  };
  const timer = setInterval(look, POLL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}

const ownCpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Runs these cells with all reports, and says what that took. @returns the wall time of the run in milliseconds */
async function timeRun(selection: Selection, cells: CellPlan[], window: number, out: string): Promise<{ wallMs: number }> {
  const parts = { lane: 0, client: 0, capture: 0, server: 0 };
  const counts = { observed: 0, other: 0, dropped: 0 };
  const ends = (outcome: CellOutcome): void => {
    if (outcome.state !== 'observed') {
      counts.other++;
      say(`    ${outcome.cell.server}/${outcome.cell.client}/${outcome.cell.scenario}: ${outcome.reason}`);
      return;
    }
    counts.observed++;
    counts.dropped += outcome.dropped ?? 0;
    for (const part of PARTS) parts[part] += outcome.cpu?.[part] ?? 0;
  };
  const memory = watchMemory();
  const began = { wall: performance.now(), cpu: ownCpuMs() };
  let lanesOver = began;
  const listener = {
    begins() {},
    event() {},
    ends,
    stop: () => {
      lanesOver = { wall: performance.now(), cpu: ownCpuMs() };
    },
  };
  const { signal } = new AbortController();
  // Each lane adds a listener to it.
  setMaxListeners(0, signal);
  const done = await runAndAssemble(selection, cells, { out, capture: 'auto', window }, { warn: say, begin: () => listener }, signal);
  const assembled = ownCpuMs();
  await writeInto(done.folder, () => writeReports(done.folder, done, 'json,markdown,csv,html,har'));
  const reported = ownCpuMs();
  const wallMs = performance.now() - began.wall;
  const peak = memory.stop();
  const { durationMs, longestWaitMs } = done.run.run;
  const own = { run: lanesOver.cpu - began.cpu, decode: assembled - lanesOver.cpu, report: reported - assembled };
  const total = Object.values(parts).reduce((sum, ms) => sum + ms, 0) + own.run + own.decode + own.report;
  const each = (ms: number): string => `${(ms / cells.length / 1000).toFixed(3)} s`;
  say(`  ${counts.observed} cells observed, ${counts.other} not; ${counts.dropped} frames lost`);
  say(
    `  lasted ${seconds(durationMs)}, ${(durationMs / longestWaitMs).toFixed(2)} times its longest wait of ${longestWaitMs / 1000} s; with reports ${seconds(wallMs)}`,
  );
  say(`  processor time a cell: ${each(total)} = ${PARTS.map((part) => `${part} ${each(parts[part])}`).join(' + ')}`);
  say(`    + schedule and checks ${each(own.run)} + decode ${each(own.decode)} + report ${each(own.report)}`);
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  say(`  memory at the peak, all processes: ${mebibytes(peak.own)}, and ${mebibytes(peak.rings)} of rings of the captures`);
  return { wallMs: durationMs };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cells: { type: 'string', default: '50,270' },
      window: { type: 'string', default: '8' },
      visits: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const sizes = numbers(values.cells, '--cells');
  const [window = 8] = numbers(values.window, '--window');
  const [visits = 3] = numbers(values.visits, '--visits');
  const [rounds = 3] = numbers(values.rounds, '--rounds');
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  if (load > cores / 2) say(`the machine is busy (load ${load.toFixed(1)} on ${cores} cores): times are too long, ratios uncertain`);
  const { path: folder, remove } = temporaryFolder('wirematrix-bench-');
  // A server that root starts serves as another user.
  await chmod(folder, 0o755);
  try {
    const selection = await select({ servers: 'real', clients: 'emulated,probe' });
    const all = planCells(selection.servers, selection.clients, selection.scenarios);
    for (const size of sizes) {
      const step = Math.max(1, all.length / size);
      const cells = Array.from({ length: Math.min(size, all.length) }, (_, index) => all[Math.floor(index * step)] as CellPlan);
      if (cells.length < size) say(`there are only ${all.length} cells here`);
      const out = path.join(folder, `run-${size}`);
      say(`${cells.length} cells, watched for ${window} s`);
      await timeRun(selection, cells, window, out);
      const cli = fileURLToPath(new URL('../cli.js', import.meta.url));
      for (const [reports, args] of TABLES) {
        const table = await best(1, process.execPath, [cli, 'table', ...args, out]);
        say(`  table, ${reports}: ${table.wall.toFixed(2)} s, ${table.cpu.toFixed(2)} s of processor time, ${table.peakMb.toFixed(0)} MB`);
      }
    }
    await besideHand(folder, window, visits);
    await captureCost(say, rounds);
  } finally {
    await remove();
  }
}

/** The same visits by a script that starts server, tshark and browser one after the other, as one does by hand. */
async function besideHand(folder: string, window: number, visits: number): Promise<void> {
  const selection = await select({
    servers: HAND_SERVERS.slice(0, visits).join(','),
    clients: 'real-chromium',
    scenarios: 'first-visit',
  });
  const cells = planCells(selection.servers, selection.clients, selection.scenarios);
  if (cells.length === 0) return say('visits by hand: skipped, there is no Chromium; to have it: apt-get install -y chromium');
  say(`${cells.length} visits by a real Chromium, watched for ${window} s`);
  const ours = await timeRun(selection, cells, window, path.join(folder, 'visits'));
  const byHand = await handVisits(selection.servers, window, folder);
  if (typeof byHand === 'string') return say(`  by hand: skipped, ${byHand}`);
  const ratio = (byHand.wallMs / ours.wallMs).toFixed(1);
  say(`  by hand (tshark, Chromium, tshark -Y http on each file): ${seconds(byHand.wallMs)}, ${ratio} times as long`);
  say("  processor time of a browser that is killed is not the kernel's to tell afterwards: it is not compared");
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
