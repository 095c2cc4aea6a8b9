/** What changed between two runs. */
import { changesIn } from './baseline.ts';
import { findingChanges } from './findings-diff.ts';
import { isObserved } from './matrix.ts';
import { cellId, type Difference, type FindingRow, type RunResult } from './run-result.ts';
import { isWorse } from './worse.ts';

/** The later run is on the right. */
export interface RunDiff {
  from: { run: string; startedAt: string };
  to: { run: string; startedAt: string };
  /** Servers whose version changed. */
  versions: { server: string; from: string | null; to: string | null }[];
  appeared: FindingRow[];
  gone: FindingRow[];
  /** Ids of the later run's findings that the earlier run's version did not look for; absent where there are none. */
  notLookedFor?: string[];
  /** Values beyond their tolerance, and beyond what they are known to vary from run to run. */
  values: (Difference & { worse: boolean })[];
  /** Cells that only one run observed. */
  onlyFrom: string[];
  onlyTo: string[];
}

/** Compares two runs cell by cell: findings and values of the cells that both observed, and which cells those are not. */
export function diffRuns(from: RunResult, to: RunResult): RunDiff {
  const [before, after] = [observedIn(from), observedIn(to)];
  const known = new Set(from.observations.map(({ id }) => id));
  const observations = to.observations.filter(({ id }) => known.has(id));
  return {
    from: { run: from.run.id, startedAt: from.run.startedAt },
    to: { run: to.run.id, startedAt: to.run.startedAt },
    versions: to.servers.flatMap(({ id, version }) => {
      const earlier = from.servers.find((server) => server.id === id);
      return earlier && earlier.version !== version ? [{ server: id, from: earlier.version, to: version }] : [];
    }),
    ...findingChanges(from, to),
    values: [...after].flatMap(([id, cell]) => {
      const earlier = before.get(id);
      if (!earlier) return [];
      return changesIn(earlier, cell, observations).map((difference) => ({ ...difference, worse: isWorse(difference) }));
    }),
    onlyFrom: [...before.keys()].filter((id) => !after.has(id)),
    onlyTo: [...after.keys()].filter((id) => !before.has(id)),
  };
}

/** Whether the two runs show the same. */
export const isSame = ({ appeared, gone, values, onlyFrom, onlyTo }: RunDiff): boolean =>
  [appeared, gone, values, onlyFrom, onlyTo].every((list) => list.length === 0);

const observedIn = ({ cells }: RunResult) => new Map(cells.filter(isObserved).map((cell) => [cellId(cell), cell]));
