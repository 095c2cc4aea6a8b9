import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderInUse, LOCK_FILE, lockFolder } from '../../harness/system/folder-lock.ts';

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  lock = path.join(folder, LOCK_FILE);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('lockFolder', () => {
  it('makes the folder and writes the number of this process there; once more is no conflict', async () => {
    const inner = path.join(folder, 'a/b');
    lockFolder(inner);
    lockFolder(inner);
    expect(await readFile(path.join(inner, LOCK_FILE), 'utf8')).toBe(String(process.pid));
  });

  it('refuses a folder that another process has, and says which one and what helps', async () => {
    const other = spawn('sleep', ['60']);
    try {
      await once(other, 'spawn');
      await writeFile(lock, String(other.pid));
      expect(() => lockFolder(folder)).toThrow(FolderInUse);
      expect(() => lockFolder(folder)).toThrow(`${folder} is in use by another run (process ${other.pid}): wait for it`);
      expect(await readFile(lock, 'utf8')).toBe(String(other.pid));
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('takes over the lock of a process that is gone', async () => {
    const other = spawn('true');
    await once(other, 'exit');
    await writeFile(lock, String(other.pid));
    lockFolder(folder);
    expect(await readFile(lock, 'utf8')).toBe(String(process.pid));
  });

  it.each(['nonsense', '-1', '0', '1.5'])('takes over a lock that names no process: %s', async (content) => {
    await writeFile(lock, content);
    lockFolder(folder);
    expect(await readFile(lock, 'utf8')).toBe(String(process.pid));
  });

  it('leaves a lock alone that is being written', async () => {
    await writeFile(lock, '');
    expect(() => lockFolder(folder)).toThrow(FolderInUse);
  });
});
