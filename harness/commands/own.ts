import { printable } from '../report/escape.ts';
import type { AssembledRun } from '../results/assemble.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { say } from './say.ts';

/** Says on standard error what of the user's own definitions failed, or is as run.json had it; gives the exit code. */
export function sayOwn({ carried, faults }: Pick<AssembledRun, 'carried' | 'faults'>): ExitCode {
  for (const fault of faults) say(fault);
  if (carried.length > 0)
    say(
      `as the run has it, and not made anew: ${carried.map(printable).join(', ')}. Name the configuration that defines it with --config to make it anew`,
    );
  return faults.length > 0 ? EXIT.failed : EXIT.ok;
}
