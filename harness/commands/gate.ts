import type { GateReason } from '../compare/gate.ts';
import type { RunResult } from '../compare/run-result.ts';
import { gateLines } from '../report/gate-text.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { say } from './say.ts';

/** Says on standard error why the gate failed, and gives its exit code. */
export function exitCodeOfGate(reasons: readonly GateReason[] | undefined, run: RunResult): ExitCode {
  const unknown = run.baseline?.notLookedFor ?? [];
  if (unknown.length > 0)
    say(
      `the version of wirematrix that made the baseline did not look for ${unknown.length === 1 ? 'one finding' : `${unknown.length} findings`} of this run (${unknown.join(', ')}): not counted as new; make the baseline again to compare them`,
    );
  if (reasons === undefined || reasons.length === 0) return EXIT.ok;
  say(['the gate failed:', ...gateLines(reasons, run).map((line) => `  - ${line}`)].join('\n'));
  return EXIT.failed;
}
