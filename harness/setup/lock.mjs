import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Stop, say } from './terminal.mjs';

const POLL_MS = 100;

/** Whether the process that wrote the lock still runs. @param {string} file */
function holder(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // An empty file: its writer is between opening and writing.
    if (pid === 0) return 'unknown';
    try {
      process.kill(pid, 0);
      return String(pid);
    } catch (error) {
      return error.code === 'EPERM' ? String(pid) : null;
    }
  } catch {
    return 'unknown';
  }
}

/**
 * Runs `work` while no other start in this folder installs or builds.
 * @template T
 * @param {string} root
 * @param {() => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export async function locked(root, work) {
  const folder = path.join(root, 'dist');
  const file = path.join(folder, '.lock');
  let said = false;
  for (;;) {
    try {
      mkdirSync(folder, { recursive: true });
      const fd = openSync(file, 'wx');
      writeSync(fd, String(process.pid));
      closeSync(fd);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw new Stop(`can't write to ${folder}: ${error.message}\nRun it as the owner of this folder, or in a clone of your own.`);
      }
      const pid = holder(file);
      if (pid === null) rmSync(file, { force: true });
      else if (!said) {
        say(`waiting for another start in this folder (process ${pid}; if there is none: rm ${file})`);
        said = true;
      }
    }
    await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
