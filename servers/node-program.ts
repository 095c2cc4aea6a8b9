import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Availability } from '../harness/model.ts';
import { projectRoot } from '../harness/system/project-root.ts';
import type { Command, ServerContext } from './server.ts';

/** The start command of a server that is written in TypeScript: the launcher, in a Node process of its own, calls its `listen`. */
export function nodeProgram(id: string): (context: ServerContext) => Command {
  return ({ host, port, site, work }) => ({
    file: process.execPath,
    args: [join(projectRoot(), 'dist', 'servers', 'launch.js'), id],
    env: { HOST: host, PORT: String(port), SITE: site, WORK: work },
  });
}

/** Version of an installed npm package; `null` where it is not installed. */
export function packageVersion(name: string): string | null {
  const file = join(projectRoot(), 'node_modules', name, 'package.json');
  if (!existsSync(file)) return null;
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/**
 * The `version()` of a server made of npm packages: the first package's version alone, then in parentheses those of the others and of Node,
 * as in `3.3.0 (koa-static 5.0.0, node 20.20.2)`.
 */
export function npmAvailability(...packages: [string, ...string[]]): Availability {
  const missing = packages.filter((name) => packageVersion(name) === null);
  if (missing.length > 0) return { skipped: { reason: `not installed: ${missing.join(', ')}`, remedy: 'npm ci' } };
  const [first, ...others] = packages;
  const more = [...others.map((name) => `${name} ${packageVersion(name)}`), `node ${process.versions.node}`];
  return { version: `${packageVersion(first)} (${more.join(', ')})` };
}
