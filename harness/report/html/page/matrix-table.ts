/** The table of the matrix: sortable columns, values that open the inspector, arrow keys that move between them. */
import { type Comparison, comparisonText, differsIn, view } from './comparison.ts';
import { type Child, h } from './dom.ts';
import { inspect } from './inspector.ts';
import { t } from './language.ts';
import { badges, type Cell, cellId, observationAt, observationTitle, openForS, serverAt, valueText } from './model.ts';

/** Characters: a longer text is wrapped. */
const ONE_LINE = 24;

/** The group of an observation: the first part of its id. */
export const groupOf = (observation: number): string => observationAt(observation).id.split('.')[0] ?? '';

/** @param rows a cell, or none, for each server @param servers those that are shown, in order */
export function matrixTable(
  rows: readonly (Cell | null)[],
  servers: readonly number[],
  columns: readonly Comparison[],
  redraw: () => void,
): HTMLElement {
  const groups = columns.map(({ observation }) => groupOf(observation));
  /** Whether a column continues the group of the one before it. */
  const inner = groups.map((group, place) => place > 0 && groups[place - 1] === group);
  const groupHeads = groups.flatMap((group, place) => {
    if (inner[place]) return [];
    const end = inner.findIndex((continues, other) => other > place && !continues);
    return [h('th', { class: 'group', scope: 'colgroup', colspan: (end < 0 ? groups.length : end) - place }, h('span', {}, group))];
  });
  const heads = columns.map(({ observation }, place) => header(observation, inner[place] ?? false, redraw));
  const grid = h(
    'table',
    { class: 'matrix', role: 'grid', 'aria-label': t('ui.matrix'), onkeydown: moveFocus },
    h(
      'thead',
      {},
      h('tr', {}, h('td', { class: 'corner' }), groupHeads),
      h('tr', {}, h('th', { scope: 'col', class: 'corner' }, t('ui.server')), heads),
    ),
    h(
      'tbody',
      {},
      servers.map((server) => bodyRow(rows[server] ?? null, server, columns, inner)),
    ),
  );
  grid.querySelector('tbody .value')?.setAttribute('tabindex', '0');
  return h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('ui.matrix') }, grid);
}

function header(observation: number, inner: boolean, redraw: () => void): HTMLElement {
  const row = observationAt(observation);
  const isSorted = view.sort.observation === observation;
  const { down } = view.sort;
  const text = observationTitle(observation);
  /** Ascending first, then descending, then the order of the run. */
  const sort = (): void => {
    view.sort = isSorted && down ? { observation: -1, down: false } : { observation, down: isSorted };
    redraw();
  };
  return h(
    'th',
    {
      scope: 'col',
      class: inner ? null : 'first-of-group',
      'aria-sort': isSorted ? (down ? 'descending' : 'ascending') : 'none',
      title: `${row.id}: ${row.definition}`,
    },
    h(
      'button',
      { type: 'button', class: 'sort', id: `sort-${row.id}`, 'aria-label': t('ui.sort-by', { title: text }), onclick: sort },
      text,
      isSorted ? (down ? ' ↓' : ' ↑') : '',
    ),
  );
}

function bodyRow(cell: Cell | null, server: number, columns: readonly Comparison[], inner: readonly boolean[]): HTMLElement {
  const row = serverAt(server);
  const isBaseline = view.baseline === server;
  const head = h(
    'th',
    { scope: 'row', title: row.summary },
    cell?.state === 'observed' ? h('a', { href: `#${cellId(cell)}` }, row.title) : row.title,
    ' ',
    badges(row),
    isBaseline ? h('span', { class: 'badge baseline' }, t('ui.baseline-row')) : null,
    h('span', { class: 'version' }, row.version ?? ''),
  );
  const classes = ['row', row.variantOf ? 'is-variant' : '', row.provenance === 'model' ? 'is-model' : '', isBaseline ? 'is-baseline' : '']
    .join(' ')
    .trim();
  const outcome = (text: string, state: string): HTMLElement =>
    h('tr', { class: classes }, head, h('td', { colspan: columns.length, class: `outcome ${state}` }, text));
  if (cell === null) return outcome('', '');
  if (cell.state !== 'observed') return outcome(`${t(`ui.${cell.state}`)}: ${cell.reason ?? ''}`, cell.state);
  return h(
    'tr',
    { class: classes },
    head,
    columns.map((one, place) => valueCell(cell, one, inner[place] ?? false)),
  );
}

function valueCell(cell: Cell, compared: Comparison, inner: boolean): HTMLElement {
  const { observation } = compared;
  const value = cell.values.get(observation);
  const differs = differsIn(compared, cell);
  const deviates = value?.conformance?.verdict === 'deviates';
  const text = valueText(value, observationAt(observation).unit, true);
  const classes = [
    'value',
    inner ? '' : 'first-of-group',
    differs ? 'differs' : '',
    deviates ? 'deviates' : '',
    openForS(value) === null ? '' : 'open',
    value ? '' : 'absent',
    typeof value?.value === 'number' ? 'number' : '',
  ];
  const reason = comparisonText(compared, cell);
  const marks: Child[] = [
    differs ? h('span', { class: 'mark', 'aria-hidden': 'true' }, '≠') : null,
    text,
    deviates ? h('span', { class: 'rfc', 'aria-hidden': 'true' }, '§') : null,
  ];
  const marksInWords = [differs ? t('ui.legend-differs') : '', deviates ? t('ui.legend-deviates') : ''].filter(Boolean).join(', ');
  const show = (): void => inspect(cell, observation, reason, differs);
  return h(
    'td',
    {
      class: classes.filter(Boolean).join(' '),
      tabindex: '-1',
      title: reason,
      onclick: show,
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        show();
      },
    },
    h('span', { class: text.length <= ONE_LINE ? 'text one-line' : 'text' }, marks),
    marksInWords === '' ? null : h('span', { class: 'visually-hidden' }, marksInWords),
  );
}

/** By key: rows down, columns to the right. */
const MOVES: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
};

/** Arrow keys move between the values; the tab key leaves the table. */
export function moveFocus(event: KeyboardEvent): void {
  const from = event.target instanceof Element ? event.target.closest('td.value') : null;
  const move = MOVES[event.key];
  const line = from?.parentElement;
  if (!from || !move || !line) return;
  const lines = [...(line.parentElement?.children ?? [])];
  const target = lines[Math.min(lines.length - 1, Math.max(0, lines.indexOf(line) + move[0]))];
  const values = [...(target?.querySelectorAll<HTMLElement>('td.value') ?? [])];
  const place = [...line.querySelectorAll('td.value')].indexOf(from) + move[1];
  const next = values[Math.min(values.length - 1, Math.max(0, place))];
  if (!next) return;
  event.preventDefault();
  from.setAttribute('tabindex', '-1');
  next.setAttribute('tabindex', '0');
  next.focus();
}
