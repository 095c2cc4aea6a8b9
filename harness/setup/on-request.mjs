/** What `npm run setup -- NAME…` installs: the servers, groups and runtimes that are named. */
import { groups } from '../../servers/groups.mjs';
import { fetched } from '../system/fetched.mjs';
import { serverPackages, upstreamPackages } from './packages.mjs';
import { Stop } from './terminal.mjs';

/** The group of all upstream sides. */
const RACE = 'race';

/** @typedef {{ debian: string[], fetched: string[] }} Wanted Debian packages, and names of `fetched.mjs` */

/** `node@18..26` and `node-http@18..26` in single names; another name is itself. @param {string} name */
function eachVersion(name) {
  const [, family = '', first, last] = /^([^@]+@[a-z]*)(\d+)\.\.(\d+)$/.exec(name) ?? [];
  if (last === undefined) return [name];
  const versions = Array.from({ length: Math.max(0, Number(last) - Number(first) + 1) }, (_, index) => `${family}${Number(first) + index}`);
  return versions.filter((one) => setOf(one) !== null);
}

/** The proxy and the server of a chain (`haproxy>express`); another name is itself. @param {string} name */
const endsOf = (name) => name.split('>');

/** The fetched set of a name: that of this name, or the Node.js that a version of a server runs on. @param {string} name */
function setOf(name) {
  if (Object.hasOwn(fetched, name)) return name;
  const node = `node@${/@(?:node)?(\d+)$/.exec(name)?.[1]}`;
  return Object.hasOwn(fetched, node) ? node : null;
}

/**
 * What the names stand for, each once.
 * @param {readonly string[]} names ids of servers, groups, `all`, names of `fetched.mjs`, ranges of versions
 * @returns {Wanted}
 * @throws {Stop} for a name that is not known
 */
export function wantedBy(names) {
  const everything = [...new Set([...Object.keys(serverPackages), ...Object.keys(upstreamPackages), ...Object.keys(fetched)])];
  const single = names
    .flatMap((name) => {
      if (name === 'all') return everything;
      if (name === RACE) return Object.keys(upstreamPackages);
      return Object.hasOwn(groups, name) ? (groups[name]?.servers ?? []) : eachVersion(name);
    })
    .flatMap(endsOf);
  const known = new Set([...everything, ...Object.values(groups).flatMap(({ servers }) => servers.flatMap(endsOf))]);
  for (const name of single) {
    if (known.has(name) || setOf(name) !== null) continue;
    throw new Stop(
      `there is nothing called "${name}" to set up; there are: ${[...known].join(', ')} (and the groups all, ${RACE}, ${Object.keys(groups).join(', ')})`,
      2,
    );
  }
  if (single.length === 0) throw new Stop(`no version is in ${names.join(', ')}; there are: ${Object.keys(fetched).join(', ')}`, 2);
  return {
    debian: [...new Set(single.flatMap((name) => [...(serverPackages[name] ?? []), ...(upstreamPackages[name] ?? [])]))],
    fetched: [...new Set(single.flatMap((name) => setOf(name) ?? []))],
  };
}
