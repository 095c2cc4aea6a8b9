/** Tables where the page is narrow: each row a block, each value below the title of its column. */

/** Gives the cells of plain tables their titles, which the style shows. A table with drawings in it stays one. */
export function stackTables(within: HTMLElement): void {
  for (const table of within.querySelectorAll<HTMLTableElement>('table.plain')) {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent?.trim() ?? '');
    if (heads.length === 0 || table.querySelector('.bars, .strip, [colspan]')) continue;
    table.classList.add('stacked');
    // A row that is a block is none to screen readers: its role says that it is.
    table.setAttribute('role', 'table');
    for (const part of table.querySelectorAll('thead, tbody')) part.setAttribute('role', 'rowgroup');
    for (const row of table.rows) {
      row.setAttribute('role', 'row');
      for (const [place, cell] of [...row.cells].entries()) {
        cell.setAttribute('role', cell.tagName === 'TD' ? 'cell' : cell.scope === 'col' ? 'columnheader' : 'rowheader');
        if (cell.tagName === 'TD') cell.dataset.title = heads[place] ?? '';
      }
    }
  }
}
