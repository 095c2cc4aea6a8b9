/** Tables as text: Markdown and CSV. */

/** A table in Markdown; the first row is its head. What would end a cell or begin markup is escaped. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...body.map(line)].join('\n');
}

const escapeCell = (text: string): string => text.replace(/[\\|`*_[\]<>]/g, '\\$&').replace(/\s*\n\s*/g, ' ');

/** CSV as RFC 4180 has it. A text that a spreadsheet would take for a formula begins with a quote mark. */
export const csvTable = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map(csvField).join(',')}\r\n`).join('');

function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+( \w+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
