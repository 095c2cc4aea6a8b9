/**
 * Text from the wire is shown as text: no byte of it may control a terminal, open a tag or link in Markdown, or become a formula in a
 * spreadsheet.
 */

/** C0 and C1 controls, DEL, bidirectional controls, zero-width and line-separating characters, unpaired surrogates, BOM. */
const STEERING =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\u{e0001}|[\u{e0020}-\u{e007f}]/gu;

const NAMED: Record<string, string> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Most texts: printable ASCII, which needs no escape. */
const PLAIN = /^[\x20-\x7e]*$/;

/** One line of printable text: every control is shown as an escape such as `\x1b`. */
export const printable = (text: string): string =>
  PLAIN.test(text) ? text : text.replace(STEERING, (character) => NAMED[character] ?? escapeOf(character));

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

/** For a terminal. */
export const escapeTerminal = printable;

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

/** One field of RFC 4180. A text that a spreadsheet would read as a formula gets an apostrophe in front. */
export function escapeCsv(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const text = printable(value);
  const safe = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]/.test(text) ? `'${text}` : text;
  return /[",;']/.test(safe) || safe !== safe.trim() ? `"${safe.replace(/"/g, '""')}"` : safe;
}
