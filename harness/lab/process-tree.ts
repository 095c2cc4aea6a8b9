import { readdirSync, readFileSync } from 'node:fs';

/** Parent of a process, by its `/proc/PID/stat`; the second field, the name in brackets, may contain anything. */
const parentOf = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);

/** All processes that a process started, directly or not, and that run now; empty where the system has no `/proc`. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  try {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const parent = parentOf(readFileSync(`/proc/${name}/stat`, 'utf8'));
        children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
      } catch {
        // It has ended meanwhile.
      }
    }
  } catch {
    return [];
  }
  const found: number[] = [];
  const visit = (parent: number): void => {
    for (const child of children.get(parent) ?? []) {
      found.push(child);
      visit(child);
    }
  };
  visit(pid);
  return found;
}
