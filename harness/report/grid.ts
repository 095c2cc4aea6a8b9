/** Lays a table out in a given number of columns: wraps what may be wrapped, then leaves columns out by rank. */
import { padEnd, textWidth, wordsOf, wrap } from './width.ts';

export interface GridColumn {
  header: string;
  rank: number;
  texts: string[];
}

export interface Grid {
  /** Lines of the header, then of each row. */
  header: string[];
  rows: string[][];
  /** Positions of the columns that found no room. */
  leftOut: number[];
}

const GAP = '  ';
/** A wider value is wrapped. */
const WIDEST = 40;

/** `paint` colours a padded text; it must not change its width. The first column is never left out. */
export function layOut(columns: readonly GridColumn[], width: number, paint: (text: string, column: number, row: number) => string): Grid {
  const kept = columns.map((_, index) => index);
  let widths = widthsFor(columns, kept, width);
  while (widths === null && kept.length > 1) {
    const worst = kept.slice(1).reduce((a, b) => ((columns[a]?.rank ?? 0) > (columns[b]?.rank ?? 0) ? a : b));
    kept.splice(kept.indexOf(worst), 1);
    widths = widthsFor(columns, kept, width);
  }
  const shown = widths ?? kept.map(() => Math.max(1, width));
  const rowCount = Math.max(0, ...columns.map((column) => column.texts.length));
  const line = (row: number): string[] => {
    const cells = kept.map((column, at) => wrap((row < 0 ? columns[column]?.header : columns[column]?.texts[row]) ?? '', shown[at] ?? 1));
    const height = Math.max(...cells.map((cell) => cell.length));
    // Headers stand on the line below them, rows begin at the top.
    return Array.from({ length: height }, (_, index) =>
      kept
        .map((column, at) => {
          const cell = cells[at] ?? [];
          const text = (row < 0 ? cell[index - (height - cell.length)] : cell[index]) ?? '';
          const padded = at === kept.length - 1 ? text : padEnd(text, shown[at] ?? 1);
          return paint(padded, column, row);
        })
        .join(GAP)
        .trimEnd(),
    );
  };
  return {
    header: [...line(-1), kept.map((_, at) => '─'.repeat(shown[at] ?? 1)).join(GAP)],
    rows: Array.from({ length: rowCount }, (_, row) => line(row)),
    leftOut: columns.map((_, index) => index).filter((index) => !kept.includes(index)),
  };
}

/** Widths of the kept columns that add up to no more than `width`; `null` where their longest words don't fit. */
function widthsFor(columns: readonly GridColumn[], kept: readonly number[], width: number): number[] | null {
  const room = width - GAP.length * (kept.length - 1);
  const sizes = kept.map((index) => {
    const { header, texts } = columns[index] as GridColumn;
    const words = [header, ...texts].flatMap((text) => wordsOf(text).map((word) => word.text));
    const least = Math.min(WIDEST, Math.max(1, ...words.map(textWidth)));
    return { least, width: Math.max(least, Math.min(WIDEST, Math.max(1, ...texts.map(textWidth)))) };
  });
  const total = () => sizes.reduce((sum, size) => sum + size.width, 0);
  while (total() > room) {
    const shrinkable = sizes.filter((size) => size.width > size.least);
    if (shrinkable.length === 0) return null;
    const widest = shrinkable.reduce((a, b) => (a.width >= b.width ? a : b));
    widest.width--;
  }
  return sizes.map((size) => size.width);
}
