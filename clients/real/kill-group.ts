import type { ChildProcess } from 'node:child_process';

/** Kills a process that leads a process group, with that group (on Windows alone). Does nothing where it has ended or was never started. */
export function killGroup(child: ChildProcess | null): void {
  if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
