import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ServerContext } from './server.ts';

/**
 * Started as root, nginx and Apache serve as another user, who must be able to enter the folders above the site's and their own files.
 * @throws where a folder is closed to other users
 */
export function checkOpenToOthers({ asRoot, site, work }: ServerContext): void {
  if (!asRoot) return;
  for (const path of [site, work]) {
    for (let folder = realpathSync(path); folder !== dirname(folder); folder = dirname(folder)) {
      if (statSync(folder).mode & 0o001) continue;
      throw new Error(
        `a server that is started as root serves as another user, who can't enter ${folder}; set TMPDIR to a folder that everyone can enter`,
      );
    }
  }
}
