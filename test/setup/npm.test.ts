/** What has to be done before the npm packages are ready. npm itself is played by a script: nothing is installed. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { capState, isBeforePackScript, missingStep, readyPackages, requireNode } from '../../harness/setup/npm.mjs';
import { temporaryRoot, write } from './temporary-root.ts';

const LOCKED = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/cap': { version: '0.2.1', optional: true } } };

/** Writes what it was called with; `ci` installs, `rebuild` mends cap, and either fails where a file says so. */
const NPM = `
const fs = require('node:fs');
const [command] = process.argv.slice(2);
fs.appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n');
if (fs.existsSync('npm-fails')) { console.error('npm error: no network'); process.exit(1); }
fs.mkdirSync('node_modules/a', { recursive: true });
if (command === 'ci') fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
if (command === 'rebuild') fs.writeFileSync('node_modules/cap/index.js', '');
`;

const npmBefore = process.env.npm_execpath;

afterEach(() => {
  if (npmBefore === undefined) delete process.env.npm_execpath;
  else process.env.npm_execpath = npmBefore;
});

/** A clone in which nothing is installed. */
function clone(): string {
  const root = temporaryRoot({ 'package.json': '{}', 'package-lock.json': JSON.stringify(LOCKED), 'npm.js': NPM });
  process.env.npm_execpath = path.join(root, 'npm.js');
  return root;
}

/** The same after `npm ci`. @param cap whether its addon is built; `null`: it isn't there */
function installed(cap: boolean | null = true): string {
  const root = clone();
  write(root, 'node_modules/.package-lock.json', JSON.stringify(LOCKED));
  if (cap !== null) {
    write(root, 'node_modules/cap/package.json', '{ "main": "index.js" }');
    write(root, 'node_modules/cap/index.js', cap ? '' : "throw new Error('not built')");
  }
  return root;
}

const npmCalls = (root: string): string[] => {
  const file = path.join(root, 'npm.log');
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line) => line.split(' ')[0] || [])
    : [];
};

const stamp = (root: string): string => readFileSync(path.join(root, 'node_modules/.wirematrix-installed'), 'utf8');

describe('the step that is missing', () => {
  it('is to install in a fresh clone', () => {
    expect(missingStep(clone())).toBe('install');
  });

  it('is to install where a package has another version than the lock file says', () => {
    const root = installed();
    write(root, 'node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '0.9.0' } } }));
    expect(missingStep(root)).toBe('install');
  });

  it('is none after it was recorded, until the lock file changes', async () => {
    const root = installed();
    expect(missingStep(root)).toBe('record');
    await readyPackages(root);
    expect(missingStep(root)).toBeNull();
    const changed = { packages: { ...LOCKED.packages, 'node_modules/b': { version: '2.0.0' } } };
    write(root, 'package-lock.json', JSON.stringify(changed));
    expect(missingStep(root)).toBe('install');
  });

  it('does without optional packages', () => {
    const root = installed(null);
    write(root, 'node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
    expect(capState(root)).toBe('missing');
    expect(missingStep(root)).toBe('record');
    expect(missingStep(root, { withCap: true })).toBe('install');
  });

  it.each([
    [true, 'record'],
    [false, 'rebuild'],
  ])('after a change of Node.js depends on whether cap still loads (%s: %s)', async (loads, step) => {
    const root = installed(loads);
    write(root, 'npm-fails', '');
    await readyPackages(root);
    expect(missingStep(root)).toBeNull();
    write(root, 'node_modules/.wirematrix-installed', stamp(root).replace(/abi-\d+$/, 'abi-1'));
    expect(missingStep(root)).toBe(step);
  });

  it('is to rebuild cap where its headers have come, and only then once it was recorded', async () => {
    const root = installed(false);
    write(root, 'npm-fails', '');
    await readyPackages(root);
    expect(missingStep(root)).toBeNull();
    expect(missingStep(root, { withCap: true })).toBe('rebuild');
  });
});

describe('making the packages ready', () => {
  it('installs once, and records it', async () => {
    const root = clone();
    await readyPackages(root);
    await readyPackages(root);
    expect(npmCalls(root)).toEqual(['ci']);
    expect(stamp(root)).toContain(`abi-${process.versions.modules}`);
  });

  it('installs once for two at the same time', async () => {
    const root = clone();
    await Promise.all([readyPackages(root), readyPackages(root)]);
    expect(npmCalls(root)).toEqual(['ci']);
  });

  it('rebuilds cap and nothing else', async () => {
    const root = installed(false);
    await readyPackages(root);
    expect(npmCalls(root)).toEqual(['rebuild']);
    expect(capState(root)).toBe('works');
  });

  it('stops with what npm said where it fails, and tries again next time', async () => {
    const root = clone();
    write(root, 'npm-fails', '');
    await expect(readyPackages(root)).rejects.toMatchObject({ code: 3, message: expect.stringContaining('npm error: no network') });
    expect(missingStep(root)).toBe('install');
  });
});

describe('the version of Node.js', () => {
  it.each(['20.19.0', '22.13.1', '24.0.0'])('%s runs this', (version) => {
    expect(() => requireNode(version)).not.toThrow();
  });

  it.each(['20.18.3', '18.20.0', '21.7.3', '22.12.0', '23.11.0'])('%s does not run this', (version) => {
    expect(() => requireNode(version)).toThrow(`this is Node.js ${version}: 20.19, 22.13, 24 or later is needed`);
  });
});

it.each([
  ['run', 'prepack', true],
  ['run-script', 'prepack', true],
  ['pack', 'prepack', false],
  ['publish', 'prepack', false],
  ['run', 'ci', false],
  [undefined, undefined, false],
])('npm %s and the script %s: nothing to pack is %s', (command, script, expected) => {
  expect(isBeforePackScript({ npm_command: command, npm_lifecycle_event: script })).toBe(expected);
});
