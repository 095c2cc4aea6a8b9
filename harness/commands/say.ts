import { escapeLines, printable } from '../report/escape.ts';

/** Tells the user something on standard error: standard output may go into a file. Nothing in the message can steer the terminal. */
export const say = (message: string): void => {
  process.stderr.write(`wirematrix: ${escapedWords(message)}\n`);
};

/** A message for the terminal. A word of the command line stays on one line in it, so that no part of it looks like a message of its own. */
export function escapedWords(message: string): string {
  const broken = process.argv.filter((word) => word.includes('\n')).sort((a, b) => b.length - a.length);
  return escapeLines(broken.reduce((text, word) => text.replaceAll(word, printable(word)), message));
}
