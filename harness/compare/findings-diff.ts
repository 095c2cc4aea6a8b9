/** Which findings one run has that an earlier one had not, and the other way round. */
import { isObserved } from './matrix.ts';
import { cellId, type FindingRow, type RunResult } from './run-result.ts';

/** Findings of two runs side by side. */
export interface FindingChanges {
  /** In the later run alone. */
  appeared: FindingRow[];
  /** In the earlier run alone. */
  gone: FindingRow[];
}

type Looked = Pick<RunResult, 'cells'> & { findings: readonly FindingRow[] };

/** What makes two findings the same: the rule, and the server. */
export const findingKey = ({ id, server }: Pick<FindingRow, 'id' | 'server'>): string => `${id} ${server}`;

/**
 * Compares only what both runs looked at: a finding in a cell that the other run did not observe is neither new nor gone, since nobody looked
 * for it there.
 */
export function findingChanges(before: Looked, after: Looked): FindingChanges {
  return { appeared: only(after, before), gone: only(before, after) };
}

function only(here: Looked, there: Looked): FindingRow[] {
  const known = new Set(there.findings.map(findingKey));
  const observed = new Set(there.cells.filter(isObserved).map(cellId));
  return here.findings.filter(
    (finding) =>
      !known.has(findingKey(finding)) &&
      (finding.where.length === 0 || finding.where.some(({ cell }) => cell === null || observed.has(cell))),
  );
}
