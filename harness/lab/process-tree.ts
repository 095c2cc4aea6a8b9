import { readdirSync, readFileSync } from 'node:fs';

/** Parent of a process, by its `/proc/PID/stat`; the second field, the name in brackets, may contain anything. */
const parentOf = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);

/** All processes that a process started, directly or not, and that run now; empty where the system has no `/proc`. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const process of processes()) {
    try {
      const parent = parentOf(readFileSync(`/proc/${process}/stat`, 'utf8'));
      children.set(parent, [...(children.get(parent) ?? []), process]);
    } catch {
      // It has ended meanwhile.
    }
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

/**
 * Kills what was started in a lane's folder, whoever its parent is by now: all other processes of whose environment a variable leads into it.
 * @throws where the folder is no folder in one for temporary files: half of this machine would end
 */
export function killWithin(folder: string): void {
  if (!/^\/[^/]+\/./.test(folder)) throw new Error(`not a folder of a lane: ${folder}`);
  for (const pid of processes()) {
    try {
      if (pid !== process.pid && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`=${folder}/`)) process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile, or is another user's.
    }
  }
}

/** Every process; none where the system has no `/proc`. */
function processes(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}
