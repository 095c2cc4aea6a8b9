/**
 * What `npm run setup -- NAME` fetches from the npm registry beside the project's own packages: other versions of Node.js, other runtimes, more
 * frameworks. Each has a folder of its own in `.fetched/`. JavaScript, because `harness/setup/` runs it before anything is compiled.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** @typedef {{ packages: Readonly<Record<string, string>>, downloadMB: number, diskMB: number }} Fetched */

const ARM = process.arch === 'arm64';
/** The npm packages that hold Node's own program. @param {string} version */
const node = (version) => ({ [`node-linux-${ARM ? 'arm64' : 'x64'}`]: version });

/**
 * Each with its npm packages in exact versions; sizes in megabytes, as measured on x64.
 * @type {Readonly<Record<string, Fetched>>}
 */
export const fetched = {
  'node@18': { packages: node('18.20.8'), downloadMB: 39, diskMB: 143 },
  'node@20': { packages: node('20.20.2'), downloadMB: 41, diskMB: 150 },
  'node@22': { packages: node('22.23.5'), downloadMB: 50, diskMB: 185 },
  'node@24': { packages: node('24.22.3'), downloadMB: 51, diskMB: 189 },
  'node@26': { packages: node('26.12.1'), downloadMB: 55, diskMB: 212 },
  'express@4': { packages: { express: '4.22.3' }, downloadMB: 7, diskMB: 5 },
  'fastify@4': { packages: { fastify: '4.29.1', '@fastify/static': '7.0.4' }, downloadMB: 14, diskMB: 21 },
  hapi: { packages: { '@hapi/hapi': '21.4.10', '@hapi/inert': '7.1.2' }, downloadMB: 3, diskMB: 3 },
  // Restify 12 needs Node 22.
  restify: { packages: { restify: '12.0.0', ...node('22.23.5') }, downloadMB: 60, diskMB: 209 },
  polka: { packages: { polka: '0.5.2', sirv: '3.0.2' }, downloadMB: 1, diskMB: 1 },
  serve: { packages: { serve: '14.2.7' }, downloadMB: 7, diskMB: 7 },
  // `baseline`: runs on processors without AVX2 too.
  bun: { packages: { [`@oven/bun-linux-${ARM ? 'aarch64' : 'x64-baseline'}`]: '1.4.5' }, downloadMB: 50, diskMB: 103 },
  deno: { packages: { [`@deno/linux-${ARM ? 'arm64' : 'x64'}-glibc`]: '2.9.6' }, downloadMB: 41, diskMB: 92 },
};

/** Where they are: in the clone, so that the user as whom servers run can read them, and nothing is left elsewhere. @param {string} root */
export const fetchedRoot = (root) => path.join(root, '.fetched');
/** The folder of one. @param {string} root @param {string} name */
export const fetchedFolder = (root, name) => path.join(fetchedRoot(root), name);

/** Whether it is there, in the versions that are listed here. @param {string} root @param {string} name */
export function isFetched(root, name) {
  const file = path.join(fetchedFolder(root, name), 'package.json');
  if (!existsSync(file)) return false;
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8'));
  return JSON.stringify(dependencies) === JSON.stringify(fetched[name]?.packages);
}
