/** Every reporter, in the order they write: one line each. */
import { csv } from './csv.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import type { Reporter } from './reporter.ts';
import { terminal } from './terminal.ts';

export const reporters: readonly Reporter[] = [
  json, //
  markdown,
  csv,
  terminal,
];
