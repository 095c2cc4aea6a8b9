/** One self-contained file: the page's own script and style, which its policy allows by their hashes, and the data as JSON. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { compiledProgram } from '../../system/compiled-program.ts';
import { projectRoot } from '../../system/project-root.ts';

/** Where the page's style is, from the root of the project. */
const STYLE = 'harness/report/html/page/page.css';
/** The page's script starts here; `npm run build` makes one file of it and of all that it imports. */
const SCRIPT = 'harness/report/html/page/main.ts';

/** JSON within a script element. No `<` is in it, so no data can end the element or begin a comment. */
export const embedded = (data: unknown): string =>
  JSON.stringify(data).replace(/[<\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What a page says where no script runs, and what its first lines may say of it. */
interface Words {
  noScript?: string;
  /** A comment after the first line. */
  mark?: string;
}

/** The beginning of the file, up to the data blocks. @throws where the page's script was not built */
export function documentStart(title: string, { noScript = 'The same values are in values.csv.', mark }: Words = {}): string {
  const style = `\n${readFileSync(path.join(projectRoot(), STYLE), 'utf8')}`;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(pageScript())}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
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
<div id="app"></div>
<noscript><p>This page shows its data with a script that is part of the file. ${noScript}</p></noscript>
`;
}

/** Data for the page's script, which finds them by their id. */
export interface DataBlock {
  id: string;
  json: string;
}

const blockOf = (id: string, data: unknown): DataBlock => ({ id, json: embedded(data) });
const blockText = ({ id, json }: DataBlock): string => `<script type="application/json" id="${id}">${json}</script>\n`;

/** One data block as it stands in the file. */
export const dataBlock = (id: string, data: unknown): string => blockText(blockOf(id, data));

/** Above this, data are packed: browsers unpack a fifth of the size faster than they read the whole. Characters. */
const PLAIN_MOST = 3_000_000;

/** The data blocks of a page; together packed into one by gzip and Base64 where they are large. */
export class DataBlocks {
  readonly #blocks: DataBlock[] = [];
  #size = 0;

  add(id: string, data: unknown): void {
    const block = blockOf(id, data);
    this.#blocks.push(block);
    this.#size += block.json.length;
  }

  text(plainMost = PLAIN_MOST): string {
    if (this.#size <= plainMost) return this.#blocks.map(blockText).join('');
    const packed = gzipSync(this.#blocks.map(({ id, json }) => `${id}\t${json}`).join('\n'), { level: 9 }).toString('base64');
    return `<script type="text/plain" id="${PACKED}">${packed}</script>\n`;
  }
}

const PACKED = 'packed';

/** Makes the data blocks of the packed one, then starts the page. A line is an id, a tab and JSON, which has no line break. */
const unpacked = (page: string): string => `
{
  const start = () => {${page}};
  const packed = document.getElementById('${PACKED}');
  const unpack = async () => {
    const bytes = Uint8Array.from(atob(packed.textContent), (character) => character.charCodeAt(0));
    const lines = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
    for (const line of lines.split('\\n')) {
      const block = document.createElement('script');
      const end = line.indexOf('\\t');
      block.type = 'application/json';
      block.id = line.slice(0, end);
      block.textContent = line.slice(end + 1);
      packed.before(block);
    }
    packed.remove();
  };
  if (packed === null) start();
  else
    unpack().then(start, (error) => {
      document.getElementById('app').textContent = 'This browser can’t unpack the data of this page: ' + error;
    });
}
`;

/** The end of the file: the script, after the data that it reads. */
export const documentEnd = (): string => `<script>${pageScript()}</script>\n</body>\n</html>\n`;

let script: string | null = null;
/** The page's script as it stands in the file. */
const pageScript = (): string => (script ??= unpacked(`\n${readFileSync(compiledProgram(SCRIPT), 'utf8')}`));

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
