import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openFile } from '../../harness/system/open-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true, force: true });
});

it("gives the desktop's program the whole path of the file", async () => {
  const opener = path.join(dir, 'xdg-open');
  await writeFile(opener, `#!/bin/sh\nprintf %s "$1" > "${dir}/opened.new" && mv "${dir}/opened.new" "${dir}/opened"\n`);
  await chmod(opener, 0o755);
  vi.stubEnv('PATH', `${dir}:${process.env.PATH}`);
  expect(await openFile('a report.html', { DISPLAY: ':0' }, 'linux')).toBeNull();
  const opened = () => readFile(path.join(dir, 'opened'), 'utf8');
  await vi.waitFor(async () => expect(await opened()).toBe(path.resolve('a report.html')), { timeout: 20_000 });
});

it('says that there is no display where there is none', async () => {
  const opener = path.join(dir, 'xdg-open');
  await writeFile(opener, '#!/bin/sh\n');
  await chmod(opener, 0o755);
  vi.stubEnv('PATH', dir);
  expect(await openFile('x', {}, 'linux')).toBe('there is no display here');
});
