import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fingerprint, replace } from '../../harness/setup/build.mjs';
import { temporaryRoot, write } from './temporary-root.ts';

const compilers = ['typescript', 'assemblyscript', 'rolldown'].map((name) => `node_modules/${name}/package.json`);
const FILES = Object.fromEntries(
  [
    'servers/a.ts',
    'harness/b.ts',
    'harness/b.json',
    'harness/page/page.css',
    'harness/page/tsconfig.json',
    'harness/fast-path/asconfig.json',
    'harness/setup/build.mjs',
    'clients/c.ts',
    'test/d.ts',
    'tsconfig.json',
    'package.json',
    ...compilers,
  ].map((name) => [name, 'text']),
);

describe('the fingerprint of the sources', () => {
  it('is the same while nothing changes', () => {
    const root = temporaryRoot(FILES);
    expect(fingerprint(root)).toBe(fingerprint(root));
  });

  it.each([
    'servers/a.ts',
    'test/d.ts',
    'harness/page/tsconfig.json',
    'harness/fast-path/asconfig.json',
    'harness/setup/build.mjs',
    'tsconfig.json',
    'package.json',
    'node_modules/rolldown/package.json',
  ])('changes with the size of %s, and with its time alone', (name) => {
    const root = temporaryRoot(FILES);
    const before = fingerprint(root);
    const { atime, mtime } = statSync(path.join(root, name));
    utimesSync(path.join(root, name), atime, new Date(mtime.getTime() + 2_000));
    const later = fingerprint(root);
    expect(later).not.toBe(before);
    write(root, name, 'longer text');
    utimesSync(path.join(root, name), atime, new Date(mtime.getTime() + 2_000));
    expect(fingerprint(root)).not.toBe(later);
  });

  it('changes where a source is added, renamed or removed', () => {
    const root = temporaryRoot(FILES);
    const seen = [fingerprint(root)];
    write(root, 'clients/deep/new.ts', 'text');
    seen.push(fingerprint(root));
    renameSync(path.join(root, 'clients/deep/new.ts'), path.join(root, 'clients/deep/newer.ts'));
    seen.push(fingerprint(root));
    rmSync(path.join(root, 'harness/b.ts'));
    seen.push(fingerprint(root));
    expect(new Set(seen).size).toBe(4);
  });

  it('does not change with what is not compiled', () => {
    const root = temporaryRoot(FILES);
    const before = fingerprint(root);
    write(root, 'harness/page/page.css', 'another style');
    write(root, 'harness/b.json', 'other data');
    write(root, 'results/e.ts', 'text');
    expect(fingerprint(root)).toBe(before);
  });
});

describe('replacing the last build', () => {
  const filesIn = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
      .sort();

  it('moves the new files over the old ones and removes those whose source is gone, with their folders', () => {
    const root = temporaryRoot({
      'new/harness/cli.js': 'new',
      'new/servers/a.js': 'new',
      'dist/harness/cli.js': 'old',
      'dist/harness/gone/deep/b.js': 'old',
      'dist/servers/gone.js': 'old',
      'dist/.lock': '1',
      'dist/.built': 'x',
      'dist/analyze.cache': 'kept: no source folder has it',
    });
    replace(path.join(root, 'new'), path.join(root, 'dist'));
    expect(filesIn(path.join(root, 'dist'))).toEqual(['.built', '.lock', 'analyze.cache', 'harness/cli.js', 'servers/a.js']);
    expect(readFileSync(path.join(root, 'dist/harness/cli.js'), 'utf8')).toBe('new');
    expect(existsSync(path.join(root, 'dist/harness/gone'))).toBe(false);
    expect(filesIn(path.join(root, 'new'))).toEqual([]);
  });

  it('makes the folder where nothing was built before', () => {
    const root = temporaryRoot({ 'new/clients/c.js': 'new' });
    replace(path.join(root, 'new'), path.join(root, 'dist'));
    expect(filesIn(path.join(root, 'dist'))).toEqual(['clients/c.js']);
  });
});
