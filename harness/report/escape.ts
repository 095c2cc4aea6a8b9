/**
 * What comes from outside (the wire, files and their names, arguments) is shown as text: no byte of it may control a terminal, open a tag or link in Markdown, or become a
 * formula in a spreadsheet.
 */

/** C0 and C1 controls, DEL, bidirectional controls, zero-width and line-separating characters, unpaired surrogates, BOM. */
const STEERING =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\u{e0001}|[\u{e0020}-\u{e007f}]/gu;

const NAMED: Record<string, string> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Most texts: printable ASCII, which needs no escape. */
const PLAIN = /^[\x20-\x7e]*$/;
/** The same, over several lines. */
const PLAIN_LINES = /^[\x20-\x7e\n]*$/;

/** One line of printable text: every control is shown as an escape such as `\x1b`. */
export const printable = (text: string): string =>
  PLAIN.test(text) ? text : text.replace(STEERING, (character) => NAMED[character] ?? escapeOf(character));

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

/** For a terminal: text within a line. */
export const escapeTerminal = printable;

/** For a terminal: a message that may have several lines, such as one that quotes a server's log. */
export const escapeLines = (text: string): string => text.split('\n').map(printable).join('\n');

/** The same data with no character in it that steers a terminal, at any depth. */
export function printableData<T>(data: T): T {
  if (typeof data === 'string') return printable(data) as T;
  if (Array.isArray(data)) return data.map(printableData) as T;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [printable(name), printableData(value)])) as T;
}

/** JSON that reads back as the same data and can be shown in a terminal: what steers one is written as a Unicode escape. */
export const escapeJson = (json: string): string =>
  PLAIN_LINES.test(json)
    ? json
    : json.replace(STEERING, (character) =>
        character === '\n'
          ? character
          : Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
      );

/** For text within a line of Markdown: every character that has a meaning in Markdown or HTML gets a backslash or becomes a character reference. */
export const escapeMarkdown = (text: string): string =>
  printable(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]#~^$]/g, '\\$&')
    .replace(/\|/g, '&#124;')
    // Bare addresses and mentions become links on their own.
    .replace(/:(?=\/\/)/g, '&#58;')
    .replace(/@/g, '&#64;')
    .replace(/\bwww\./gi, (match) => `${match.slice(0, -1)}&#46;`)
    // A list or a heading's underline, where the text begins its line.
    .replace(/^(\s*)([-+=]|\d+[.)])(?=\s|$|[-=])/, (_match, space: string, mark: string) => {
      return `${space}${mark.slice(0, -1)}&#${mark.charCodeAt(mark.length - 1)};`;
    });

/** A span of code in Markdown, outside of tables: between more backticks than it has in a row. */
export function codeSpan(text: string): string {
  const shown = printable(text);
  const fence = fenceAround(shown, 1);
  const space = fence.length > 1 ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
}

/** Lines as a block of preformatted text in Markdown; they are already escaped for a terminal. */
export function textBlock(lines: readonly string[]): string {
  const fence = fenceAround(lines.join('\n'), 3);
  return `${fence}text\n${lines.join('\n')}\n${fence}`;
}

function fenceAround(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(Math.max(least, longest === 0 ? 0 : longest + 1));
}

/** A link in Markdown to a file, given by its path relative to the document. */
export function linkToFile(text: string, file: string): string {
  // As UTF-8 and back: `encodeURIComponent` refuses unpaired surrogates.
  const parts = Buffer.from(file).toString().split('/');
  const encoded = parts.map((part) => encodeURIComponent(part).replace(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`));
  return `[${escapeMarkdown(text)}](${encoded.join('/')})`;
}

/** One field of RFC 4180. A text that a spreadsheet would read as a formula gets an apostrophe in front. */
export function escapeCsv(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const text = printable(value);
  const safe = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]/.test(text) ? `'${text}` : text;
  return /[",;']/.test(safe) || safe !== safe.trim() ? `"${safe.replace(/"/g, '""')}"` : safe;
}
