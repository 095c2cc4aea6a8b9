import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { drawSite } from './generate/draw-site.ts';
import { manifest } from './manifest.ts';

/**
 * Copies the site into `target` (made if need be) with the modification times of the manifest, readable by everyone:
 * a server started as root may serve as another user.
 * @throws where a file in the source tree is not the one that the manifest names
 */
export function stageSite(target: string): void {
  let files: Map<string, Buffer> | undefined;
  const drawn = () => {
    files ??= drawSite();
    return files;
  };
  mkdirSync(target, { recursive: true });
  chmodSync(target, 0o755);
  for (const { name, modified, sha256 } of manifest) {
    const source = join(projectRoot(), 'servers', 'site', name);
    // The package leaves out what is large and can be drawn.
    const bytes = existsSync(source) ? readFileSync(source) : (drawn().get(name) ?? readFileSync(source));
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      throw new Error(`${source} is not the file that servers/site/manifest.ts names; make both again: node dist/servers/site/generate/index.js`);
    }
    const file = join(target, name);
    writeFileSync(file, bytes, { mode: 0o644 });
    chmodSync(file, 0o644);
    const time = new Date(modified);
    utimesSync(file, time, time);
  }
}
