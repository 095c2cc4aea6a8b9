import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export interface Measured {
  /** Seconds from start to end. */
  wall: number;
  /** Seconds of processor time, user and system, of the process and its threads. */
  cpu: number;
  /** Largest resident set, in MB. */
  peakMb: number;
}

const POLL_MS = 20;
/** Of /proc/PID/stat: USER_HZ, which Linux has as 100 wherever Node runs. */
const TICKS_PER_SECOND = 100;

/** How many of the last characters are kept of what a program says of its failure. */
const SAID_KEPT = 500;

/** Runs a program to its end with its output thrown away. @throws where it can't be run or fails */
export async function measure(command: string, args: readonly string[]): Promise<Measured> {
  const started = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID_KEPT);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  let cpu = 0;
  let peakMb = 0;
  const poll = setInterval(async () => {
    try {
      const [stat, status] = await Promise.all([
        readFile(`/proc/${child.pid}/stat`, 'utf8'),
        readFile(`/proc/${child.pid}/status`, 'utf8'),
      ]);
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      cpu = Math.max(cpu, (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND);
      peakMb = Math.max(peakMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has ended between two looks.
    }
  }, POLL_MS);
  try {
    const code = await ended;
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${said.trim()}`);
    return { wall: (performance.now() - started) / 1000, cpu, peakMb };
  } finally {
    clearInterval(poll);
  }
}

/** The run with the least wall time of several. */
export async function best(times: number, command: string, args: readonly string[]): Promise<Measured> {
  const runs: Measured[] = [];
  for (let count = 0; count < times; count++) runs.push(await measure(command, args));
  return runs.reduce((fastest, run) => (run.wall < fastest.wall ? run : fastest));
}
