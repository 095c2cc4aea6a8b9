import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { bytesWithin } from '../../harness/lab/disk-use.ts';

it('counts the files of a folder and of those in it; a folder that is not there holds nothing', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  try {
    await mkdir(path.join(folder, 'deep/er'), { recursive: true });
    await writeFile(path.join(folder, 'one'), Buffer.alloc(100_000, 'x'));
    await writeFile(path.join(folder, 'deep/er/two'), Buffer.alloc(200_000, 'x'));
    const bytes = await bytesWithin(folder);
    expect(bytes).toBeGreaterThanOrEqual(300_000);
    expect(bytes).toBeLessThan(1_000_000);
    expect(await bytesWithin(path.join(folder, 'nowhere'))).toBe(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
