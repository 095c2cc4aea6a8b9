/** Servers whose packages `npm run setup` fetches on request: see `harness/system/fetched.mjs`. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Availability } from '../harness/model.ts';
import { fetched, fetchedFolder, isFetched } from '../harness/system/fetched.mjs';
import { inClone } from '../harness/system/packages.ts';
import { projectRoot } from '../harness/system/project-root.ts';
import type { Command, ServerContext } from './server.ts';

/** The folder of a fetched set, which holds its `node_modules`. */
export const folderOf = (name: string): string => fetchedFolder(projectRoot(), name);

/** A file in one of the packages of a fetched set; `pattern` is matched against the package's name. */
export function fetchedFile(name: string, pattern: RegExp, ...inside: string[]): string {
  const found = Object.keys(fetched[name]?.packages ?? {}).find((one) => pattern.test(one)) ?? '';
  return join(folderOf(name), 'node_modules', found, ...inside);
}

/** The program of a fetched Node.js. */
export const fetchedNode = (name: string): string => fetchedFile(name, /^node-/, 'bin', 'node');

/**
 * The `version()` of a server that a fetched set brings: the first package's version alone, then those of the others in parentheses, with
 * `more`; or the one command that fetches it.
 */
export function fetchedAvailability(name: string, more: readonly string[] = []): Availability {
  if (!isFetched(projectRoot(), name)) return fetchedSkipped(name);
  const [[, version = ''] = [], ...others] = Object.entries(fetched[name]?.packages ?? {});
  const rest = [...others.map(([one, its]) => `${one.startsWith('node-') ? 'node' : one} ${its}`), ...more];
  return { version: `${version}${rest.length > 0 ? ` (${rest.join(', ')})` : ''}` };
}

/** That a fetched set is not there, with the one command that fetches it. */
export const fetchedSkipped = (name: string): Extract<Availability, { skipped: unknown }> => ({
  skipped: { reason: `${name} is not fetched`, remedy: inClone(`npm run setup -- ${name}`) },
});

/** The start command of a program in JavaScript that takes its packages from a fetched set: `servers/ID/server.mjs`. */
export const fetchedProgram =
  (id: string, node: string = process.execPath) =>
  ({ host, port, site }: ServerContext): Command => ({
    file: node,
    args: [join(projectRoot(), 'servers', id, 'server.mjs')],
    env: { HOST: host, PORT: String(port), SITE: site, PACKAGES: join(folderOf(id), 'node_modules') },
  });

/**
 * The default export of a framework: the project's own, or the one in the folder that the environment names in PACKAGES, where a version of
 * a server is started.
 */
export async function importFramework<Default>(name: string): Promise<Default> {
  const folder = process.env.PACKAGES;
  const file = folder ? pathToFileURL(createRequire(join(folder, 'any.js')).resolve(name)).href : name;
  return ((await import(file)) as { default: Default }).default;
}
