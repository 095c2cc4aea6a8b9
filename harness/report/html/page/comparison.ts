/** The cells of one client and scenario compared: each server with the majority, or with the server that the reader chose. */
import { type DiffKind, diffKind } from '../../../compare/diff.ts';
import { majorityOf, type RowMajority, votersOf } from '../../../compare/majority.ts';
import type { ObservedValue } from '../../../model.ts';
import { t } from './language.ts';
import { type Cell, cells, index, observationAt, placesOf, scenarioAt, serverAt, valueText } from './model.ts';

/** What the reader chose to see in the matrix. */
export const view = {
  client: 0,
  scenario: 0,
  /** A server's place in the index; -1: the majority. */
  baseline: -1,
  filter: '',
  onlyDifferent: true,
  /** The first part of observations' ids; empty: all. */
  group: '',
  /** By the values of an observation; -1: the order of the run. */
  sort: { observation: -1, down: false },
};

/** Chooses the client and scenario that a reader should see first. */
export function chooseFirst(): void {
  const observed = cells.filter((cell) => cell.state === 'observed' || cell.state === 'pending');
  const visits = observed.filter((cell) => scenarioAt(cell.scenario).id === 'first-visit');
  const of = visits.length > 0 ? visits : observed;
  // The client that visited most servers: a run may have another one for a few of them.
  const visited = (client: number): number => of.filter((cell) => cell.client === client).length;
  const clients = placesOf(index.clients).sort((a, b) => visited(b) - visited(a));
  const first = of.find((cell) => cell.client === clients[0]);
  if (first) Object.assign(view, { client: first.client, scenario: first.scenario });
}

/** One observation compared over all servers. */
export interface Comparison {
  observation: number;
  /** Whether any cell has a value. */
  present: boolean;
  /** `null` too where the reader chose a server to compare with. */
  majority: RowMajority<ObservedValue | null> | null;
  /** What the values are compared with; `null`: that side has none. */
  left: ObservedValue | null;
  /** By server; `equal` where nothing can be compared. */
  kinds: DiffKind[];
  /** Whether the servers differ, also where no value is more frequent than any other. */
  differs: boolean;
  /** Whether there is anything to compare with. */
  comparable: boolean;
}

const isObserved = (cell: Cell | null | undefined): cell is Cell => cell?.state === 'observed';

/** Every observation compared, in the order of the run. @param rows a cell, or none, for each server */
export function comparisonOf(rows: readonly (Cell | null)[]): Comparison[] {
  const observed = rows.filter(isObserved);
  const againstMajority = view.baseline < 0;
  const voters = votersOf(observed, (cell) => serverAt(cell.server));
  const baseline = againstMajority ? null : (rows[view.baseline] ?? null);
  return placesOf(index.observations).map((observation): Comparison => {
    const row = observationAt(observation);
    const valueIn = (cell: Cell | null): ObservedValue | null => cell?.values.get(observation) ?? null;
    const present = observed.some((cell) => cell.values.has(observation));
    const agree = (a: ObservedValue | null, b: ObservedValue | null): boolean => diffKind(a, b, row) === 'equal';
    const majority = present && againstMajority ? majorityOf(voters.map(valueIn), agree) : null;
    const left = againstMajority ? (majority?.row ?? null) : valueIn(baseline);
    const comparable = againstMajority ? majority !== null : isObserved(baseline);
    const kinds = rows.map((cell) => (comparable && isObserved(cell) ? diffKind(left, valueIn(cell), row) : 'equal'));
    const split = present && againstMajority && majority === null && observed.length > 1;
    return { observation, present, majority, left, kinds, differs: split || kinds.some((kind) => kind !== 'equal'), comparable };
  });
}

/** Whether the value of a cell is unlike the one that it is compared with. */
export const differsIn = (compared: Comparison, cell: Cell): boolean => compared.kinds[cell.server] !== 'equal';

/** How the value of a cell compares, in words. */
export function comparisonText({ observation, comparable, majority, left, kinds }: Comparison, cell: Cell): string {
  const { unit } = observationAt(observation);
  const server = serverAt(cell.server).title;
  const right = valueText(cell.values.get(observation), unit);
  const againstMajority = view.baseline < 0;
  if (!comparable) return `${t('ui.value-only', { server, right })} ${againstMajority ? t('ui.no-majority') : ''}`.trim();
  const kind = kinds[cell.server] ?? 'equal';
  if (majority && kind === 'differs') {
    const { agreeing, voting } = majority;
    return t('ui.differs-majority', { server, right, left: valueText(left, unit), agreeing, voting });
  }
  const other = againstMajority ? t('ui.majority') : serverAt(view.baseline).title;
  return t(`ui.${kind}`, { server, right, left: valueText(left, unit), other });
}
