/** What the reader can take from a view: a link, its tables as Markdown or CSV, a picture, a HAR, its requests as curl; or print it. */
import { address } from './address.ts';
import { curlOf, harOf } from './cell-files.ts';
import { openDialog } from './dialog.ts';
import { announce, type Child, copy, h } from './dom.ts';
import { t } from './language.ts';
import { csvTable, markdownTable } from './markdown.ts';
import { type Cell, cellId, detailOf, index } from './model.ts';
import { drawTable, pngOfDrawing } from './picture.ts';
import { rowMarkdown } from './take-row.ts';

/** Requests listed with a button each. */
const REQUESTS_SHOWN = 30;

/** Opens the box. @param title of the view @param cell the cell whose view it is */
export function openTakeAway(title: string, cell: Cell | null): void {
  const tables = (): string[][][] => tablesOf(document.getElementById('main'));
  const name = nameOf(cell);
  const box = openDialog('take-box', t('take.title'), [
    h('p', { class: 'note' }, title),
    h(
      'div',
      { class: 'take-list' },
      action(t('take.link'), () => copy(location.href)),
      action(t('take.markdown'), () => copy(cell ? rowMarkdown(cell, [...cell.values.keys()]) : markdownOf(title, tables()))),
      action(t('take.copy-csv'), () => copy(tables().map(csvTable).join('\r\n'))),
      action(t('take.csv'), () => save(`${name}.csv`, 'text/csv', tables().map(csvTable).join('\r\n'))),
      action(t('take.png'), () => savePicture(name, title, tables(), cell !== null)),
      cell?.state === 'observed' ? action(t('take.har'), () => save(`${name}.har`, 'application/json', harOf(cell))) : null,
      action(t('take.print'), () => {
        box.close();
        print();
      }),
    ),
    cell?.state === 'observed' ? requests(cell) : null,
  ]);
}

/** A button that does it, and says so. */
function action(text: string, run: () => void | Promise<void>): HTMLButtonElement {
  const button = h('button', { type: 'button' }, text);
  button.addEventListener('click', async () => {
    await run();
    button.textContent = `${text} ✓`;
    announce(t('take.done'));
    setTimeout(() => {
      button.textContent = text;
    }, 1500);
  });
  return button;
}

/** Every request of a cell with its curl command. */
function requests(cell: Cell): Child[] {
  const exchanges = detailOf(cell)?.exchanges ?? [];
  const lines = exchanges.slice(0, REQUESTS_SHOWN).flatMap((exchange) => {
    const command = curlOf(exchange);
    if (command === null) return [];
    return [
      h(
        'li',
        {},
        h('code', {}, command),
        ' ',
        action(t('ui.copy'), () => copy(command)),
      ),
    ];
  });
  if (lines.length === 0) return [];
  return [h('h3', {}, t('take.curl')), h('p', { class: 'note' }, t('take.curl-note')), h('ol', { class: 'curl-list' }, lines)];
}

const nameOf = (cell: Cell | null): string =>
  `wirematrix-${(cell ? cellId(cell) : address().path).replace(/[^\w.@-]+/g, '-').replace(/^-|-$/g, '') || 'matrix'}`;

/** The tables of a view as texts, with what only screen readers read and what only marks left out. */
function tablesOf(main: HTMLElement | null): string[][][] {
  return [...(main?.querySelectorAll('table') ?? [])]
    .filter((table) => !table.closest('.print-parts'))
    .map((table) =>
      [...table.rows].flatMap((row) => {
        const cells = [...row.cells].flatMap((cell) => [textOf(cell), ...Array.from({ length: cell.colSpan - 1 }, () => '')]);
        return cells.some((text) => text !== '') ? [cells] : [];
      }),
    )
    .filter((rows) => rows.length > 0);
}

function textOf(cell: HTMLElement): string {
  const copyOf = cell.cloneNode(true) as HTMLElement;
  for (const part of copyOf.querySelectorAll('.visually-hidden, .fold, .take-row, .copy, svg, [aria-hidden="true"]')) part.remove();
  for (const part of copyOf.querySelectorAll('.version, .frames, code, .why')) part.prepend(' ');
  return (copyOf.textContent ?? '').replace(/\s+/g, ' ').trim();
}

function markdownOf(title: string, tables: readonly string[][][]): string {
  const when = index.run ? ` · ${index.run.startedAt.slice(0, 10)}` : '';
  return [`**${title}**`, ...tables.map(markdownTable), `wirematrix${when} · ${location.hash}`].join('\n\n');
}

/** Has the browser save a file that was made here: nothing is sent anywhere. */
function save(name: string, type: string, content: string | Blob): void {
  const link = h('a', { href: URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The first table of the view as a picture; of a cell, its first ladder. */
async function savePicture(name: string, title: string, [table]: readonly string[][][], ofCell: boolean): Promise<void> {
  const drawing = ofCell ? document.querySelector<SVGSVGElement>('#main figure.ladder svg') : null;
  const blob = drawing ? await pngOfDrawing(drawing) : table ? await drawTable(title, table) : null;
  if (blob) save(`${name}.png`, 'image/png', blob);
}
