/** One self-contained file: the page's own script and style, named by their hashes in its policy, and the data as JSON that no parser of HTML can leave. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../system/project-root.ts';
import { PHRASES, TITLES } from '../phrases/phrases.ts';

/** In the order in which they are joined: each imports only from those before it. */
export const PAGE_MODULES = [
  'language.js',
  'dom.js',
  'model.js',
  'compare.js',
  'inspector.js',
  'matrix.js',
  'observation.js',
  'ladder.js',
  'waterfall.js',
  'heads.js',
  'cell.js',
  'idle.js',
  'segments.js',
  'claims.js',
  'main.js',
] as const;

const PAGE = ['harness', 'report', 'html', 'page'];

const asset = (name: string): string => readFileSync(path.join(projectRoot(), ...PAGE, name), 'utf8');

/** The modules as one script, each in a scope of its own: an `import` becomes the reading of what an earlier one returned. */
export function pageScript(read: (name: string) => string = asset): string {
  const modules = PAGE_MODULES.map((name) => {
    const source = read(name);
    const names = [...source.matchAll(/^export (?:const|function|async function) (\w+)/gm)].map((match) => match[1]);
    const body = source.replace(/^import \{([^}]*)\} from '\.\/([\w.]+)';$/gm, "const {$1} = modules['$2'];").replace(/^export /gm, '');
    return `modules['${name}'] = (() => {\n${body}\nreturn { ${names.join(', ')} };\n})();\n`;
  });
  return `'use strict';\n(() => {\nconst modules = {};\n${modules.join('')}})();\n`;
}

/** JSON within a script element: `<` can neither end it nor begin a comment; U+2028 and U+2029 stay out of the source. */
export const embedded = (data: unknown): string =>
  JSON.stringify(data).replace(/[<\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The file, piece by piece: the details come one by one and are not needed together. */
export function documentStart(title: string): string {
  const style = `\n${asset('page.css')}`;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(scriptText())}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M3 1v14M13 1v14M3 4l10 3M13 9l-10 3' stroke='%232563eb' stroke-width='1.6' fill='none'/%3E%3C/svg%3E">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript><p>This page shows its data with a script that is part of the file. The same values are in table.md and table.csv.</p></noscript>
`;
}

export const dataBlock = (id: string, data: unknown): string => `<script type="application/json" id="${id}">${embedded(data)}</script>\n`;

export const documentEnd = (): string =>
  `${dataBlock('phrases', { phrases: PHRASES, titles: TITLES })}<script>${scriptText()}</script>\n</body>\n</html>\n`;

let script: string | null = null;
const scriptText = (): string => (script ??= `\n${pageScript()}`);

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
