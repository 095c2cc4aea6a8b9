/** One start at a time installs or builds in a folder. */
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Stop, say } from './terminal.mjs';

const POLL_MS = 100;

/** @param {unknown} error */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code;

/** The process that a lock names; 0 where its file is gone, or its writer is between making it and writing to it. @param {string} file */
function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

/** Whether a process runs, be it another user's. @param {number} pid */
function runs(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Removes the lock of a process that has ended. Of several that find it, one alone gets a second name for the file and removes it;
 * one that comes late sees by the second name that the lock is no longer the one that it looked at.
 * @param {string} file @param {number} pid
 */
function removeStale(file, pid) {
  const claim = `${file}.${pid}`;
  try {
    linkSync(file, claim);
  } catch {
    return;
  }
  if (holderOf(claim) === pid) rmSync(file, { force: true });
  rmSync(claim, { force: true });
}

/** Makes the lock for this process. False: it is there already. @param {string} file @throws {Stop} */
function take(file) {
  const folder = path.dirname(file);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw cantWrite(folder, error);
  }
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw cantWrite(folder, error);
  }
}

/** @param {string} folder @param {unknown} error */
function cantWrite(folder, error) {
  const reason = error instanceof Error ? error.message : String(error);
  return new Stop(`can't write to ${folder}: ${reason}\nRun it as the owner of this folder, or in a clone of your own.`);
}

/**
 * Runs `work` while no other start in this folder installs or builds; waits for its turn. The lock of a process that has ended is
 * taken over.
 * @template T
 * @param {string} root
 * @param {() => Promise<T> | T} work
 * @returns {Promise<T>}
 * @throws {Stop} where this user can't write to the folder
 */
export async function locked(root, work) {
  const file = path.join(root, 'dist', '.lock');
  let said = false;
  while (!take(file)) {
    const pid = holderOf(file);
    if (pid !== 0 && !runs(pid)) {
      removeStale(file, pid);
      if (!existsSync(file)) continue;
    } else if (!said) {
      say(`waiting for another start in this folder (process ${pid === 0 ? 'unknown' : pid}; if there is none: rm ${file})`);
      said = true;
    }
    await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
