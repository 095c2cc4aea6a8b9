import { join } from 'node:path';
import type { Availability } from '../harness/model.ts';
import { lackOf, packageVersion } from '../harness/system/packages.ts';
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

/**
 * The `version()` of a server made of npm packages: the first package's version alone, then in parentheses those of the others and of Node,
 * as in `3.3.0 (koa-static 5.0.0, node 20.20.2)`.
 */
export function npmAvailability(...packages: [string, ...string[]]): Availability {
  const skipped = lackOf(packages);
  if (skipped) return { skipped };
  const [first, ...others] = packages;
  const more = [...others.map((name) => `${name} ${packageVersion(name)}`), `node ${process.versions.node}`];
  return { version: `${packageVersion(first)} (${more.join(', ')})` };
}
