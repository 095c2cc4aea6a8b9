import { linkSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

/** The file in a locked folder that names the process which writes there. */
export const LOCK_FILE = '.wirematrix.lock';
/** A larger file of that name is not ours. */
const LOCK_BYTES = 20;

/** Another process writes to the folder; the message says which, and what to do. */
export class FolderInUse extends Error {
  override name = 'FolderInUse';
}

/** A folder that this process has locked. */
export interface FolderLock {
  /** Releases the folder; later calls do nothing. */
  release(): void;
}

interface Held {
  holders: number;
  free(): void;
}

/** The locks of this process, by folder. */
const held = new Map<string, Held>();

/**
 * Makes the folder and locks it until it is released or this process ends, however it ends. On Linux the lock is a name in
 * the kernel's table of abstract sockets (unix(7)): one process at a time can hold it, and it ends with that process. It works among the processes of one
 * network namespace. On other systems the file is the lock.
 * @throws FolderInUse where another process has it; else the file system's error
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true });
  const { dev, ino } = statSync(folder);
  const name = `wirematrix-folder-${dev}-${ino}`;
  const file = path.join(folder, LOCK_FILE);
  const known = held.get(name);
  const own = known ?? (process.platform === 'linux' ? await byKernel(name, folder, file) : byFile(folder, file));
  own.holders++;
  held.set(name, own);
  let released = false;
  return {
    release() {
      if (released) return;
      released = true;
      if (--own.holders > 0) return;
      held.delete(name);
      own.free();
    },
  };
}

const inUse = (folder: string, holder: string): FolderInUse =>
  new FolderInUse(`${folder} is in use by another run (process ${holder}): wait for it, or choose another folder with --out`);

const holderIn = (file: string): string => {
  try {
    return (isLockFile(file) && readFileSync(file, 'utf8')) || 'unknown';
  } catch {
    return 'unknown';
  }
};

/** Whether the file is one that we wrote; a link, a pipe or someone else's file of that name is neither read nor replaced. */
function isLockFile(file: string): boolean {
  const found = lstatSync(file, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size <= LOCK_BYTES && /^\d*$/.test(readFileSync(file, 'utf8'));
}

async function byKernel(name: string, folder: string, file: string): Promise<Held> {
  const server = net.createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? inUse(folder, holderIn(file)) : error));
    server.listen(`\0${name}`, resolve);
  });
  server.unref();
  const remove = () => {
    try {
      if (isLockFile(file)) rmSync(file);
    } catch {
      // It only names the holder.
    }
  };
  process.once('exit', remove);
  try {
    remove();
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch {
    // The file only names the holder: a full disk is reported where results are written.
  }
  return {
    holders: 0,
    free() {
      process.off('exit', remove);
      remove();
      server.close();
    },
  };
}

function byFile(folder: string, file: string): Held {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    for (;;) {
      try {
        // A link appears with its content, so nobody reads an empty lock.
        linkSync(own, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = holderIn(file);
      if (runs(Number(holder)) || !isLockFile(file)) throw inUse(folder, holder);
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
  const remove = () => rmSync(file, { force: true });
  process.once('exit', remove);
  return {
    holders: 0,
    free() {
      process.off('exit', remove);
      remove();
    },
  };
}

/** Whether a process runs, another user's included. */
function runs(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
