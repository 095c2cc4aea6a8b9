/** Fetching npm packages beside the project's own, each set into a folder of its own. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetched, fetchedFolder, fetchedRoot, isFetched } from '../system/fetched.mjs';
import { locked } from './lock.mjs';
import { npm, SOON } from './npm.mjs';
import { Stop, say, tail } from './terminal.mjs';

/**
 * Fetches what is missing of `names`. A set is put in place when it is whole. No script of a package is run.
 * @param {string} root
 * @param {readonly string[]} names
 * @throws {Stop} where npm can't install one
 */
export async function fetchPackages(root, names) {
  for (const name of names) {
    if (isFetched(root, name)) continue;
    await locked(root, () => fetchOne(root, name));
  }
}

/** @param {string} root @param {string} name */
function fetchOne(root, name) {
  // Another start may have done it in the meantime.
  if (isFetched(root, name)) return;
  const packages = fetched[name]?.packages ?? {};
  say(
    `fetching ${name} (${Object.entries(packages)
      .map(([one, version]) => `${one} ${version}`)
      .join(', ')}) …`,
  );
  const temporary = path.join(fetchedRoot(root), `.${process.pid}`);
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    writeFileSync(path.join(temporary, 'package.json'), `${JSON.stringify({ private: true, dependencies: packages }, null, 2)}\n`);
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error', '--engine-strict=false'];
    const { code, stdout, stderr } = npm(['install', ...options, ...SOON], temporary);
    if (code !== 0)
      throw new Stop(
        `npm can't fetch ${name}:\n${tail(stdout + stderr)}\nIs the npm registry reachable? Then try again: npm run setup -- ${name}`,
      );
    rmSync(fetchedFolder(root, name), { recursive: true, force: true });
    renameSync(temporary, fetchedFolder(root, name));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
