import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
}

/**
 * A new folder in the system's folder for temporary files. It is removed when the process ends, too, however early.
 * @throws with the remedy where it can't be made
 */
export async function temporaryFolder(prefix: string): Promise<TemporaryFolder> {
  let folder: string;
  try {
    folder = await mkdtemp(path.join(os.tmpdir(), prefix));
  } catch (error) {
    throw new Error(
      `no temporary folder can be made: ${(error as Error).message}; free some space there, or name another place by the environment variable TMPDIR`,
      { cause: error },
    );
  }
  const removeNow = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', removeNow);
  return {
    path: folder,
    async remove() {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      process.off('exit', removeNow);
    },
  };
}
