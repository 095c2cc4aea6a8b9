import { escapeLines, printable } from '../report/escape.ts';

/** Writes a message to standard error, since standard output may go into a file. Control characters in it are escaped. */
export const say = (message: string): void => {
  process.stderr.write(`wirematrix: ${escapedWords(message)}\n`);
};

/**
 * Escapes a message for the terminal. A newline in a quoted argument is escaped too, so that no part of the argument looks like a message of ours.
 */
export function escapedWords(message: string): string {
  // A message may quote one entry of a comma list.
  const broken = process.argv.flatMap((word) => word.match(/\n[^\n,]+/g) ?? []).sort((a, b) => b.length - a.length);
  return escapeLines(broken.reduce((text, part) => text.replaceAll(part, printable(part)), message));
}
