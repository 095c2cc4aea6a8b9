/** The table of the matrix: sortable columns, values that open the inspector, arrow keys that move between them. */
import { type Comparison, comparisonText, differsIn, view } from './comparison.ts';
import { announce, type Child, copy, h } from './dom.ts';
import { inspect } from './inspector.ts';
import { t } from './language.ts';
import { againButton } from './live.ts';
import { matrix } from './matrix-state.ts';
import {
  badges,
  type Cell,
  cellId,
  definitionOf,
  isRace,
  observationAt,
  observationTitle,
  openForS,
  outcomeText,
  raceText,
  serverAt,
  valueText,
} from './model.ts';
import { groupName } from './questions.ts';
import { copyRowButton, rowMarkdown } from './take-row.ts';

/** The group of an observation: the first part of its id. */
export const groupOf = (observation: number): string => observationAt(observation).id.split('.')[0] ?? '';

/** A row of the matrix. */
export interface ServerLine {
  server: number;
  /** Variants and versions that can be folded under it. */
  children: number;
  /** Whether they are shown. */
  open: boolean;
  /** It is shown under the server that it varies. */
  within: boolean;
}

/** What a value of the table stands for. */
const shownIn = new WeakMap<Element, { cell: Cell; compared: Comparison }>();

/** @param rows a cell, or none, for each server @param lines those that are shown, in order */
export function matrixTable(
  rows: readonly (Cell | null)[],
  lines: readonly ServerLine[],
  columns: readonly Comparison[],
  redraw: () => void,
): HTMLElement {
  const groups = columns.map(({ observation }) => groupOf(observation));
  /** Whether a column continues the group of the one before it. */
  const inner = groups.map((group, place) => place > 0 && groups[place - 1] === group);
  const groupHeads = groups.flatMap((group, place) => {
    if (inner[place]) return [];
    const end = inner.findIndex((continues, other) => other > place && !continues);
    return [
      h('th', { class: 'group', scope: 'colgroup', colspan: (end < 0 ? groups.length : end) - place }, h('span', {}, groupName(group))),
    ];
  });
  const heads = columns.map(({ observation }, place) => header(observation, inner[place] ?? false, redraw));
  const draw = (line: ServerLine): HTMLElement => bodyRow(rows[line.server] ?? null, line, columns, inner, redraw);
  const baseline = lines.find(({ server }) => server === view.baseline);
  const grid = h(
    'table',
    { class: 'matrix', role: 'grid', 'aria-label': t('ui.matrix'), onkeydown: onKey, onclick: onClick, onpointerover: explain },
    h(
      'thead',
      {},
      h('tr', {}, h('td', { class: 'corner' }), groupHeads),
      h('tr', {}, h('th', { scope: 'col', class: 'corner' }, t('ui.server')), heads),
      baselineRow(rows, baseline, columns, inner, draw),
    ),
    h('tbody', {}, below(lines, baseline).map(draw)),
  );
  grid.querySelector('tbody .value')?.setAttribute('tabindex', '0');
  return h('div', { class: 'scroll matrix-scroll', tabindex: '0', role: 'group', 'aria-label': t('ui.matrix') }, grid);
}

/** The rows below the head: the variants of the baseline, which stands in the head, come first. */
function below(lines: readonly ServerLine[], baseline: ServerLine | undefined): readonly ServerLine[] {
  if (!baseline) return lines;
  const at = lines.indexOf(baseline);
  const end = lines.findIndex(({ within }, place) => place > at && !within);
  const until = end < 0 ? lines.length : end;
  return baseline.within
    ? lines.filter((line) => line !== baseline)
    : [...lines.slice(at + 1, until), ...lines.slice(0, at), ...lines.slice(until)];
}

/** What every row is compared with stays in sight: what most servers do, or the chosen server, which has no second row. */
function baselineRow(
  rows: readonly (Cell | null)[],
  baseline: ServerLine | undefined,
  columns: readonly Comparison[],
  inner: readonly boolean[],
  draw: (line: ServerLine) => HTMLElement,
): HTMLElement | null {
  if (baseline) return draw(baseline);
  const cell = view.baseline < 0 ? null : rows[view.baseline];
  // A filter may leave the chosen server out: it is what the rest is compared with all the same.
  if (cell) return draw({ server: cell.server, children: 0, open: false, within: false });
  return h(
    'tr',
    { class: 'row usual' },
    h('th', { scope: 'row' }, t('ui.majority')),
    columns.map(({ observation, majority, left }, place) => {
      const text = majority ? valueText(left, observationAt(observation).unit, true) : '';
      const title = majority ? t('matrix.agree', { agreeing: majority.agreeing, voting: majority.voting }) : t('ui.no-majority');
      return h('td', { class: inner[place] ? null : 'first-of-group', title }, h('span', { class: 'text' }, majority ? text : '·'));
    }),
  );
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
      title: `${row.id}: ${definitionOf(row)}`,
    },
    h(
      'button',
      { type: 'button', class: 'sort', id: `sort-${row.id}`, 'aria-label': t('ui.sort-by', { title: text }), onclick: sort },
      text,
      isSorted ? (down ? ' ↓' : ' ↑') : '',
    ),
  );
}

/** A button that shows or hides the variants and versions of a server; `null` where it has none. */
export function foldButton({ server, children, open }: ServerLine, redraw: () => void): HTMLElement | null {
  if (children === 0) return null;
  const toggle = (): void => {
    if (open) matrix.open.delete(server);
    else matrix.open.add(server);
    redraw();
  };
  const { id, title } = serverAt(server);
  return h(
    'button',
    {
      type: 'button',
      class: 'fold',
      id: `fold-${id}`,
      'aria-expanded': String(open),
      'aria-label': t('matrix.fold', { server: title, n: children }),
      title: t('matrix.fold', { server: title, n: children }),
      onclick: toggle,
    },
    open ? '▾' : '▸',
    ` ${children}`,
  );
}

/** The classes of a server's row. */
export function rowClass(server: number, within: boolean): string {
  const row = serverAt(server);
  return ['row', within ? 'is-variant' : '', row.provenance === 'model' ? 'is-model' : '', view.baseline === server ? 'is-baseline' : '']
    .filter(Boolean)
    .join(' ');
}

function bodyRow(
  cell: Cell | null,
  line: ServerLine,
  columns: readonly Comparison[],
  inner: readonly boolean[],
  redraw: () => void,
): HTMLElement {
  const row = serverAt(line.server);
  const observed = cell?.state === 'observed' ? cell : null;
  const head = h(
    'th',
    { scope: 'row', title: [row.summary, row.version].filter(Boolean).join(' · ') },
    h(
      'span',
      { class: 'row-head' },
      observed ? h('a', { href: `#${cellId(observed)}` }, row.title) : row.title,
      foldButton(line, redraw),
      badges(row, { quiet: true }),
      view.baseline === line.server ? h('span', { class: 'badge baseline' }, t('ui.baseline-row')) : null,
      h('span', { class: 'version' }, row.version ?? ''),
      observed ? copyRowButton(observed, columns) : null,
    ),
  );
  const classes = rowClass(line.server, line.within);
  if (cell?.state !== 'observed') {
    const again = cell && againButton(cell);
    return h(
      'tr',
      { class: classes },
      head,
      h(
        'td',
        { colspan: Math.max(1, columns.length), class: `outcome ${cell?.state ?? ''} ${columns.length === 0 ? 'alone' : ''}` },
        cell ? outcomeText(cell) : '',
        again && [' ', again],
      ),
    );
  }
  return h(
    'tr',
    { class: classes },
    head,
    columns.map((one, place) => valueCell(cell, one, inner[place] ?? false)),
  );
}

/** A value with its marks, and the same marks in words. */
export function marked(cell: Cell, compared: Comparison): { classes: string[]; marks: Child[]; inWords: string } {
  const { observation } = compared;
  const value = cell.values.get(observation);
  const race = isRace(cell, observation);
  const differs = !race && differsIn(compared, cell);
  const deviates = value?.conformance?.verdict === 'deviates';
  const text = valueText(value, observationAt(observation).unit, true);
  return {
    classes: [
      differs ? 'differs' : '',
      deviates ? 'deviates' : '',
      openForS(value) === null ? '' : 'open',
      value ? '' : 'absent',
      typeof value?.value === 'number' ? 'number' : '',
    ],
    marks: [
      differs ? h('span', { class: 'mark', 'aria-hidden': 'true' }, '≠') : null,
      text,
      race ? h('span', { class: 'by-a-hair', 'aria-hidden': 'true' }, '⇄') : null,
      deviates ? h('span', { class: 'rfc', 'aria-hidden': 'true' }, '§') : null,
    ],
    inWords: [differs ? t('ui.legend-differs') : '', race ? t('matrix.legend-race') : '', deviates ? t('ui.legend-deviates') : '']
      .filter(Boolean)
      .join(t('ui.comma')),
  };
}

function valueCell(cell: Cell, compared: Comparison, inner: boolean): HTMLElement {
  const { classes, marks, inWords } = marked(cell, compared);
  const element = h(
    'td',
    {
      class: ['value', inner ? '' : 'first-of-group', ...classes].filter(Boolean).join(' '),
      id: `value-${serverAt(cell.server).id}-${observationAt(compared.observation).id}`,
      tabindex: '-1',
    },
    h('span', { class: 'text' }, marks),
    inWords === '' ? null : h('span', { class: 'visually-hidden' }, inWords),
  );
  shownIn.set(element, { cell, compared });
  return element;
}

/** How a value compares, in words; where a race decides it, that. */
export const reasonFor = (cell: Cell, compared: Comparison): string =>
  isRace(cell, compared.observation) ? raceText(cell) : comparisonText(compared, cell);

const shownAt = (event: Event): { element: Element; cell: Cell; compared: Comparison } | null => {
  const element = event.target instanceof Element ? event.target.closest('td.value') : null;
  const shown = element && shownIn.get(element);
  return element && shown ? { element, ...shown } : null;
};

/** The sentence of a value is made when the pointer is on it: a table has thousands of values. */
function explain(event: Event): void {
  const shown = shownAt(event);
  if (shown && !shown.element.hasAttribute('title')) shown.element.setAttribute('title', reasonFor(shown.cell, shown.compared));
}

function onClick(event: Event): void {
  const shown = shownAt(event);
  if (!shown) return;
  if (shown.element instanceof HTMLElement) shown.element.focus({ preventScroll: true });
  const { cell, compared } = shown;
  inspect(cell, compared.observation, reasonFor(cell, compared), differsIn(compared, cell) && !isRace(cell, compared.observation));
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

/** Enter opens a value, `c` copies its row, `v` the value. */
function onKey(event: KeyboardEvent): void {
  const from = shownAt(event)?.element;
  if (from && (event.key === 'Enter' || event.key === ' ')) {
    event.preventDefault();
    onClick(event);
  } else if (from && event.key === 'c' && !event.ctrlKey && !event.metaKey) {
    from.parentElement?.querySelector<HTMLElement>('.take-row')?.click();
  } else if (from && event.key === 'v' && !event.ctrlKey && !event.metaKey) {
    const shown = shownAt(event);
    if (shown) void copy(rowMarkdown(shown.cell, [shown.compared.observation])).then(() => announce(t('ui.copied')));
  } else moveFocus(event);
}

/** Arrow keys move between the values; the tab key leaves the table. */
export function moveFocus(event: KeyboardEvent): void {
  const from = event.target instanceof Element ? event.target.closest('td.value') : null;
  const move = MOVES[event.key];
  const line = from?.parentElement;
  const table = from?.closest('table');
  if (!from || !move || !line || !table) return;
  const lines: Element[] = [...table.rows].filter((one) => one.querySelector('td.value') !== null);
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
