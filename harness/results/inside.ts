import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { badArgument } from '../system/coded-error.ts';

/**
 * The real path of a file that a run.json names, relative to the run's folder.
 * @throws CodedError (bad-argument) where the file, links resolved, is outside of that folder, or is no regular file (a device, a pipe); the
 * file system's error where it does not exist
 */
export async function fileInside(dir: string, relative: string): Promise<string> {
  const folder = realpathSync.native(dir);
  if (!isBelow(folder, path.resolve(folder, relative))) throw badArgument(`${relative} is not below the run's folder ${dir}`);
  const file = realpathSync.native(path.resolve(folder, relative));
  if (!isBelow(folder, file)) throw badArgument(`${relative} leads out of the run's folder ${dir}`);
  if (!statSync(file).isFile()) throw badArgument(`${path.join(dir, relative)} is not a regular file`);
  return file;
}

const isBelow = (folder: string, file: string): boolean => file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
