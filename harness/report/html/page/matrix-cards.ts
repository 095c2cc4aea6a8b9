/** The matrix on a phone, or much enlarged: one card a server, with what differs; a touch shows the rest. */
import { type Comparison, differsIn, view } from './comparison.ts';
import { h } from './dom.ts';
import { inspect } from './inspector.ts';
import { t } from './language.ts';
import { againButton } from './live.ts';
import { foldButton, marked, reasonFor, rowClass, type ServerLine } from './matrix-table.ts';
import { badges, type Cell, cellId, isRace, observationTitle, outcomeText, serverAt } from './model.ts';
import { copyRowButton } from './take-row.ts';

/** @param rows a cell, or none, for each server @param lines those that are shown, in order */
export function matrixCards(
  rows: readonly (Cell | null)[],
  lines: readonly ServerLine[],
  columns: readonly Comparison[],
  redraw: () => void,
): HTMLElement {
  const baseline = lines.find(({ server }) => server === view.baseline);
  const ordered = baseline ? [baseline, ...lines.filter((line) => line !== baseline)] : lines;
  return h(
    'ul',
    { class: 'matrix-cards' },
    ordered.map((line) => card(rows[line.server] ?? null, line, columns, redraw)),
  );
}

function card(cell: Cell | null, line: ServerLine, columns: readonly Comparison[], redraw: () => void): HTMLElement {
  const row = serverAt(line.server);
  const observed = cell?.state === 'observed' ? cell : null;
  const head = h(
    'p',
    { class: 'card-head' },
    observed ? h('a', { href: `#${cellId(observed)}` }, row.title) : row.title,
    foldButton(line, redraw),
    badges(row, { quiet: true }),
    observed ? copyRowButton(observed, columns) : null,
  );
  if (observed === null) {
    const outcome = h('p', { class: `outcome ${cell?.state ?? ''}` }, cell ? outcomeText(cell) : '');
    return h('li', { class: rowClass(line.server, line.within) }, head, outcome, cell && againButton(cell));
  }
  const marksIt = (one: Comparison): boolean => differsIn(one, observed) || isRace(observed, one.observation);
  const first = view.baseline === line.server ? columns : columns.filter(marksIt);
  const rest = columns.filter((one) => !first.includes(one));
  return h(
    'li',
    { class: rowClass(line.server, line.within) },
    head,
    first.length > 0 ? list(observed, first) : h('p', { class: 'note' }, t('matrix.as-usual')),
    rest.length > 0 ? h('details', {}, h('summary', {}, t('matrix.more-values', { n: rest.length })), list(observed, rest)) : null,
  );
}

const list = (cell: Cell, columns: readonly Comparison[]): HTMLElement =>
  h(
    'dl',
    {},
    columns.map((compared) => {
      const { classes, marks, inWords } = marked(cell, compared);
      const differs = differsIn(compared, cell) && !isRace(cell, compared.observation);
      const open = (): void => inspect(cell, compared.observation, reasonFor(cell, compared), differs);
      return h(
        'div',
        {},
        h('dt', {}, observationTitle(compared.observation)),
        h(
          'dd',
          { class: classes.filter(Boolean).join(' ') },
          h('button', { type: 'button', class: 'link', onclick: open }, marks),
          inWords === '' ? null : h('span', { class: 'visually-hidden' }, inWords),
        ),
      );
    }),
  );
