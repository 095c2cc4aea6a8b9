import { escapeLines, printable } from '../report/escape.ts';

/** Tells the user something on standard error: standard output may go into a file. Nothing in the message can steer the terminal. */
export const say = (message: string): void => {
  process.stderr.write(`wirematrix: ${escapedWords(message)}\n`);
};

/**
 * A message for the terminal. What it quotes of the command line stays on one line, so that no part of it looks like a message of its own.
 */
export function escapedWords(message: string): string {
  // Of a comma list a message may quote one entry.
  const broken = process.argv.flatMap((word) => word.match(/\n[^\n,]+/g) ?? []).sort((a, b) => b.length - a.length);
  return escapeLines(broken.reduce((text, part) => text.replaceAll(part, printable(part)), message));
}
