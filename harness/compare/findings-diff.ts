/** Which findings one run has that an earlier one had not, and the other way round. */
import { isObserved } from './matrix.ts';
import { cellId, type FindingRow, type RunResult } from './run-result.ts';

/** Findings of two runs side by side. */
export interface FindingChanges {
  /** In the later run alone. */
  appeared: FindingRow[];
  /** In the earlier run alone. */
  gone: FindingRow[];
  /** Ids of the later run's findings that the earlier run's version did not look for; absent where there are none. */
  notLookedFor?: string[];
}

type Looked = Pick<RunResult, 'cells' | 'lookedFor'> & { findings: readonly FindingRow[] };

/** What makes two findings the same: the rule, and the server. */
export const findingKey = ({ id, server }: Pick<FindingRow, 'id' | 'server'>): string => `${id} ${server}`;

/**
 * Compares only what both runs looked at: a finding in a cell that the other run did not observe is neither new nor gone, since nobody looked
 * for it there. Nor is one that the other run's version of this program did not know.
 */
export function findingChanges(before: Looked, after: Looked): FindingChanges {
  const notLookedFor = [...new Set(after.findings.map(({ id }) => id))].filter((id) => !looksFor(before, id));
  return { appeared: only(after, before), gone: only(before, after), ...(notLookedFor.length > 0 ? { notLookedFor } : {}) };
}

/** A run that does not say what it looked for looked for everything. */
const looksFor = ({ lookedFor }: Looked, id: string): boolean => lookedFor === undefined || lookedFor.includes(id);

function only(here: Looked, there: Looked): FindingRow[] {
  const known = new Set(there.findings.map(findingKey));
  const observed = new Set(there.cells.filter(isObserved).map(cellId));
  return here.findings.filter(
    (finding) =>
      !known.has(findingKey(finding)) &&
      looksFor(there, finding.id) &&
      (finding.where.length === 0 || finding.where.some(({ cell }) => cell === null || observed.has(cell))),
  );
}
