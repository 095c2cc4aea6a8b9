import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { unableHere } from './coded-error.ts';
import { reasonOf } from './reason.ts';

export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
  /** The same, at once. */
  removeNow(): void;
}

/**
 * A new folder in the system's folder for temporary files. It is removed when the process ends, too, however early.
 * @throws CodedError (unable-here) with the remedy where it can't be made
 */
export function temporaryFolder(prefix: string): TemporaryFolder {
  let folder: string;
  try {
    folder = mkdtempSync(path.join(os.tmpdir(), prefix));
  } catch (error) {
    throw unableHere(
      `no temporary folder can be made: ${reasonOf(error)}; free some space there, or name another place by the environment variable TMPDIR`,
    );
  }
  const onExit = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', onExit);
  return {
    path: folder,
    async remove() {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      process.off('exit', onExit);
    },
    removeNow() {
      onExit();
      process.off('exit', onExit);
    },
  };
}
