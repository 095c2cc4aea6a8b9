/** Servers × observations for one client and scenario. */
import { diffKind, majorityOf } from './compare.js';
import { framesText, h, select } from './dom.js';
import { inspect } from './inspector.js';
import { t } from './language.js';
import { badges, cellAt, cellName, cells, index, judgementOf, observationTitle, scenarioTitle, valueText } from './model.js';

/** @typedef {import('./model.js').Cell} Cell */

export const view = {
  client: 0,
  scenario: 0,
  /** A server's number; -1: the majority. */
  baseline: -1,
  filter: '',
  onlyDifferent: true,
  group: '',
  sort: /** @type {{ column: number, down: boolean }} */ ({ column: -1, down: false }),
};

/** The client and scenario that a reader should see first. */
export function chooseFirst() {
  const first =
    cells.find((cell) => cell.state === 'observed' && index.scenarios[cell.scenario].id === 'first-visit') ??
    cells.find((cell) => cell.state === 'observed');
  if (first) Object.assign(view, { client: first.client, scenario: first.scenario });
}

/** @returns {(Cell | null)[]} one for each server */
const column = () =>
  index.servers.map((/** @type {any} */ _server, /** @type {number} */ server) => cellAt(server, view.client, view.scenario));

/**
 * What each value is compared with, and how it comes out.
 * @param {(Cell | null)[]} rows
 */
export function comparison(rows) {
  const observed = rows.filter((cell) => cell?.state === 'observed');
  const usual = observed.filter(
    (cell) => cell && index.servers[cell.server].provenance === 'real' && index.servers[cell.server].variantOf === null,
  );
  const voters = usual.length >= 2 ? usual : observed;
  const baseline = view.baseline < 0 ? null : (rows[view.baseline] ?? null);
  return index.observations.map((/** @type {any} */ row, /** @type {number} */ observation) => {
    const valueIn = (/** @type {Cell | null | undefined} */ cell) => cell?.byObservation.get(observation) ?? null;
    const present = observed.some((cell) => valueIn(cell));
    const majority = present && view.baseline < 0 ? majorityOf(voters.map(valueIn), row) : null;
    const left = view.baseline < 0 ? (majority?.value ?? null) : valueIn(baseline);
    const comparable = view.baseline < 0 ? majority !== null : baseline?.state === 'observed';
    const kinds = rows.map((cell) => (comparable && cell?.state === 'observed' ? diffKind(left, valueIn(cell), row) : 'equal'));
    const differs = kinds.some((kind) => kind !== 'equal') || (present && view.baseline < 0 && majority === null && observed.length > 1);
    return { observation, present, majority, left, kinds, differs, comparable };
  });
}

/** @param {any} compared @param {Cell} cell */
export function reasonOf(compared, cell) {
  const row = index.observations[compared.observation];
  const value = cell.byObservation.get(compared.observation) ?? null;
  const server = index.servers[cell.server].title;
  const right = valueText(value, row.unit);
  if (!compared.comparable) return `${t('ui.value-only', { server, right })} ${view.baseline < 0 ? t('ui.no-majority') : ''}`.trim();
  const other = view.baseline < 0 ? t('ui.majority') : index.servers[view.baseline].title;
  const left = valueText(compared.left, row.unit);
  const kind = compared.kinds[cell.server];
  if (view.baseline < 0 && kind === 'differs') {
    const { agreeing, voting } = compared.majority;
    return t('ui.differs-majority', { server, right, left, agreeing, voting });
  }
  return t(`ui.${kind}`, { server, right, left, other });
}

/** @param {() => void} redraw */
export function matrixView(redraw) {
  const rows = column();
  const all = comparison(rows);
  const chosen = all.filter((/** @type {any} */ one) => one.present && (!view.onlyDifferent || one.differs) && inGroup(one.observation));
  const { servers, columns } = filtered(rows, chosen);
  const differences = servers.flatMap((server) => columns.filter((one) => one.kinds[server] !== 'equal').map((one) => [server, one]));
  return [
    h('h1', { class: 'visually-hidden' }, t('ui.matrix')),
    controls(redraw, rows),
    h('p', { class: 'count', role: 'status' }, t('ui.observed-count', countsOf(servers, rows, columns, all))),
    servers.length === 0 || columns.length === 0 ? h('p', { class: 'empty' }, t('ui.nothing')) : table(rows, servers, columns, redraw),
    legend(),
    differences.length > 0 ? inWords(rows, differences) : null,
    notObserved(rows),
  ];
}

const countsOf = (/** @type {number[]} */ servers, /** @type {any[]} */ rows, /** @type {any[]} */ columns, /** @type {any[]} */ all) => ({
  rows: servers.length,
  all: rows.filter((cell) => cell !== null).length,
  columns: columns.length,
  total: all.filter((one) => one.present).length,
});

/** @param {number} observation */
const inGroup = (observation) => view.group === '' || index.observations[observation].id.startsWith(`${view.group}.`);

/** @param {() => void} redraw @param {(Cell | null)[]} rows */
function controls(redraw, rows) {
  const change = (/** @type {Partial<typeof view>} */ what) => {
    Object.assign(view, what);
    redraw();
  };
  const clients = index.clients.map((/** @type {any} */ row, /** @type {number} */ client) => [
    String(client),
    `${row.title} (${t(`ui.${row.provenance}`)})`,
  ]);
  const used = (/** @type {number} */ client) => new Set(cells.filter((cell) => cell.client === client).map((cell) => cell.scenario));
  const scenarios = [...used(view.client)].sort((a, b) => a - b);
  const groups = [...new Set(index.observations.map((/** @type {any} */ row) => row.id.split('.')[0]))];
  const filter = h('input', {
    type: 'search',
    id: 'filter',
    placeholder: t('ui.filter-hint'),
    value: view.filter,
    oninput: () => change({ filter: filter.value }),
  });
  const only = h('input', {
    type: 'checkbox',
    id: 'only-different',
    checked: view.onlyDifferent,
    onchange: () => change({ onlyDifferent: only.checked }),
  });
  const chooseClient = (/** @type {string} */ value) => {
    const client = Number(value);
    const still = used(client).has(view.scenario) ? view.scenario : (Math.min(...used(client)) ?? 0);
    location.hash = `/matrix/${index.clients[client].id}/${index.scenarios[still].id}`;
  };
  const baselines = rows.flatMap((cell) => (cell?.state === 'observed' ? [[String(cell.server), index.servers[cell.server].title]] : []));
  return h(
    'form',
    { class: 'controls', onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    select(
      t('ui.client'),
      clients.filter(([client]) => used(Number(client)).size > 0),
      String(view.client),
      chooseClient,
      'client',
    ),
    select(
      t('ui.scenario'),
      scenarios.map((scenario) => [String(scenario), scenarioTitle(scenario)]),
      String(view.scenario),
      (value) => {
        location.hash = `/matrix/${index.clients[view.client].id}/${index.scenarios[Number(value)].id}`;
      },
      'scenario',
    ),
    select(
      t('ui.baseline'),
      [['-1', t('ui.majority')], ...baselines],
      String(view.baseline),
      (value) => change({ baseline: Number(value) }),
      'baseline',
    ),
    select(
      t('ui.group'),
      [['', t('ui.all')], ...groups.map((group) => /** @type {[string, string]} */ ([group, group]))],
      view.group,
      (group) => change({ group }),
      'group',
    ),
    h('label', { class: 'control grow' }, h('span', {}, t('ui.filter')), filter),
    h('label', { class: 'check' }, only, h('span', {}, t('ui.only-different'))),
  );
}

/**
 * The filter names servers, observations, or else values.
 * @param {(Cell | null)[]} rows @param {any[]} columns
 */
function filtered(rows, columns) {
  const servers = sorted(
    rows.flatMap((cell) => (cell ? [cell.server] : [])),
    rows,
  );
  const wanted = view.filter.trim().toLowerCase();
  if (wanted === '') return { servers, columns };
  const has = (/** @type {string} */ text) => text.toLowerCase().includes(wanted);
  const named = servers.filter((server) => has(index.servers[server].id) || has(index.servers[server].title));
  const titled = columns.filter(({ observation }) => has(index.observations[observation].id) || has(observationTitle(observation)));
  if (named.length > 0 || titled.length > 0)
    return { servers: named.length > 0 ? named : servers, columns: titled.length > 0 ? titled : columns };
  const hit = (/** @type {number} */ server, /** @type {any} */ one) => {
    const value = rows[server]?.byObservation.get(one.observation);
    return value !== undefined && has(valueText(value, index.observations[one.observation].unit));
  };
  return {
    servers: servers.filter((server) => columns.some((one) => hit(server, one))),
    columns: columns.filter((one) => servers.some((server) => hit(server, one))),
  };
}

/** @param {number[]} servers @param {(Cell | null)[]} rows */
function sorted(servers, rows) {
  const { column, down } = view.sort;
  if (column < 0) return servers;
  const keyOf = (/** @type {number} */ server) => rows[server]?.byObservation.get(column)?.[1];
  const order = [...servers].sort((a, b) => compareKeys(keyOf(a), keyOf(b)) * (down ? -1 : 1));
  return order;
}

/** Numbers before text, what is still open behind every number, what is not there last. @param {any} a @param {any} b */
function compareKeys(a, b) {
  const rank = (/** @type {any} */ key) => (typeof key === 'number' ? 0 : key === null ? 1 : key === undefined ? 3 : 2);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  return typeof a === 'number' ? a - b : String(a).localeCompare(String(b));
}

/** @param {(Cell | null)[]} rows @param {number[]} servers @param {any[]} columns @param {() => void} redraw */
function table(rows, servers, columns, redraw) {
  const groups = columns.map(({ observation }) => index.observations[observation].id.split('.')[0]);
  const heads = columns.map((one, place) => header(one, place > 0 && groups[place] === groups[place - 1], redraw));
  const groupHeads = groups.flatMap((group, place) =>
    place > 0 && groups[place - 1] === group
      ? []
      : [
          h(
            'th',
            {
              class: 'group',
              scope: 'colgroup',
              colspan:
                groups.slice(place).findIndex((other) => other !== group) > 0
                  ? groups.slice(place).findIndex((other) => other !== group)
                  : groups.length - place,
            },
            h('span', {}, group),
          ),
        ],
  );
  const body = servers.map((server) => bodyRow(rows[server] ?? null, server, columns, groups));
  const grid = h(
    'table',
    { class: 'matrix', role: 'grid', 'aria-label': t('ui.matrix'), onkeydown: moveFocus },
    h(
      'thead',
      {},
      h('tr', {}, h('td', { class: 'corner' }), groupHeads),
      h('tr', {}, h('th', { scope: 'col', class: 'corner' }, t('ui.server')), heads),
    ),
    h('tbody', {}, body),
  );
  grid.querySelector('tbody .value')?.setAttribute('tabindex', '0');
  return h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('ui.matrix') }, grid);
}

/** @param {any} one @param {boolean} inner @param {() => void} redraw */
function header(one, inner, redraw) {
  const row = index.observations[one.observation];
  const isSorted = view.sort.column === one.observation;
  const text = observationTitle(one.observation);
  const sort = () => {
    const third = isSorted && view.sort.down;
    view.sort = third ? { column: -1, down: false } : { column: one.observation, down: isSorted };
    redraw();
  };
  return h(
    'th',
    {
      scope: 'col',
      class: inner ? null : 'first-of-group',
      'aria-sort': isSorted ? (view.sort.down ? 'descending' : 'ascending') : 'none',
      title: `${row.id}: ${row.definition}`,
    },
    h(
      'button',
      { type: 'button', class: 'sort', id: `sort-${row.id}`, 'aria-label': t('ui.sort-by', { title: text }), onclick: sort },
      text,
      isSorted ? (view.sort.down ? ' ↓' : ' ↑') : '',
    ),
  );
}

/** @param {Cell | null} cell @param {number} server @param {any[]} columns @param {string[]} groups */
function bodyRow(cell, server, columns, groups) {
  const row = index.servers[server];
  const isBaseline = view.baseline === server;
  const head = h(
    'th',
    { scope: 'row', title: row.summary },
    cell?.state === 'observed' ? h('a', { href: `#${cellName(cell)}` }, row.title) : row.title,
    ' ',
    badges(row),
    isBaseline ? h('span', { class: 'badge baseline' }, t('ui.baseline-row')) : null,
    h('span', { class: 'version' }, row.version ?? ''),
  );
  const classes = ['row', row.variantOf ? 'is-variant' : '', row.provenance === 'model' ? 'is-model' : '', isBaseline ? 'is-baseline' : '']
    .join(' ')
    .trim();
  if (cell?.state !== 'observed') {
    const text = cell ? `${t(`ui.${cell.state}`)}: ${cell.reason ?? ''}` : '';
    return h('tr', { class: classes }, head, h('td', { colspan: columns.length, class: `outcome ${cell?.state}` }, text));
  }
  return h(
    'tr',
    { class: classes },
    head,
    columns.map((one, place) => valueCell(cell, one, place > 0 && groups[place] === groups[place - 1])),
  );
}

/** @param {Cell} cell @param {any} one @param {boolean} inner */
function valueCell(cell, one, inner) {
  const row = index.observations[one.observation];
  const value = cell.byObservation.get(one.observation);
  const differs = one.kinds[cell.server] !== 'equal';
  const deviates = judgementOf(value)?.verdict === 'deviates';
  const open = value !== undefined && value[1] === null && typeof value[3] === 'number';
  const text = valueText(value, row.unit, true);
  const classes = [
    'value',
    inner ? '' : 'first-of-group',
    differs ? 'differs' : '',
    deviates ? 'deviates' : '',
    open ? 'open' : '',
    value ? '' : 'absent',
    typeof value?.[1] === 'number' ? 'number' : '',
  ];
  const reason = reasonOf(one, cell);
  const marks = [
    differs ? h('span', { class: 'mark', 'aria-hidden': 'true' }, '≠') : null,
    text,
    deviates ? h('span', { class: 'rfc', 'aria-hidden': 'true' }, '§') : null,
  ];
  const hidden =
    differs || deviates
      ? h(
          'span',
          { class: 'visually-hidden' },
          [differs ? t('ui.legend-differs') : '', deviates ? t('ui.legend-deviates') : ''].filter(Boolean).join(', '),
        )
      : null;
  const show = () => inspect(cell, one.observation, reason, differs);
  return h(
    'td',
    {
      class: classes.filter(Boolean).join(' '),
      tabindex: '-1',
      title: reason,
      onclick: show,
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        show();
      },
    },
    h('span', { class: text.length <= 24 ? 'text one-line' : 'text' }, marks),
    hidden,
  );
}

/** Arrow keys move between the values; the tab key leaves the table. @param {KeyboardEvent} event */
function moveFocus(event) {
  const from = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest('td.value'));
  const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -1e3], End: [0, 1e3] }[event.key];
  if (!from || !move) return;
  const line = /** @type {HTMLTableRowElement} */ (from.parentElement);
  const lines = [...(line.parentElement?.children ?? [])];
  const target = lines[Math.min(lines.length - 1, Math.max(0, lines.indexOf(line) + (move[0] ?? 0)))];
  const values = [...(target?.querySelectorAll('td.value') ?? [])];
  const place = [...line.querySelectorAll('td.value')].indexOf(from) + (move[1] ?? 0);
  const next = /** @type {HTMLElement | undefined} */ (values[Math.min(values.length - 1, Math.max(0, place))]);
  if (!next) return;
  event.preventDefault();
  from.setAttribute('tabindex', '-1');
  next.setAttribute('tabindex', '0');
  next.focus();
}

const legend = () =>
  h(
    'p',
    { class: 'legend' },
    h('span', {}, h('span', { class: 'key differs' }, '≠'), ' ', t('ui.legend-differs')),
    h('span', {}, h('span', { class: 'key deviates' }, '§'), ' ', t('ui.legend-deviates')),
    h('span', {}, h('span', { class: 'key open' }, '> 8 s'), ' ', t('ui.legend-open')),
    h('span', {}, h('span', { class: 'key' }, '–'), ' ', t('ui.legend-absent')),
    h('span', { class: 'hint' }, t('ui.hint')),
  );

/** @param {(Cell | null)[]} rows @param {any[]} differences */
function inWords(rows, differences) {
  const byServer = new Map();
  for (const [server, one] of differences) byServer.set(server, [...(byServer.get(server) ?? []), one]);
  return h(
    'details',
    { class: 'in-words' },
    h('summary', {}, t('ui.in-words', { n: differences.length })),
    [...byServer].map(([server, list]) => {
      const cell = /** @type {Cell} */ (rows[server]);
      const lines = list.map((/** @type {any} */ one) => {
        const frames = cell.byObservation.get(one.observation)?.[2] ?? [];
        return h(
          'li',
          {},
          h('b', {}, observationTitle(one.observation)),
          ': ',
          reasonOf(one, cell),
          ' ',
          h('a', { href: `#${cellName(cell)}` }, frames.length > 0 ? framesText(frames) : t('ui.open-cell')),
        );
      });
      return h('section', {}, h('h2', {}, index.servers[server].title), h('ul', {}, lines));
    }),
  );
}

/** @param {(Cell | null)[]} rows */
function notObserved(rows) {
  const outside = index.servers.filter((/** @type {any} */ row, /** @type {number} */ server) => row.skipped && !rows[server]);
  if (outside.length === 0) return null;
  return h(
    'section',
    { class: 'not-observed' },
    h('h2', {}, t('ui.not-observed')),
    h(
      'ul',
      {},
      outside.map((/** @type {any} */ row) =>
        h(
          'li',
          {},
          h('b', {}, row.title),
          ` ${t('ui.skipped')}: ${row.skipped.reason} (`,
          t('ui.remedy', { command: '' }),
          h('code', {}, row.skipped.remedy),
          ')',
        ),
      ),
    ),
  );
}
