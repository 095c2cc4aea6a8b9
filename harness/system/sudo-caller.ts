/** Who called sudo: what is written for that user must be theirs to remove. */
import { lchownSync, lstatSync } from 'node:fs';
import path from 'node:path';

/** `null` where this process is not root, or nobody called sudo. */
function sudoCaller(): { uid: number; gid: number } | null {
  const [uid, gid] = [Number(process.env.SUDO_UID), Number(process.env.SUDO_GID)];
  return process.getuid?.() === 0 && uid > 0 && gid > 0 ? { uid, gid } : null;
}

/**
 * Gives files, and the folders between `dir` and them, to the user who called sudo; what is another user's already is left alone. What can't be
 * given stays root's.
 * @param files relative to `dir`; `.` for the folder itself
 */
export function giveToSudoCaller(dir: string, files: readonly string[]): void {
  const caller = sudoCaller();
  if (caller === null) return;
  const seen = new Set<string>();
  for (const file of files) {
    for (let part = file; !seen.has(part) && (part !== '.' || part === file); part = path.dirname(part)) {
      seen.add(part);
      const whole = path.join(dir, part);
      try {
        if (lstatSync(whole).uid === 0) lchownSync(whole, caller.uid, caller.gid);
      } catch {
        // Not there, or on a file system without owners.
      }
    }
  }
}
