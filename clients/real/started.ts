/**
 * Whether a browser has finished starting: no event tells of it. Until then it reads its profile and configures its network
 * stack; Chromium drops connections that were opened before that, which no visitor's browser does.
 */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const WINDOW_MS = 200;
/** Windows in a row that have to be calm. */
const CALM_WINDOWS = 2;
/** Share of one core. */
const CALM_SHARE = 0.1;
const LIMIT_MS = 10_000;
const NS_PER_MS = 1e6;

const readOr = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

/** Process group of a `/proc/PID/stat`; its second field, the name in brackets, may hold anything. */
export const processGroup = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);

/** Nanoseconds that a thread ran or waited for a core, from its `schedstat` (Documentation/scheduler/sched-stats). */
export function wantedNs(schedstat: string): number {
  const [ran = 0, waited = 0] = schedstat.split(' ').map(Number);
  return ran + waited;
}

/** What a process group wanted of the processor so far. Having to wait for it counts: a busy machine must not look like a calm browser. */
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

/** Whether a process group that wanted the processor for `demandNs` within `ms` was calm: for less than a tenth of one core. */
export const isCalm = (demandNs: number, ms: number): boolean => demandNs / NS_PER_MS / ms < CALM_SHARE;

/** Resolves when the processes of a group have been calm for a while; at once where the system doesn't tell (it is not Linux). */
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
