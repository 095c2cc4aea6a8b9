/** What the Markdown files are put together from. */
import { escapeMarkdown } from './escape.ts';
import { NO_BREAK } from './value-text.ts';

/** Every cell is escaped here, and only here. */
const row = (cells: readonly string[]): string => `| ${cells.map((cell) => escapeMarkdown(cell)).join(' | ')} |`;

/** A table of texts. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(header), `|${header.map(() => ' --- |').join('')}`, ...rows.map(row)].join('\n');

/** A file of sections; empty ones are left out. */
export const fileOf = (sections: readonly string[]): string =>
  `${sections
    .filter((section) => section !== '')
    .join('\n\n')
    .replaceAll(NO_BREAK, ' ')}\n`;
