import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../../harness/system/project-root.ts';
import { drawSite } from './draw-site.ts';

/**
 * Draws the pictures and the sound, and writes the manifest of all files of the site:
 *
 *     npx tsc -p tsconfig.json && node dist/servers/site/generate/index.js
 *
 * The pages, the stylesheet and the script are written by hand. A change of any file also needs a later time in `MODIFIED`.
 */
const MODIFIED: Record<string, { type: string; modified: string }> = {
  'index.html': { type: 'text/html', modified: '2024-03-04T09:15:00Z' },
  'style.css': { type: 'text/css', modified: '2024-03-04T09:00:00Z' },
  'logo.png': { type: 'image/png', modified: '2024-02-28T16:40:00Z' },
  'audio.wav': { type: 'audio/wav', modified: '2024-02-28T17:05:00Z' },
  'cards.html': { type: 'text/html', modified: '2024-03-05T11:30:00Z' },
  'cards.js': { type: 'text/javascript', modified: '2024-03-05T11:20:00Z' },
  'card-1.png': { type: 'image/png', modified: '2024-03-01T10:01:00Z' },
  'card-2.png': { type: 'image/png', modified: '2024-03-01T10:02:00Z' },
  'card-3.png': { type: 'image/png', modified: '2024-03-01T10:03:00Z' },
  'card-4.png': { type: 'image/png', modified: '2024-03-01T10:04:00Z' },
  'card-5.png': { type: 'image/png', modified: '2024-03-01T10:05:00Z' },
  'card-6.png': { type: 'image/png', modified: '2024-03-01T10:06:00Z' },
};

function manifestSource(folder: string): string {
  const rows = Object.entries(MODIFIED).map(([name, { type, modified }]) => {
    const bytes = readFileSync(join(folder, name));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return `  { name: '${name}', type: '${type}', bytes: ${bytes.length}, modified: '${modified}', sha256: '${sha256}' },`;
  });
  return `/** One file of the site. \`type\` is its media type without parameters; servers differ in what they call it. */
export interface SiteFile {
  name: string;
  type: string;
  bytes: number;
  /** Last modification, ISO 8601, whole seconds: git keeps no times, \`stageSite\` sets them. */
  modified: string;
  sha256: string;
}

/** Every file that every server serves, byte for byte. Written by \`generate/index.ts\`. */
export const manifest: readonly SiteFile[] = [
${rows.join('\n')}
];
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = join(projectRoot(), 'servers', 'site');
  for (const [name, bytes] of drawSite()) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, 'manifest.ts'), manifestSource(folder));
}
