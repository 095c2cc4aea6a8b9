/** Lays a table out in a given width: leaves out the least important columns and wraps long values. */
import { padEnd, splitWords, textWidth, wrap } from './width.ts';

/** One column to lay out: its header, and a text for each row. */
export interface GridColumn {
  header: string;
  /** The column with the highest rank is left out first. */
  rank: number;
  texts: string[];
}

/** A table laid out: the lines of text of each row, padded to the width of the columns. */
export interface Grid {
  /** Lines of the header, then of each row. */
  header: string[];
  rows: string[][];
  /** Positions of the columns that found no room. */
  leftOut: number[];
}

const GAP = '  ';
/** A wider value is wrapped even where there is room. */
const WIDEST = 40;
/** Columns beyond this rank are left out before any value is wrapped: of a table with many rows sooner, which is read line by line. */
const WORTH_WRAPPING = 9;
const WORTH_WRAPPING_MANY = 2;
const MANY_ROWS = 8;

/** `paint` colours a padded text; it must not change its width. The first column is never left out, nor broken inside its words. */
export function layOut(columns: readonly GridColumn[], width: number, paint: (text: string, column: number, row: number) => string): Grid {
  const kept = columns.map((_, index) => index);
  const rankOf = (index: number) => columns[index]?.rank ?? 0;
  const rowCount = Math.max(0, ...columns.map((column) => column.texts.length));
  const worthWrapping = rowCount > MANY_ROWS ? WORTH_WRAPPING_MANY : WORTH_WRAPPING;
  let widths = widthsOf(columns, kept, width, false);
  while (widths === null) {
    const worst = kept.slice(1).reduce((a, b) => (rankOf(a) > rankOf(b) ? a : b), -1);
    if (rankOf(worst) > worthWrapping) {
      kept.splice(kept.indexOf(worst), 1);
      widths = widthsOf(columns, kept, width, false);
      continue;
    }
    widths = widthsOf(columns, kept, width, true);
    if (widths !== null) break;
    if (worst === -1) widths = [width];
    else kept.splice(kept.indexOf(worst), 1);
  }
  const shown = widened(columns, kept, widths, width);
  const line = (row: number): string[] => {
    const cells = kept.map((column, at) => wrap((row < 0 ? columns[column]?.header : columns[column]?.texts[row]) ?? '', shown[at] ?? 1));
    const height = Math.max(...cells.map((cell) => cell.length));
    // Headers are aligned at the bottom, rows at the top.
    return Array.from({ length: height }, (_, index) => {
      const texts = cells.map((cell) => (row < 0 ? cell[index - (height - cell.length)] : cell[index]) ?? '');
      const last = texts.findLastIndex((text) => text !== '');
      return texts
        .slice(0, last + 1)
        .map((text, at) => paint(at === last ? text : padEnd(text, shown[at] ?? 1), kept[at] ?? 0, row))
        .join(GAP);
    });
  };
  return {
    header: [...line(-1), kept.map((_, at) => '─'.repeat(shown[at] ?? 1)).join(GAP)],
    rows: Array.from({ length: rowCount }, (_, row) => line(row)),
    leftOut: columns.map((_, index) => index).filter((index) => !kept.includes(index)),
  };
}

/** Where there is room to spare, columns become as wide as their headers, the leftmost first. */
function widened(columns: readonly GridColumn[], kept: readonly number[], widths: readonly number[], width: number): number[] {
  let spare = width - GAP.length * (kept.length - 1) - widths.reduce((sum, one) => sum + one, 0);
  return widths.map((now, at) => {
    const wanted = Math.max(now, textWidth(columns[kept[at] ?? 0]?.header ?? ''));
    if (wanted - now > spare) return now;
    spare -= wanted - now;
    return wanted;
  });
}

/** Widths of the kept columns that add up to no more than `width`; `null` where there are none. */
function widthsOf(columns: readonly GridColumn[], kept: readonly number[], width: number, wrapping: boolean): number[] | null {
  const room = width - GAP.length * (kept.length - 1);
  const texts = kept.map((index) => columns[index]?.texts ?? []);
  const least = kept.map((index) => {
    const { header, texts: values } = columns[index] as GridColumn;
    const parts = [header, ...values].flatMap((text) => splitWords(text).map((word) => textWidth(word.text)));
    const unbroken = index === 0 ? values.map(textWidth) : [];
    return Math.min(WIDEST, Math.max(1, ...parts, ...unbroken));
  });
  const widths = texts.map((values, at) => Math.max(least[at] ?? 1, Math.min(WIDEST, Math.max(1, ...values.map(textWidth)))));
  const heights = texts.map((values, at) => values.map((text) => wrap(text, widths[at] ?? 1).length));
  while (widths.reduce((sum, one) => sum + one, 0) > room) {
    if (!wrapping) return null;
    const best = cheapestStep(texts, widths, least, heights);
    if (!best) return null;
    widths[best.at] = best.width;
    heights[best.at] = best.heights;
  }
  return widths;
}

interface Step {
  at: number;
  width: number;
  heights: number[];
  /** Lines of the whole table afterwards. */
  lines: number;
  gain: number;
}

/** The column that can be made narrower at the cost of the fewest lines; of equal ones the one that gains most. */
function cheapestStep(texts: string[][], widths: number[], least: number[], heights: number[][]): Step | null {
  let best: Step | null = null;
  texts.forEach((values, at) => {
    const now = widths[at] ?? 1;
    if (now <= (least[at] ?? 1)) return;
    const wrapped = values.map((text) => wrap(text, now - 1));
    const width = Math.max(least[at] ?? 1, ...wrapped.flat().map(textWidth));
    const own = wrapped.map((lines) => lines.length);
    const lines = values.reduce(
      (sum, _, row) => sum + Math.max(own[row] ?? 1, ...heights.map((column, other) => (other === at ? 1 : (column[row] ?? 1)))),
      0,
    );
    const step = { at, width, heights: own, lines, gain: now - width };
    if (!best || lines < best.lines || (lines === best.lines && step.gain > best.gain)) best = step;
  });
  return best;
}
