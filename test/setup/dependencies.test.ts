/** What is installed with this project: where it comes from, what it may run, under which licence. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetched } from '../../harness/system/fetched.mjs';
import { projectRoot } from '../../harness/system/project-root.ts';

interface LockEntry {
  version?: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
  license?: string;
  hasInstallScript?: boolean;
}

const read = (file: string): string => readFileSync(path.join(projectRoot(), file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string | boolean>>;
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockEntry> };
const locked = Object.entries(lock.packages).filter(([place]) => place !== '');

/** It is compiled when it is installed, against libpcap. Whoever adds another says here what its script does. */
const SCRIPTS = ['node_modules/cap'];
/** Each was read: they ask for no more than a notice. */
const LICENCES = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0', 'CC0-1.0', 'MPL-2.0', 'Python-2.0'];

/** cap names its licence in a field that npm no longer reads. */
const LICENCE_BY_HAND: Record<string, string> = { 'node_modules/cap': 'MIT' };

describe('the packages of the lock file', () => {
  it('run no script when they are installed, but for those that were read', () => {
    expect(locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([place]) => place)).toEqual(SCRIPTS);
    for (const place of SCRIPTS) expect(manifest.allowScripts?.[place.replace('node_modules/', '')]).toBe(true);
  });

  it('are held by their hashes, and name no address', () => {
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([place]) => place)).toEqual([]);
    expect(locked.filter(([, { resolved, link }]) => resolved !== undefined || link).map(([place]) => place)).toEqual([]);
  });

  it('have a licence that was read', () => {
    const isKnown = (licence: string): boolean =>
      licence
        .replace(/[()]/g, '')
        .split(' OR ')
        .some((one) => LICENCES.includes(one));
    const unknown = locked.flatMap(([place, { license = LICENCE_BY_HAND[place] ?? 'none' }]) =>
      isKnown(license) ? [] : [`${place}: ${license}`],
    );
    expect(unknown).toEqual([]);
  });
});

it('each package that is asked for has its reason in CONTRIBUTING.md', () => {
  const reasons = read('CONTRIBUTING.md');
  const named = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  );
  expect(named.filter((name) => !name.startsWith('@types/') && !reasons.includes(name))).toEqual([]);
});

it('nothing is fetched by a version that may change', () => {
  const versions = Object.values(fetched).flatMap(({ packages }) => Object.values(packages));
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
