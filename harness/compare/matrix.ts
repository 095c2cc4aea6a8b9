/** Servers × observations for one client × scenario: what most servers do, and which differ. */
import { cellId, type ObservedValue } from '../model.ts';
import { type DiffKind, diffKind, diffValues, type Values } from './diff.ts';
import { majorityOf, votersOf } from './majority.ts';
import type { CellResult, Difference, ObservationRow, ObservedCell, RunResult, ServerRow } from './run-result.ts';
import { neighbouringVersions } from './versions.ts';

/** One server's value in a column. */
export interface Entry {
  cell: ObservedCell;
  /** `null`: the cell has no such value. */
  value: ObservedValue | null;
  /** Against the majority; `equal` where there is none. */
  kind: DiffKind;
}

/** The value that more rows share than any other; at least two must. Of values within each other's tolerance, the one that most agree with. */
export interface Majority {
  /** A cell with this value, whose frames show it. */
  cell: ObservedCell;
  value: ObservedValue | null;
  agreeing: number;
  voting: number;
}

/** One observation across the servers: the value of each and what most of them show. */
export interface Column {
  observation: ObservationRow;
  /** `null`: no two agree, or two values are equally frequent. */
  majority: Majority | null;
  entries: Entry[];
}

/** The comparison of all servers for one client and scenario. */
export interface Matrix {
  client: string;
  scenario: string;
  /** Every cell of this client × scenario, whatever its state, in the order of the servers. */
  cells: CellResult[];
  columns: Column[];
}

export type Comparable = Pick<RunResult, 'servers' | 'clients' | 'scenarios' | 'observations' | 'cells'>;

/** Whether the cell has values. */
export const isObserved = (cell: CellResult): cell is ObservedCell => cell.state === 'observed';

/** One matrix for each client × scenario that has a cell, in the order of the run. */
export function matrices(run: Comparable): Matrix[] {
  return run.clients.flatMap((client) =>
    run.scenarios.flatMap((scenario) => {
      const matrix = matrixOf(run, client.id, scenario.id);
      return matrix.cells.length > 0 ? [matrix] : [];
    }),
  );
}

/** The matrix of one client × scenario. Its columns are the observations that at least one cell has, in the order of the run. */
export function matrixOf(run: Comparable, client: string, scenario: string): Matrix {
  const cells = run.servers.flatMap(({ id }) =>
    run.cells.filter((cell) => cell.server === id && cell.client === client && cell.scenario === scenario),
  );
  const observed = cells.filter(isObserved);
  const voters = votersOf(observed, (cell) => run.servers.find((server) => server.id === cell.server));
  const columns = run.observations
    .filter((observation) => observed.some((cell) => cell.values[observation.id]))
    .map((observation) => columnOf(observation, observed, voters));
  return { client, scenario, cells, columns };
}

function columnOf(observation: ObservationRow, cells: ObservedCell[], voters: readonly ObservedCell[]): Column {
  const valueIn = (cell: ObservedCell): ObservedValue | null => cell.values[observation.id] ?? null;
  const majority = majorityOf(voters, (a, b) => diffKind(valueIn(a), valueIn(b), observation) === 'equal');
  const usual = majority && { cell: majority.row, value: valueIn(majority.row), agreeing: majority.agreeing, voting: majority.voting };
  const entries = cells.map((cell): Entry => {
    const value = valueIn(cell);
    return { cell, value, kind: usual ? diffKind(usual.value, value, observation) : 'equal' };
  });
  return { observation, majority: usual, entries };
}

/**
 * The `differences` of run.json: each row against the majority of its matrix, each variant against the server that it varies, and each version
 * against the one before it.
 */
export function differencesOf(run: Comparable): Difference[] {
  return matrices(run).flatMap((matrix) => [
    ...againstMajority(matrix, run.servers),
    ...againstBase(matrix, run),
    ...againstEarlierVersion(matrix, run),
  ]);
}

function againstMajority(matrix: Matrix, servers: readonly ServerRow[]): Difference[] {
  const variants = new Set(servers.filter((server) => baseOf(server, matrix)).map((server) => server.id));
  return matrix.columns.flatMap(({ observation, majority, entries }) => {
    if (!majority) return [];
    const { agreeing, voting } = majority;
    const left = { cell: cellId(majority.cell), value: majority.value };
    return entries.flatMap(({ cell, value, kind }): Difference[] =>
      kind === 'equal' || variants.has(cell.server)
        ? []
        : [{ against: 'majority', kind, observation: observation.id, left, right: { cell: cellId(cell), value }, agreeing, voting }],
    );
  });
}

/** The cell of the server that a variant varies, in this matrix. Where there is one, the variant is compared with it and not with the majority. */
const baseOf = (server: ServerRow, matrix: Matrix): ObservedCell | null =>
  server.variantOf === null ? null : (matrix.cells.filter(isObserved).find((cell) => cell.server === server.variantOf) ?? null);

function againstBase(matrix: Matrix, run: Comparable): Difference[] {
  return run.servers.flatMap((server) => {
    const base = baseOf(server, matrix);
    const variant = matrix.cells.filter(isObserved).find((cell) => cell.server === server.id);
    return base && variant ? diffCells(base, variant, run.observations, 'variant-base') : [];
  });
}

function againstEarlierVersion(matrix: Matrix, run: Comparable): Difference[] {
  const observed = new Map(matrix.cells.filter(isObserved).map((cell) => [cell.server, cell]));
  return neighbouringVersions([...observed.keys()]).flatMap(([earlier, later]) =>
    diffCells(observed.get(earlier)!, observed.get(later)!, run.observations, 'earlier-version'),
  );
}

/** The differences between two cells. */
export function diffCells(
  left: ObservedCell,
  right: ObservedCell,
  observations: readonly ObservationRow[],
  against: Difference['against'],
): Difference[] {
  const diffs = diffValues(left.values as Values, right.values as Values, observations);
  return diffs.flatMap(({ kind, observation, left: a, right: b }): Difference[] =>
    kind === 'equal'
      ? []
      : [{ against, kind, observation, left: { cell: cellId(left), value: a }, right: { cell: cellId(right), value: b } }],
  );
}
