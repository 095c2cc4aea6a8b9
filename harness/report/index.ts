/** Every reporter, in the order in which they write. */
import { badge } from './badge.ts';
import { comment } from './comment.ts';
import { csv } from './csv.ts';
import { findingsJson } from './findings-json.ts';
import { github } from './github.ts';
import { har } from './har.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import type { Reporter } from './reporter.ts';
import { sarif } from './sarif.ts';
import { terminal } from './terminal.ts';

export const reporters: readonly Reporter[] = [
  json, //
  findingsJson,
  markdown,
  csv,
  html,
  har,
  terminal,
  junit,
  sarif,
  github,
  comment,
  badge,
];
