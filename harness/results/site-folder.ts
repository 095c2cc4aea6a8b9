/** The folder of a site: it is written beside the old one and takes its place; nothing that is not of a site is removed. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { reasonOf } from '../system/reason.ts';

/** Lists the files of a site, so that the next one knows what it may replace. */
const MANIFEST = '.wirematrix-site.json';

/** One file of a site, its path below the folder with forward slashes. */
interface SiteFile {
  path: string;
  content: string | Uint8Array;
}

/**
 * Writes a site. @returns how many files it has
 * @throws CodedError (bad-argument) where the folder holds something else, (unable-here) where it can't be written
 */
export async function writeSite(out: string, files: Iterable<SiteFile>): Promise<number> {
  const place = path.resolve(out);
  await checkReplaceable(place, out);
  const written: string[] = [];
  let staging = '';
  try {
    await mkdir(path.dirname(place), { recursive: true });
    staging = await mkdtemp(`${place}-new-`);
    for (const { path: relative, content } of files) {
      const file = path.join(staging, relative);
      if (!file.startsWith(staging + path.sep)) throw badArgument(`a page would be outside of ${out}: ${relative}`);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
      written.push(relative);
    }
    await writeFile(path.join(staging, MANIFEST), `${JSON.stringify(written.sort(), null, 1)}\n`);
    await rm(place, { recursive: true, force: true });
    await rename(staging, place);
  } catch (error) {
    if (staging !== '') await rm(staging, { recursive: true, force: true });
    throw error instanceof Error && 'code' in error && error.code === 'bad-argument'
      ? error
      : unableHere(`the site can't be written to ${out}: ${reasonOf(error)}`);
  }
  return written.length;
}

/** @throws CodedError (bad-argument) where a file in it is not of a site */
async function checkReplaceable(place: string, out: string): Promise<void> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw badArgument(`the site can't be written to ${out}: ${error.code === 'ENOTDIR' ? 'it is not a folder' : error.message}`);
  });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(place, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  if (files.length === 0) return;
  const listed = await readFile(path.join(place, MANIFEST), 'utf8').then(
    (text) => new Set<unknown>(JSON.parse(text)),
    () => new Set<unknown>(),
  );
  const foreign = files.find((file) => file !== MANIFEST && !listed.has(file));
  if (foreign !== undefined)
    throw badArgument(
      `${path.join(out, foreign)} is not of a site that this command wrote, and is not overwritten: move it away, or choose another folder with --out`,
    );
}
