/**
 * Detects that a browser has finished starting, which no event reports. Until then it reads its profile and configures its network stack,
 * and Chromium drops connections that were opened before. A visit must not begin in that phase, since users' browsers have long started.
 */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const WINDOW_MS = 200;
/** Consecutive windows that must be calm. */
const CALM_WINDOWS = 2;
/** A window is calm below this share of one core. */
const CALM_SHARE = 0.1;
const LIMIT_MS = 10_000;
const NS_PER_MS = 1e6;

const readOr = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

/** Process group in the text of `/proc/PID/stat`. Its second field, the name in parentheses, may contain anything. */
export const processGroup = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);

/** Nanoseconds that a thread ran or waited for a core, from its `schedstat` (Documentation/scheduler/sched-stats). */
export function wantedNs(schedstat: string): number {
  const [ran = 0, waited = 0] = schedstat.split(' ').map(Number);
  return ran + waited;
}

/**
 * Processor time in nanoseconds that a process group has used or waited for so far. Waiting counts: a browser on a busy machine must not
 * look calm.
 */
async function groupDemandNs(group: number): Promise<number> {
  let sum = 0;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (processGroup(await readOr(`/proc/${pid}/stat`)) !== group) continue;
    const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
    const stats = await Promise.all(threads.map((thread) => readOr(`/proc/${pid}/task/${thread}/schedstat`)));
    sum += stats.reduce((total, stat) => total + (stat === '' ? 0 : wantedNs(stat)), 0);
  }
  return sum;
}

/** Whether a process group was calm that used or waited for `demandNs` of processor time within `ms`: less than a tenth of one core. */
export const isCalm = (demandNs: number, ms: number): boolean => demandNs / NS_PER_MS / ms < CALM_SHARE;

/**
 * Resolves when the processes of a group have been calm for two windows, or after 10 s; immediately on systems without `/proc` (only Linux
 * has it). @throws an AbortError where `signal` is aborted
 */
export async function untilStarted(group: number, signal: AbortSignal): Promise<void> {
  if (process.platform !== 'linux') return;
  const limit = performance.now() + LIMIT_MS;
  let calm = 0;
  let before = { at: performance.now(), demand: await groupDemandNs(group) };
  while (calm < CALM_WINDOWS && performance.now() < limit) {
    await delay(WINDOW_MS, undefined, { signal });
    const now = { at: performance.now(), demand: await groupDemandNs(group) };
    calm = isCalm(now.demand - before.demand, now.at - before.at) ? calm + 1 : 0;
    before = now;
  }
}
