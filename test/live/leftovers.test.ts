/** What a run leaves outside of its folder: nothing, however it ended, and whatever its servers and browsers keep of themselves. */
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clients } from '../../clients/index.ts';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import { servers } from '../../servers/index.ts';
import { isRoot, runIn, testFolder, wirematrix } from './command.ts';

const GONE_MS = 15_000;
vi.setConfig({ testTimeout: 150_000, hookTimeout: 240_000 });

let folder: Awaited<ReturnType<typeof testFolder>>;
let noCapture: string | null = null;
beforeAll(async () => {
  folder = await testFolder();
  const selected = await selectBackend('auto', await isolation());
  if ('skipped' in selected) noCapture = selected.skipped.reason;
});
afterAll(() => folder.remove());

/** Folders of a test for everything that a program may write to by itself. */
async function places(name: string) {
  const place = (kind: string): string => path.join(folder.path, `${name}-${kind}`);
  const [home, tmp] = [place('home'), place('tmp')];
  for (const made of [home, tmp]) await mkdir(made);
  return {
    out: place('out'),
    env: { HOME: home, TMPDIR: tmp, XDG_CONFIG_HOME: undefined, XDG_CACHE_HOME: undefined, XDG_RUNTIME_DIR: undefined },
    left: async () => [...(await readdir(home)), ...(await readdir(tmp))],
  };
}

const here = async (list: readonly { id: string; version(): Promise<object> }[], wanted: string[]): Promise<string> => {
  const found = [];
  for (const entry of list) if (wanted.includes(entry.id) && 'version' in (await entry.version())) found.push(entry.id);
  return found.join(',');
};

it('no file of a server or browser in the home or the temporary folder', async ({ skip }) => {
  if (noCapture) return skip(noCapture);
  const { out, env, left } = await places('run');
  const wanted = ['--servers', await here(servers, ['caddy', 'php', 'express']), '--window', '1', '--reporter', 'terminal', '--out', out];
  const browsers = await here(clients, ['real-chromium', 'real-firefox']);
  const words = [...wanted, '--clients', `probe${browsers === '' ? '' : `,${browsers}`}`, '--scenarios', 'idle-used,first-visit'];
  const { code, stderr } = await wirematrix(['compare', ...words], env).ended;
  expect(stderr.split('\n').filter((line) => line.startsWith('failed'))).toEqual([]);
  expect(code).toBe(0);
  expect(await left()).toEqual([]);
  await wirematrix(['doctor'], env).ended;
  expect(await left()).toEqual([]);
});

it('nothing of a killed run after the next one, or after doctor', async ({ skip }) => {
  if (noCapture) return skip(noCapture);
  for (const sweeper of ['compare', 'doctor'] as const) {
    const { out, env, left } = await places(`killed-${sweeper}`);
    const words = ['--servers', 'python-http,express', '--clients', 'probe', '--window', '60', '--reporter', 'terminal', '--out', out];
    const killed = wirematrix(['compare', ...words, '--scenarios', 'idle-unused'], env);
    await killed.says(/watch(?:es)? idle connections/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(await killed.left(GONE_MS)).toEqual([]);
    expect(await left()).toHaveLength(1);
    const next = sweeper === 'doctor' ? ['doctor'] : ['compare', ...words, '--scenarios', 'idle-used', '--window', '1'];
    const { stdout } = await wirematrix(next, env).ended;
    expect(await left()).toEqual([]);
    if (sweeper === 'doctor') expect(stdout).toMatch(/removed what killed runs had left: .*wirematrix-/);
  }
});

it('nothing on the disk of a server that writes a gigabyte, of which only the end is shown', async ({ skip }) => {
  if (noCapture) return skip(noCapture);
  const { out, env, left } = await places('chatty');
  // console.log may wait for a full pipe, which process.exit does not.
  const script = `const fs = require('fs'); const block = Buffer.alloc(1 << 20, 'x'); for (let i = 0; i < 1024; i++) fs.writeSync(1, block);
    fs.writeSync(1, '\\nthat was all\\n'); process.exit(3)`;
  const words = ['--command', `${process.execPath} -e "${script.replaceAll('\n', ' ')}"`, '--port', '3000', '--window', '1', '--out', out];
  const { code, stderr } = await wirematrix(['probe', ...words], env).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/the server did not start: it exited with code 3; it wrote:\n(?:x{500} …\n)?that was all$/m);
  expect(stderr.length).toBeLessThan(20_000);
  expect(runIn(out).cells.some(({ state }) => state === 'failed')).toBe(true);
  expect(await left()).toEqual([]);
});

it.skipIf(!isRoot)('as root, the same where the home is closed to the user as whom browsers run', async ({ skip }) => {
  if (noCapture) return skip(noCapture);
  const { out, env, left } = await places('closed');
  const words = [
    '--servers',
    'express',
    '--clients',
    'probe',
    '--scenarios',
    'idle-used',
    '--window',
    '1',
    '--reporter',
    'terminal',
    '--out',
    out,
  ];
  expect((await wirematrix(['compare', ...words], env).ended).code).toBe(0);
  expect(await left()).toEqual([]);
});
