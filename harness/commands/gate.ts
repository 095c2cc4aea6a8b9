/** The thresholds of a run: read before it, looked at after it, said in words. */
import { againstBaseline } from '../compare/baseline.ts';
import { type GateReason, gateOf, gateReasons, type Ignored } from '../compare/gate.ts';
import type { RunResult } from '../compare/run-result.ts';
import { RULES } from '../findings/rules/index.ts';
import { observations } from '../observe/index.ts';
import { gateLines } from '../report/gate-text.ts';
import { readRunFile } from '../results/read-run.ts';
import { badArgument } from '../system/coded-error.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { say } from './say.ts';

/** The options of a command that has a gate. */
export interface GateArguments {
  failOn?: string | undefined;
  max?: readonly string[] | undefined;
  /** Path of a run.json. */
  baseline?: string | undefined;
  ignore?: readonly Ignored[] | undefined;
}

/** Compares a run with the baseline, which it keeps in the run, and names what does not hold; `undefined` where no threshold was asked for. */
export interface OpenGate {
  look(run: RunResult): GateReason[] | undefined;
}

/**
 * Reads thresholds and baseline.
 * @param server the one that counts; default: every one
 * @throws CodedError (bad-argument)
 */
export async function gateFor(options: GateArguments, server?: string): Promise<OpenGate> {
  const gate = gateOf({ ...options, server }, { findings: RULES.map(({ id }) => id), observations: observations.map(({ id }) => id) });
  const baseline = options.baseline === undefined ? null : await readRunFile(options.baseline);
  if (options.baseline !== undefined && !baseline)
    throw badArgument(`there is no baseline ${options.baseline}: name the run.json of an earlier run`);
  const asked = baseline !== null || options.failOn !== undefined || gate.max.size > 0;
  return {
    look(run) {
      if (baseline) run.baseline = againstBaseline(run, baseline);
      return asked ? gateReasons(run, gate) : undefined;
    },
  };
}

/** Says on standard error why the gate failed, and gives its exit code. */
export function exitCodeOfGate(reasons: readonly GateReason[] | undefined, run: RunResult): ExitCode {
  if (reasons === undefined || reasons.length === 0) return EXIT.ok;
  say(['the gate failed:', ...gateLines(reasons, run).map((line) => `  - ${line}`)].join('\n'));
  return EXIT.failed;
}
