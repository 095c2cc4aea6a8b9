/** The list of Debian packages against the sources that use them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { upstreamSides } from '../../harness/race/definitions.ts';
import { installCommand, isDebian, isRoot, missingPackages } from '../../harness/setup/debian.mjs';
import { CAPTURE_PACKAGE, packages, serverPackages, upstreamPackages } from '../../harness/setup/packages.mjs';
import { groups } from '../../servers/groups.mjs';
import { servers } from '../../servers/index.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const listed = packages.map((entry) => entry.package);
const onRequest = [...Object.values(serverPackages), ...Object.values(upstreamPackages)].flat();

/** The text of every source but the list itself and its tests. */
const sources = ['servers', 'clients', 'harness', 'test/tshark', 'test/live'].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(ROOT, folder, name), 'utf8')),
);

/** Programs of these are part of every Debian system. */
const ESSENTIAL = ['util-linux'];

/** The packages that messages tell the user to install, and that servers name as the package of a program. */
const named = sources.flatMap((text) => [
  ...[...text.matchAll(/apt-get install(?: -[-\w]+)+((?: [a-z][\w.+-]*)+)/g)].flatMap((match) => (match[1] ?? '').trim().split(' ')),
  ...[...text.matchAll(/(?:askVersion|pythonAvailability|distributionAvailability|debianSkipped)\([^;\n]*, '([a-z][\w.+ -]*)'\)/g)].flatMap(
    (match) => (match[1] ?? '').split(' '),
  ),
  ...[...text.matchAll(/const PACKAGES = '([^']*)'/g)].flatMap((match) => (match[1] ?? '').split(' ')),
]);

describe('the list of Debian packages', () => {
  it('has every package that the sources tell the user to install', () => {
    expect(named.length).toBeGreaterThan(12);
    expect([...new Set(named)].filter((name) => !listed.includes(name) && !onRequest.includes(name) && !ESSENTIAL.includes(name))).toEqual(
      [],
    );
  });

  it('has no package that nothing uses', () => {
    const forCap = packages.filter((entry) => entry.for.startsWith('building the npm package cap')).map((entry) => entry.package);
    const { optionalDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    expect(optionalDependencies).toHaveProperty('cap');
    const forFonts = listed.filter((name) => name.startsWith('fonts-'));
    const tools = listed.filter((name) => sources.some((text) => text.includes(`'${name}'`)));
    const used = new Set([...named, ...forCap, ...forFonts, ...tools]);
    expect(listed.filter((name) => !used.has(name))).toEqual([]);
  });

  it('names for a server what that server asks for, and has all of the group default', () => {
    const ids = servers.map(({ id }) => id);
    expect(Object.keys(serverPackages).filter((id) => !ids.includes(id))).toEqual([]);
    const words = new Set(sources.flatMap((text) => text.split(/[\s']+/)));
    expect(onRequest.filter((name) => !words.has(name))).toEqual([]);
    const usual = groups.default!.servers.flatMap((id) => serverPackages[id] ?? []);
    expect(usual.filter((name) => !listed.includes(name))).toEqual([]);
  });

  it('names upstream sides that exist', () => {
    const ids = upstreamSides.map(({ id }) => id);
    expect(Object.keys(upstreamPackages).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('names servers that exist', () => {
    const ids = servers.map(({ id }) => id);
    const mentioned = packages.flatMap((entry) => [...entry.for.matchAll(/the servers? ([\w-]+(?:, [\w-]+)*(?: and (?!its)[\w-]+)?)/g)]);
    const names = mentioned.flatMap((match) => (match[1] ?? '').split(/, | and /));
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !ids.includes(name))).toEqual([]);
  });

  it('has each package once, with what it is for', () => {
    expect(new Set(listed).size).toBe(listed.length);
    expect(packages.filter((entry) => entry.for.trim() === '')).toEqual([]);
    expect(listed).toContain(CAPTURE_PACKAGE);
  });
});

describe('the command that installs packages', () => {
  it('is one line that the user can copy', () => {
    expect(installCommand(['tcpdump', 'make'])).toBe(`${isRoot ? '' : 'sudo '}apt-get install -y --no-install-recommends tcpdump make`);
  });

  it.runIf(isDebian)('is for what is missing', () => {
    expect(missingPackages(['no-such-package', 'dpkg', 'no-other-package'])).toEqual(['no-such-package', 'no-other-package']);
  });
});
