import { isObserved } from '../compare/matrix.ts';
import type { RunResult } from '../compare/run-result.ts';
import { escapeCsv } from './escape.ts';
import { defineReporter } from './reporter.ts';

/** `table.csv`: cells × observations; `values.csv`: one line a value, with its frames. RFC 4180, UTF-8, for any spreadsheet. */
export const csv = defineReporter({
  id: 'csv',
  describe: 'writes table.csv (cells × observations) and values.csv (one line a value, with its frames)',
  files: ({ run }) => [
    { path: 'table.csv', content: cellTable(run) },
    { path: VALUES, content: valueTable(run) },
  ],
});

/** The file of the values. */
export const VALUES = 'values.csv';

type Field = string | number | boolean | null | undefined;

const line = (fields: readonly Field[]): string => `${fields.map((field) => escapeCsv(field ?? '')).join(',')}\r\n`;

/** One line for each cell. A connection that was still open when the watch ended has the value `>95`, in the observation's unit. */
export function cellTable(run: RunResult): string {
  const header = [
    'server',
    'client',
    'scenario',
    'provenance',
    'state',
    'reason',
    ...run.observations.map((observation) => observation.id),
  ];
  const provenance = new Map(run.servers.map((server) => [server.id, server.provenance]));
  const rows = run.cells.map((cell) => [
    cell.server,
    cell.client,
    cell.scenario,
    provenance.get(cell.server),
    cell.state,
    cell.reason,
    ...run.observations.map(({ id, unit }) => {
      const observed = isObserved(cell) ? cell.values[id] : undefined;
      const windowS = observed?.windowS;
      if (observed?.value === null && windowS !== undefined) return `>${unit === 'ms' ? windowS * 1000 : windowS}`;
      return observed?.value;
    }),
  ]);
  return line(header) + rows.map(line).join('');
}

/** One line for each value of each observed cell. */
export function valueTable(run: RunResult): string {
  const header = ['server', 'client', 'scenario', 'observation', 'value', 'unit', 'window-s', 'frames', 'note'];
  const rows = run.cells.filter(isObserved).flatMap((cell) =>
    run.observations.flatMap(({ id, unit }) => {
      const observed = cell.values[id];
      if (!observed) return [];
      return [
        [cell.server, cell.client, cell.scenario, id, observed.value, unit, observed.windowS, observed.frames.join(' '), observed.note],
      ];
    }),
  );
  return line(header) + rows.map(line).join('');
}
