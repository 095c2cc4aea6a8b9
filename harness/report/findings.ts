/** Differences, and what was not observed, grouped for a reader: what is the same in many cells is one entry. */
import { type CellResult, cellId, cellOfId, type Difference, type RunResult } from '../compare/run-result.ts';
import { neighbouringVersions } from '../compare/versions.ts';
import type { RunCounts, TableWords } from './phrases/tables.ts';
import { framesText, valueText } from './value-text.ts';

/** A value of one server that differs from the usual one, and the cells that show it. */
export interface Deviation {
  /** Its id, marked where it is a model. */
  server: string;
  text: string;
  /** The cell whose frames are named, and how many others show the same. */
  first: Difference['right'];
  others: number;
}

/** One observation in which servers differ: the usual value, and which servers deviate from it. */
export interface Finding {
  observation: string;
  title: string;
  usual: string;
  agreeing: number;
  voting: number;
  /** A cell with the usual value. */
  example: Difference['left'];
  deviations: Deviation[];
}

/** Where servers differ from the majority, in the order of the observations; the same value in several scenarios is one entry. */
export function findings(run: RunResult, words: TableWords, wanted: (difference: Difference) => boolean = () => true): Finding[] {
  const found = new Map<string, Finding>();
  for (const difference of ordered(run, 'majority').filter(wanted)) {
    const { observation, left, right, agreeing = 0, voting = 0 } = difference;
    const row = run.observations.find((one) => one.id === observation);
    const text = (side: Difference['left']) => (side.value ? valueText(side.value, row?.unit ?? null, words) : words.lacks);
    const usual = text(left);
    const key = `${observation}\n${usual}`;
    const finding = found.get(key) ?? {
      observation,
      title: row?.title ?? observation,
      usual,
      agreeing,
      voting,
      example: left,
      deviations: [],
    };
    found.set(key, finding);
    addDeviation(finding.deviations, right, text(right), labelOf(run, cellOfId(right.cell).server, words));
  }
  return [...found.values()];
}

function addDeviation(deviations: Deviation[], side: Difference['right'], text: string, server: string): void {
  const known = deviations.find((one) => one.server === server && one.text === text);
  if (known) known.others++;
  else deviations.push({ server, text, first: side, others: 0 });
}

/** A server's id; a model is marked wherever it is named. */
export function labelOf(run: RunResult, server: string, words: TableWords): string {
  return run.servers.find((one) => one.id === server)?.provenance === 'model' ? `${server} [${words.model}]` : server;
}

/** Where a variant differs from its base; the same change in several scenarios is one entry. */
export interface VariantFinding {
  variant: string;
  base: string;
  summary: string | null;
  changes: { observation: string; from: string; to: string; first: Difference['right']; others: number }[];
}

/** The changes of every variant against its base. */
export function variantFindings(run: RunResult, words: TableWords): VariantFinding[] {
  const found = new Map<string, VariantFinding>();
  for (const { observation, left, right } of ordered(run, 'variant-base')) {
    const base = cellOfId(left.cell).server;
    const variant = cellOfId(right.cell).server;
    const unit = run.observations.find((one) => one.id === observation)?.unit ?? null;
    const text = (side: Difference['left']) => (side.value ? valueText(side.value, unit, words) : words.lacks);
    const finding = found.get(variant) ?? {
      variant,
      base,
      summary: run.servers.find((one) => one.id === variant)?.summary ?? null,
      changes: [],
    };
    found.set(variant, finding);
    const [from, to] = [text(left), text(right)];
    const known = finding.changes.find((one) => one.observation === observation && one.from === from && one.to === to);
    if (known) known.others++;
    else finding.changes.push({ observation, from, to, first: right, others: 0 });
  }
  return [...found.values()];
}

/** What two neighbouring versions of a server show otherwise; the same change in several scenarios is one entry. */
export interface VersionFinding {
  earlier: string;
  later: string;
  changes: {
    observation: string;
    from: string;
    to: string;
    /** The cells whose frames are named, of the earlier version and of the later one. */
    before: Difference['left'];
    after: Difference['right'];
    others: number;
  }[];
}

/** The changes from each version to the next one that was observed; none is a result too. */
export function versionFindings(run: RunResult, words: TableWords): VersionFinding[] {
  const observed = run.servers
    .map(({ id }) => id)
    .filter((id) => run.cells.some((cell) => cell.server === id && cell.state === 'observed'));
  const differences = ordered(run, 'earlier-version');
  return neighbouringVersions(observed).map(([earlier, later]) => {
    const changes: VersionFinding['changes'] = [];
    for (const { observation, left, right } of differences) {
      if (cellOfId(left.cell).server !== earlier || cellOfId(right.cell).server !== later) continue;
      const unit = run.observations.find((one) => one.id === observation)?.unit ?? null;
      const text = (side: Difference['left']) => (side.value ? valueText(side.value, unit, words) : words.lacks);
      const [from, to] = [text(left), text(right)];
      const known = changes.find((one) => one.observation === observation && one.from === from && one.to === to);
      if (known) known.others++;
      else changes.push({ observation, from, to, before: left, after: right, others: 0 });
    }
    return { earlier, later, changes };
  });
}

/** Whether a change is in the number of connections, which depends on timing too. */
export const connectionsChanged = (findings: readonly VersionFinding[]): boolean =>
  findings.some(({ changes }) => changes.some(({ observation }) => observation.startsWith('connections.')));

function ordered(run: RunResult, against: Difference['against']): Difference[] {
  const position = new Map(run.observations.map((observation, index) => [observation.id, index]));
  const at = (difference: Difference) => position.get(difference.observation) ?? position.size;
  return run.differences.filter((difference) => difference.against === against).sort((a, b) => at(a) - at(b));
}

/** The changes against the baseline, one line each: the cell, the old value, the new value. */
export function baselineLines(run: RunResult, words: TableWords): string[] {
  if (!run.baseline) return [];
  const { differences, lost, added } = run.baseline;
  const changed = differences.map(({ observation, left, right }) => {
    const unit = run.observations.find((one) => one.id === observation)?.unit ?? null;
    const text = (side: Difference['left']) => (side.value ? valueText(side.value, unit, words) : words.lacks);
    return `${right.cell} ${observation}${words.colon}${text(left)} → ${text(right)}${right.value ? words.aside(framesText(right.value, words)) : ''}`;
  });
  return [...changed, ...lost.map((cell) => cell + words.colon + words.lost), ...added.map((cell) => cell + words.colon + words.added)];
}

/** Cells that show nothing, those with the same state and reason together. */
export interface NotObserved {
  state: Exclude<CellResult['state'], 'observed'>;
  reason: string;
  remedy: string | null;
  /** What it concerns: a server, a client, or cells. */
  names: string[];
}

/** Everything that was skipped, failed or not applicable, by state and reason. */
export function notObserved(run: RunResult): NotObserved[] {
  const found = new Map<string, NotObserved>();
  const add = (state: NotObserved['state'], reason: string, remedy: string | null, name: string) => {
    const key = `${state}\n${reason}`;
    const known = found.get(key);
    if (known) known.names.push(name);
    else found.set(key, { state, reason, remedy, names: [name] });
  };
  const skippedIds = new Set<string>();
  for (const { id, skipped } of [...run.servers, ...run.clients]) {
    if (!skipped) continue;
    skippedIds.add(id);
    add('skipped', skipped.reason, skipped.remedy, id);
  }
  for (const cell of run.cells) {
    if (cell.state === 'observed' || skippedIds.has(cell.server) || skippedIds.has(cell.client)) continue;
    add(cell.state, cell.reason, cell.state === 'skipped' ? cell.remedy : null, cellId(cell));
  }
  return [...found.values()];
}

/** How many cells are in each state, and how many frames they have. */
export const countsOf = (run: RunResult): RunCounts => {
  const count = (state: CellResult['state']) => run.cells.filter((cell) => cell.state === state).length;
  return {
    observed: count('observed'),
    failed: count('failed'),
    skipped: count('skipped'),
    notApplicable: count('not-applicable'),
    frames: run.run.capture.framesCaptured,
    dropped: run.run.capture.framesDropped,
  };
};
