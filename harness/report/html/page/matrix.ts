/** Servers × observations for one client and scenario. */
import type { ValueJson } from '../../../model.ts';
import { type Comparison, comparisonOf, comparisonText, view } from './comparison.ts';
import { framesText, h } from './dom.ts';
import { t } from './language.ts';
import { matrixControls } from './matrix-controls.ts';
import { groupOf, matrixTable } from './matrix-table.ts';
import { type Cell, cellAt, cellId, index, observationAt, observationTitle, placesOf, serverAt, valueText } from './model.ts';

/** The view `#/matrix`. @param redraw draws it again after the reader has chosen something */
export function matrixView(redraw: () => void): (HTMLElement | null)[] {
  const rows = placesOf(index.servers).map((server) => cellAt(server, view.client, view.scenario));
  const all = comparisonOf(rows);
  const chosen = all.filter(
    (one) => one.present && (!view.onlyDifferent || one.differs) && (view.group === '' || groupOf(one.observation) === view.group),
  );
  const { servers, columns } = filtered(rows, chosen);
  const counts = {
    rows: servers.length,
    all: rows.filter((cell) => cell !== null).length,
    columns: columns.length,
    total: all.filter((one) => one.present).length,
  };
  return [
    h('h1', { class: 'visually-hidden' }, t('ui.matrix')),
    matrixControls(rows, redraw),
    h('p', { class: 'count', role: 'status' }, t('ui.observed-count', counts)),
    servers.length === 0 || columns.length === 0
      ? h('p', { class: 'empty' }, t('ui.nothing'))
      : matrixTable(rows, servers, columns, redraw),
    legend(),
    inWords(rows, servers, columns),
    notObserved(rows),
  ];
}

/** The servers and observations that the filter leaves: it looks in their names, and in the values where no name fits. */
function filtered(rows: readonly (Cell | null)[], columns: readonly Comparison[]): { servers: number[]; columns: readonly Comparison[] } {
  const servers = sorted(rows);
  const wanted = view.filter.trim().toLowerCase();
  if (wanted === '') return { servers, columns };
  const has = (text: string): boolean => text.toLowerCase().includes(wanted);
  const named = servers.filter((server) => has(serverAt(server).id) || has(serverAt(server).title));
  const titled = columns.filter(({ observation }) => has(observationAt(observation).id) || has(observationTitle(observation)));
  if (named.length > 0 || titled.length > 0) {
    return { servers: named.length > 0 ? named : servers, columns: titled.length > 0 ? titled : columns };
  }
  const hit = (server: number, { observation }: Comparison): boolean => {
    const value = rows[server]?.values.get(observation);
    return value !== undefined && has(valueText(value, observationAt(observation).unit));
  };
  return {
    servers: servers.filter((server) => columns.some((one) => hit(server, one))),
    columns: columns.filter((one) => servers.some((server) => hit(server, one))),
  };
}

/** The servers that have a cell, in the order that the reader chose. */
function sorted(rows: readonly (Cell | null)[]): number[] {
  const servers = rows.flatMap((cell) => (cell ? [cell.server] : []));
  const { observation, down } = view.sort;
  if (observation < 0) return servers;
  const keyOf = (server: number): ValueJson | undefined => rows[server]?.values.get(observation)?.value;
  return servers.sort((a, b) => compareKeys(keyOf(a), keyOf(b)) * (down ? -1 : 1));
}

/** Numbers come first, then what was still open, then text, then missing values. */
function compareKeys(a: ValueJson | undefined, b: ValueJson | undefined): number {
  const rank = (key: ValueJson | undefined): number => (typeof key === 'number' ? 0 : key === null ? 1 : key === undefined ? 3 : 2);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}

const legend = (): HTMLElement =>
  h(
    'p',
    { class: 'legend' },
    h('span', {}, h('span', { class: 'key differs' }, '≠'), ' ', t('ui.legend-differs')),
    h('span', {}, h('span', { class: 'key deviates' }, '§'), ' ', t('ui.legend-deviates')),
    h('span', {}, h('span', { class: 'key open' }, '> 8 s'), ' ', t('ui.legend-open')),
    h('span', {}, h('span', { class: 'key' }, '–'), ' ', t('ui.legend-absent')),
    h('span', { class: 'hint' }, t('ui.hint')),
  );

/** The differences of the table as sentences; `null` where there are none. */
function inWords(rows: readonly (Cell | null)[], servers: readonly number[], columns: readonly Comparison[]): HTMLElement | null {
  const byServer = servers.flatMap((server) => {
    const cell = rows[server];
    const differences = columns.filter((one) => one.kinds[server] !== 'equal');
    return cell && differences.length > 0 ? [{ cell, differences }] : [];
  });
  const n = byServer.reduce((sum, { differences }) => sum + differences.length, 0);
  if (n === 0) return null;
  return h(
    'details',
    { class: 'in-words' },
    h('summary', {}, t('ui.in-words', { n })),
    byServer.map(({ cell, differences }) => {
      const lines = differences.map((one) => {
        const frames = cell.values.get(one.observation)?.frames ?? [];
        return h(
          'li',
          {},
          h('b', {}, observationTitle(one.observation)),
          ': ',
          comparisonText(one, cell),
          ' ',
          h('a', { href: `#${cellId(cell)}` }, frames.length > 0 ? framesText(frames) : t('ui.open-cell')),
        );
      });
      return h('section', {}, h('h2', {}, serverAt(cell.server).title), h('ul', {}, lines));
    }),
  );
}

/** The servers that could not run, with the reason and the remedy; `null` where all could. */
function notObserved(rows: readonly (Cell | null)[]): HTMLElement | null {
  const lines = index.servers.flatMap(({ title, skipped }, server) =>
    skipped && !rows[server]
      ? [
          h(
            'li',
            {},
            h('b', {}, title),
            ` ${t('ui.skipped')}: ${skipped.reason} (`,
            t('ui.remedy', { command: '' }),
            h('code', {}, skipped.remedy),
            ')',
          ),
        ]
      : [],
  );
  if (lines.length === 0) return null;
  return h('section', { class: 'not-observed' }, h('h2', {}, t('ui.not-observed')), h('ul', {}, lines));
}
