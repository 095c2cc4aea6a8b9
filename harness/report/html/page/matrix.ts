/** Servers × observations for one client and scenario. */
import type { ValueJson } from '../../../model.ts';
import { type Comparison, comparisonOf, comparisonText, view } from './comparison.ts';
import { framesText, h } from './dom.ts';
import { said, t } from './language.ts';
import { matrixCards } from './matrix-cards.ts';
import { matrixControls } from './matrix-controls.ts';
import { matrix, parentOf } from './matrix-state.ts';
import { groupOf, matrixTable, type ServerLine } from './matrix-table.ts';
import {
  type Cell,
  cellAt,
  cellId,
  clientAt,
  index,
  isRace,
  observationAt,
  observationTitle,
  placesOf,
  scenarioTitle,
  serverAt,
  valueText,
} from './model.ts';
import { compareKeys } from './order.ts';

/** Where the page is so narrow, or so much enlarged, that everything stacks. */
export const narrow = matchMedia('(max-width: 640px)');

/** The view `#/matrix`. @param redraw draws it again after the reader has chosen something */
export function matrixView(redraw: () => void): (HTMLElement | null)[] {
  const rows = placesOf(index.servers).map((server) => cellAt(server, view.client, view.scenario));
  const all = comparisonOf(rows);
  const unfolded = foldedLines(sorted(rows));
  const shown = unfolded.map(({ server }) => server);
  const differing = all.filter((one) => one.present && isChosen(one, rows, shown));
  // While cells are to come, the first ones have nothing yet to differ from.
  const isFilling = rows.some((cell) => cell?.state === 'pending');
  const isUnasked = matrix.columns === null && view.group === '';
  const chosen = differing.length === 0 && isFilling && isUnasked ? all.filter((one) => one.present) : differing;
  const { lines, columns } = filtered(rows, chosen, unfolded);
  const servers = lines.map(({ server }) => server);
  const counts = {
    rows: servers.length,
    all: rows.filter((cell) => cell !== null).length,
    columns: columns.length,
    total: all.filter((one) => one.present).length,
  };
  const folded = lines.reduce((sum, { children, open }) => sum + (open ? 0 : children), 0);
  const count = [t('ui.observed-count', counts), ...(folded > 0 && view.filter.trim() === '' ? [t('matrix.folded', { n: folded })] : [])];
  return [
    h('h1', { class: 'view-title' }, t('matrix.title', { client: clientAt(view.client).title, scenario: scenarioTitle(view.scenario) })),
    matrixControls(rows, all, redraw),
    h(
      'p',
      { class: 'print-only' },
      `${t('ui.baseline')}${t('ui.colon')}${view.baseline < 0 ? t('ui.majority') : serverAt(view.baseline).title}`,
    ),
    h('p', { class: 'count', role: 'status' }, count.join(' · ')),
    servers.length === 0 || (columns.length === 0 && !isFilling)
      ? h('p', { class: 'empty' }, t('ui.nothing'))
      : narrow.matches
        ? matrixCards(rows, lines, columns, redraw)
        : matrixTable(rows, lines, columns, redraw),
    legend(),
    inWords(rows, servers, columns),
    notObserved(rows),
  ];
}

/** Whether a column is shown: one that the reader chose, or one in which what is shown differs. */
function isChosen(one: Comparison, rows: readonly (Cell | null)[], shown: readonly number[]): boolean {
  if (matrix.columns) return matrix.columns.has(one.observation);
  if (view.group !== '' && groupOf(one.observation) !== view.group) return false;
  if (!view.onlyDifferent || !one.comparable) return !view.onlyDifferent || one.differs;
  return shown.some((server) => one.kinds[server] !== 'equal' || isRace(rows[server] ?? null, one.observation));
}

/** Each server, and below it its variants and versions where the reader has opened it. */
function foldedLines(servers: readonly number[]): ServerLine[] {
  const present = new Set(servers);
  const children = (server: number): number[] => servers.filter((other) => parentOf(other) === server);
  return servers
    .filter((server) => !present.has(parentOf(server)))
    .flatMap((server): ServerLine[] => {
      const own = children(server);
      const open = matrix.open.has(server);
      const below = open ? own.map((child): ServerLine => ({ server: child, children: 0, open: false, within: true })) : [];
      return [{ server, children: own.length, open, within: false }, ...below];
    });
}

/**
 * The servers and observations that the filter leaves: it looks in their names, and in the values where no name fits. It finds servers that
 * are folded too.
 */
function filtered(
  rows: readonly (Cell | null)[],
  columns: readonly Comparison[],
  unfolded: readonly ServerLine[],
): { lines: readonly ServerLine[]; columns: readonly Comparison[] } {
  const servers = sorted(rows);
  const wanted = view.filter.trim().toLowerCase();
  if (wanted === '') return { lines: unfolded, columns };
  const flat = (those: readonly number[]): ServerLine[] => those.map((server) => ({ server, children: 0, open: false, within: false }));
  const has = (text: string): boolean => text.toLowerCase().includes(wanted);
  const named = servers.filter((server) => has(serverAt(server).id) || has(serverAt(server).title));
  const titled = columns.filter(({ observation }) => has(observationAt(observation).id) || has(observationTitle(observation)));
  if (named.length > 0) return { lines: flat(named), columns: titled.length > 0 ? titled : columns };
  if (titled.length > 0) return { lines: unfolded, columns: titled };
  const hit = (server: number, { observation }: Comparison): boolean => {
    const value = rows[server]?.values.get(observation);
    return value !== undefined && has(valueText(value, observationAt(observation).unit));
  };
  return {
    lines: flat(servers.filter((server) => columns.some((one) => hit(server, one)))),
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

const legend = (): HTMLElement =>
  h(
    'p',
    { class: 'legend' },
    h('span', {}, h('span', { class: 'key mark' }, '≠'), ' ', t('ui.legend-differs')),
    h('span', {}, h('span', { class: 'key by-a-hair' }, '⇄'), ' ', t('matrix.legend-race')),
    h('span', {}, h('span', { class: 'key deviates' }, '§'), ' ', t('ui.legend-deviates')),
    h('span', {}, h('span', { class: 'key open' }, '> 8 s'), ' ', t('ui.legend-open')),
    h('span', {}, h('span', { class: 'key' }, '–'), ' ', t('ui.legend-absent')),
    h('span', { class: 'hint' }, t('ui.hint')),
  );

/** The differences of the table as sentences; `null` where there are none. */
function inWords(rows: readonly (Cell | null)[], servers: readonly number[], columns: readonly Comparison[]): HTMLElement | null {
  const byServer = servers.flatMap((server) => {
    const cell = rows[server];
    const differences = columns.filter((one) => one.kinds[server] !== 'equal' && !isRace(cell ?? null, one.observation));
    return cell && differences.length > 0 ? [{ cell, differences }] : [];
  });
  const n = byServer.reduce((sum, { differences }) => sum + differences.length, 0);
  if (n === 0) return null;
  const line = (cell: Cell, one: Comparison): HTMLElement => {
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
  };
  const box = h('details', { class: 'in-words' }, h('summary', {}, t('ui.in-words', { n })));
  // Hundreds of sentences: they are made when somebody wants to read them.
  box.addEventListener(
    'toggle',
    () =>
      box.append(
        ...byServer.map(({ cell, differences }) =>
          h(
            'section',
            {},
            h('h2', {}, serverAt(cell.server).title),
            h(
              'ul',
              {},
              differences.map((one) => line(cell, one)),
            ),
          ),
        ),
      ),
    { once: true },
  );
  return box;
}

/** The servers that could not run, with the reason and the remedy; `null` where all could. */
function notObserved(rows: readonly (Cell | null)[]): HTMLElement | null {
  const lines = placesOf(index.servers).flatMap((server) => {
    const { title, skipped } = serverAt(server);
    return skipped && !rows[server]
      ? [
          h(
            'li',
            {},
            h('b', {}, title),
            ` ${t('ui.skipped')}: ${said(skipped.reason)} (`,
            t('ui.remedy', { command: '' }),
            h('code', {}, said(skipped.remedy)),
            ')',
          ),
        ]
      : [];
  });
  if (lines.length === 0) return null;
  return h('section', { class: 'not-observed' }, h('h2', {}, t('ui.not-observed')), h('ul', {}, lines));
}
