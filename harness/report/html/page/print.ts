/** A print loses nothing: what is folded is opened, and the matrix is printed in parts of as many columns as a page has room for. */

import { h } from './dom.ts';
import { t } from './language.ts';

/** Columns of a part, beside the server's own. */
const COLUMNS = 7;

let undo: (() => void)[] = [];

/** Has the browser prepare each print, and put everything back after it. @param unfold shows what the view folds @returns undoes that */
export function preparePrints(unfold: () => () => void): void {
  addEventListener('beforeprint', () => prepare(unfold));
  addEventListener('afterprint', restore);
}

function prepare(unfold: () => () => void): void {
  restore();
  const fold = unfold();
  for (const box of document.querySelectorAll<HTMLDetailsElement>('main details:not([open])')) {
    box.open = true;
    undo.push(() => {
      box.open = false;
    });
  }
  for (const table of document.querySelectorAll<HTMLTableElement>('.matrix-scroll table')) {
    const parts = inParts(table);
    table.closest('.scroll')?.after(parts);
    undo.push(() => parts.remove());
  }
  undo.push(fold);
}

function restore(): void {
  for (const one of undo) one();
  undo = [];
}

/** Copies of the table, each with the first column and some of the others. */
function inParts(table: HTMLTableElement): HTMLElement {
  const rows = [...table.rows].slice(1);
  const count = Math.max(...rows.map((row) => row.cells.length)) - 1;
  const parts = Math.ceil(count / COLUMNS);
  return h(
    'div',
    { class: 'print-parts' },
    Array.from({ length: parts }, (_, part) => {
      const from = 1 + part * COLUMNS;
      const lines = rows.map((row) => {
        const cells = [...row.cells];
        const own = cells.length > 2 || count === 1 ? cells.slice(from, from + COLUMNS) : cells.slice(1);
        const line = h('tr', { class: row.className });
        line.append(...[cells[0], ...own].flatMap((cell) => (cell ? [plainCopy(cell)] : [])));
        return line;
      });
      return h(
        'table',
        { class: 'matrix-part' },
        h('caption', {}, t('take.part', { part: part + 1, parts })),
        h('thead', {}, lines[0]),
        h('tbody', {}, lines.slice(1)),
      );
    }),
  );
}

function plainCopy(cell: HTMLTableCellElement): Node {
  const copy = cell.cloneNode(true) as HTMLTableCellElement;
  copy.removeAttribute('tabindex');
  copy.removeAttribute('id');
  for (const part of copy.querySelectorAll('.take-row, .fold, .again')) part.remove();
  for (const part of copy.querySelectorAll('[id]')) part.removeAttribute('id');
  return copy;
}
