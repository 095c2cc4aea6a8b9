import { chmodSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Lets every user pass through the folders above `path` (o+x): started as root, nginx and Apache serve as another user. Only touches folders
 * of our own, and stops at the first that is open already (`/tmp`, say).
 */
export function openToOthers(path: string): void {
  if (process.getuid?.() !== 0) return;
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    const { mode, uid } = statSync(folder);
    if (mode & 0o001 || uid !== 0) return;
    chmodSync(folder, mode | 0o011);
  }
}
