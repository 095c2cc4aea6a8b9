/** Packages of npm that are needed by parts of the project only, and the commands that a user types: in a clone, or where the package was installed. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './project-root.ts';

/** The folder of an installed package, found as Node finds it from here; `null` where it is not installed. */
export function packageFolder(name: string): string | null {
  for (const folder of packageFolders()) {
    const found = path.join(folder, name);
    if (existsSync(path.join(found, 'package.json'))) return found;
  }
  return null;
}

/** The `node_modules` folders in which Node looks for a package, the nearest first. */
export function packageFolders(): string[] {
  const found: string[] = [];
  for (let folder = projectRoot(); ; folder = path.dirname(folder)) {
    const packages = path.basename(folder) === 'node_modules' ? folder : path.join(folder, 'node_modules');
    if (existsSync(packages) && !found.includes(packages)) found.push(packages);
    if (folder === path.dirname(folder)) return found;
  }
}

/** Version of an installed package; `null` where it is not installed. */
export function packageVersion(name: string): string | null {
  const folder = packageFolder(name);
  return folder === null ? null : (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Whether this is a clone, with the sources and the scripts of `package.json`, and not an installed package. */
export const isClone = (): boolean => existsSync(path.join(projectRoot(), 'harness', 'setup', 'start.mjs'));

/** A command that only a clone has, for a message. */
export const inClone = (command: string): string => (isClone() ? command : `in a clone of wirematrix: ${command}`);

/** The line that runs a command of ours, to be copied into a shell: `npx wirematrix doctor` for `doctor`. */
export function ownCommand(command: string, ...args: readonly string[]): string {
  const words = args.map(shellWord);
  return isClone()
    ? ['npm run', command, ...(words.length > 0 ? ['--', ...words] : [])].join(' ')
    : ['npx wirematrix', command, ...words].join(' ');
}

/** One word for a shell, whatever is in it. */
export const shellWord = (word: string): string => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The one command that installs packages which are missing. */
export function installPackages(names: readonly string[]): string {
  if (isClone()) return 'npm ci';
  const inCache = projectRoot().split(path.sep).includes('_npx');
  // What npx has in its cache finds no package that is elsewhere.
  if (inCache) return `npx ${['wirematrix', ...names].map((name) => `-p ${name}`).join(' ')} wirematrix`;
  return `npm install --save-dev ${names.join(' ')}`;
}

/** What is lacking and the one command that installs it; `null` where all of them are there. */
export function lackOf(names: readonly string[]): { reason: string; remedy: string } | null {
  const missing = names.filter((name) => packageFolder(name) === null);
  return missing.length === 0 ? null : { reason: `not installed: ${missing.join(', ')}`, remedy: installPackages(missing) };
}
