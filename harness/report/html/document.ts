/** One self-contained file: the page's own script and style, which its policy allows by their hashes, and the data as JSON. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { compiledProgram } from '../../system/compiled-program.ts';
import { projectRoot } from '../../system/project-root.ts';
import type { PageIndex } from './page-format.ts';

/** Where the page's style is, from the root of the project. */
const STYLE = 'harness/report/html/page/page.css';
/** The page's script: `npm run build` makes it of `page/main.ts` and all that this imports, and packs it by gzip, so that the package stays small. */
const SCRIPT = 'harness/report/html/page/main.js.gz';

/** JSON within a script element. No `<` is in it, so no data can end the element or begin a comment. */
export const embedded = (data: unknown): string =>
  JSON.stringify(data).replace(/[<\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What a page says where no script runs, and what its first lines may say of it. */
interface Words {
  noScript?: string;
  /** A comment after the first line. */
  mark?: string;
  /** It is served, and may ask its own origin for data. */
  served?: true;
}

/** The beginning of the file, up to the data blocks. @throws where the page's script was not built */
export function documentStart(title: string, { noScript = 'The same values are in values.csv.', mark, served }: Words = {}): string {
  const style = `\n${readFileSync(path.join(projectRoot(), STYLE), 'utf8')}`;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(pageScript())}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    ...(served ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
${mark ? `${mark}\n` : ''}<html lang="en">
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
<div id="app"><p>This page unpacks its data with a script. Where this sentence stays, the browser is too old: take one of 2023 or later.</p></div>
<noscript><p>This page shows its data with a script that is part of the file. ${noScript}</p></noscript>
`;
}

/** Data for the page's script, which finds them by their id. */
export const dataBlock = (id: string, data: unknown): string => `<script type="application/json" id="${id}">${embedded(data)}</script>\n`;

/** Data for the page's script, packed by gzip. */
export const packedBlock = (id: string, bytes: Uint8Array | string): string => dataBlock(id, gzipSync(bytes).toString('base64'));

/** What every page needs at once: its index, and the texts that the details refer to. */
export const firstBlocks = (index: PageIndex, strings: readonly string[]): string[] => [
  packedBlock('index', JSON.stringify(index)),
  packedBlock('strings', JSON.stringify(strings)),
];

/** The end of the file: the script, after the data that it reads. */
export const documentEnd = (): string => `<script type="module">${pageScript()}</script>\n</body>\n</html>\n`;

let script: string | null = null;
/** The page's script as it stands in the file. */
const pageScript = (): string => (script ??= `\n${gunzipSync(readFileSync(compiledProgram(SCRIPT)))}`);

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
