/** How much of the disk a lane's programs take. */
import { lstat, readdir, statfs } from 'node:fs/promises';
import path from 'node:path';

const LOOK_MS = 1_000;
/** The folder is gone through only where so much of its disk was taken, by whomever, since that was last done: going through it is dear. */
const LOOK_SHARE = 4;

/** Of `st_blocks` (stat(2)), whatever the file system's own are. */
const BLOCK_BYTES = 512;

/** Bytes of the disk that the files within a folder take; what can't be read counts as nothing. */
export async function bytesWithin(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  let sum = 0;
  for (const entry of entries)
    if (entry.isFile()) sum += ((await lstat(path.join(entry.parentPath, entry.name)).catch(() => null))?.blocks ?? 0) * BLOCK_BYTES;
  return sum;
}

/** Calls `exceeded` once, where a folder comes to hold more than `limit` bytes. */
export function watchDisk(folder: string, limit: number, exceeded: (bytes: number) => void): { stop(): void } {
  let before: number | null = null;
  let isLooking = false;
  const look = async (): Promise<void> => {
    const found = await statfs(folder).catch(() => null);
    if (found === null) return;
    const free = found.bavail * found.bsize;
    // What others remove meanwhile must not hide what this folder takes from then on.
    before = Math.max(before ?? free, free);
    if (before - free < limit / LOOK_SHARE) return;
    before = free;
    const bytes = await bytesWithin(folder);
    if (bytes <= limit) return;
    clearInterval(timer);
    exceeded(bytes);
  };
  const begin = (): void => {
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => {
      isLooking = false;
    });
  };
  const timer = setInterval(begin, LOOK_MS);
  timer.unref();
  begin();
  return { stop: () => clearInterval(timer) };
}
