import { chmodSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, sep } from 'node:path';

/**
 * Gives every user access to the folders above `path` (o+x): started as root, nginx and Apache serve as another user. Changes only folders
 * inside the temporary folder, which belong to the run.
 * @throws where a folder outside of it is closed to other users
 */
export function openToOthers(path: string): void {
  if (process.getuid?.() !== 0) return;
  const own = realpathSync(tmpdir()) + sep;
  for (let folder = realpathSync(path); folder !== dirname(folder); folder = dirname(folder)) {
    const { mode } = statSync(folder);
    if (mode & 0o001) continue;
    if (!folder.startsWith(own)) {
      throw new Error(
        `a server that is started as root serves as another user, who can't enter ${folder}; set TMPDIR to a folder that everyone can enter`,
      );
    }
    chmodSync(folder, mode | 0o011);
  }
}
