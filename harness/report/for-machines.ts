/** What the reports for CI servers share. */

import { findingKey } from '../compare/findings-diff.ts';
import { findingsFileOf } from '../compare/findings-file.ts';
import type { FindingRow, RunResult } from '../compare/run-result.ts';
import { TABLE_WORDS } from './phrases/tables.ts';
import type { ReportInput } from './reporter.ts';

/** The findings to report: those of the user's own server where the run has one. */
export const reportedFindings = (run: RunResult): readonly FindingRow[] => findingsFileOf(run).findings;

/** What was looked at. */
export const targetOf = (run: RunResult): string => findingsFileOf(run).target ?? `${run.servers.length} servers`;

/** `yours/probe/range, connection 0, frames 6, 8` */
export function placeText({ cell, stream, frames }: FindingRow['where'][number]): string {
  const parts = [cell, stream === null ? null : `connection ${stream}`, TABLE_WORDS.en.frames(frames.slice(0, 8), frames.length > 8)];
  return parts.filter((part) => part !== null).join(', ');
}

/** Whether a finding fails the run: where thresholds were asked for they decide, else its severity. */
export const failsRun = (finding: FindingRow, gate: ReportInput['gate'], severities: readonly FindingRow['severity'][]): boolean =>
  gate === undefined
    ? severities.includes(finding.severity)
    : gate.some((reason) => reason.kind === 'finding' && findingKey(reason.finding) === findingKey(finding));

/** The path of a cell's capture, relative to the reports; `null` where it has none. */
export const captureOf = (run: RunResult, cell: string | null): string | null =>
  run.cells.find(({ server, client, scenario }) => `${server}/${client}/${scenario}` === cell)?.capture ?? null;
