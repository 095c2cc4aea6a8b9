/** The thresholds of a run: read before it, looked at after it. */
import { stat } from 'node:fs/promises';
import { againstBaseline } from '../compare/baseline.ts';
import { type GateOptions, type GateReason, gateOf, gateReasons } from '../compare/gate.ts';
import type { RunResult } from '../compare/run-result.ts';
import { RULES } from '../findings/rules/index.ts';
import { observations } from '../observe/index.ts';
import { badArgument } from '../system/coded-error.ts';
import type { OwnRules } from './own-rules.ts';
import { readRun, readRunFile } from './read-run.ts';

/** Thresholds, and the path of an earlier run's run.json. */
export interface OpenGateOptions extends Omit<GateOptions, 'server'> {
  baseline?: string | undefined;
}

/** Compares a run with the baseline, which it keeps in the run, and names what does not hold; `undefined` where no threshold was asked for. */
export interface OpenGate {
  look(run: RunResult): GateReason[] | undefined;
}

/**
 * Reads thresholds and baseline.
 * @param own what the user defines, which thresholds may name too
 * @param server the one that counts; default: every one
 * @throws CodedError (bad-argument)
 */
export async function openGate(options: OpenGateOptions, own: OwnRules, server?: string): Promise<OpenGate> {
  const idsOf = (all: readonly { id: string }[]) => all.map(({ id }) => id);
  const gate = gateOf(
    { ...options, server },
    { findings: idsOf([...RULES, ...(own.findings ?? [])]), observations: idsOf([...observations, ...(own.observations ?? [])]) },
  );
  const baseline = options.baseline === undefined ? null : await baselineAt(options.baseline);
  if (options.baseline !== undefined && !baseline)
    throw badArgument(`there is no baseline ${options.baseline}: name the run.json of an earlier run, or its folder`);
  const asked = baseline !== null || options.failOn !== undefined || gate.max.size > 0;
  return {
    look(run) {
      if (baseline) run.baseline = againstBaseline(run, baseline);
      return asked ? gateReasons(run, gate) : undefined;
    },
  };
}

/** `null` where there is none. */
async function baselineAt(place: string): Promise<RunResult | null> {
  const isFolder = (await stat(place).catch(() => null))?.isDirectory() ?? false;
  return isFolder ? readRun(place) : readRunFile(place);
}
