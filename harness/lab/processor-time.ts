/** Processor time of a lane and of what it starts, by part. */
import { readFileSync } from 'node:fs';
import type { LaneCpu } from './lane-protocol.ts';

/** USER_HZ of proc(5): 100 wherever Node runs on Linux. */
const MS_PER_TICK = 10;

/** Of this process alone. Milliseconds. */
const ownMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Of the programs that this process started and that have ended, with those that these waited for; 0 where the system has no `/proc`. Milliseconds. */
export function endedChildrenMs(): number {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // The second field, the name in brackets, may contain anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * MS_PER_TICK;
  } catch {
    return 0;
  }
}

/** Takes the time at the ends of a cell's parts, in this order. */
export interface ProcessorClock {
  clientBegins(): void;
  captureEnded(): void;
  browserEnded(): void;
  serverEnded(): void;
  parts(): LaneCpu;
}

/** A clock for one cell, from now on. */
export function processorClock(): ProcessorClock {
  const own: number[] = [];
  const children: number[] = [];
  const take = (): void => {
    own.push(ownMs());
    children.push(endedChildrenMs());
  };
  const between = (times: number[], from: number, to: number): number => Math.max(0, (times[to] ?? 0) - (times[from] ?? 0));
  return {
    clientBegins: take,
    captureEnded: take,
    browserEnded: take,
    serverEnded: take,
    parts() {
      const client = between(own, 0, 1);
      return {
        lane: ownMs() - client,
        client,
        capture: children[1] ?? 0,
        browser: between(children, 1, 2),
        server: between(children, 2, 3),
      };
    },
  };
}
