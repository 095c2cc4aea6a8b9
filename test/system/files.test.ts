import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically } from '../../harness/system/files.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('writeAtomically', () => {
  it('makes folders, replaces what was there, and leaves nothing else', async () => {
    const file = path.join(dir, 'a/b/run.json');
    await writeAtomically(file, 'old');
    await writeAtomically(file, 'new');
    expect(await readFile(file, 'utf8')).toBe('new');
    expect(await readdir(path.dirname(file))).toEqual(['run.json']);
  });

  it('says which file could not be written, and what helps', async () => {
    await writeFile(path.join(dir, 'plain'), '');
    await expect(writeAtomically(path.join(dir, 'plain/run.json'), 'x')).rejects.toThrow(
      /^can't write .*plain\/run\.json: .*: choose another folder with --out$/,
    );
  });
});
