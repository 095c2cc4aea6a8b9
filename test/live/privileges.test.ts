/** As whom servers, browsers and the capture run, read from the kernel while they do. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import { confinement, isMapped, mayUse, NOBODY, setprivOptions } from '../../harness/lab/privileges.ts';
import { servers } from '../../servers/index.ts';
import { isRoot, type Started, testFolder, wirematrix } from './command.ts';

vi.setConfig({ testTimeout: 150_000, hookTimeout: 240_000 });

let folder: Awaited<ReturnType<typeof testFolder>>;
let noCapture: string | null = null;
beforeAll(async () => {
  folder = await testFolder();
  const selected = await selectBackend('auto', await isolation());
  if ('skipped' in selected) noCapture = selected.skipped.reason;
});
afterAll(() => folder.remove());

interface Rights {
  command: string;
  uid: number;
  /** Effective, permitted and bounding capabilities, as in `/proc/PID/status`. */
  capabilities: string[];
  noNewPrivileges: boolean;
}

async function rightsOf(line: string): Promise<Rights | null> {
  const [pid = '', ...command] = line.split(' ');
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
  if (status === '') return null;
  return {
    command: command.join(' '),
    uid: Number(field('Uid')),
    capabilities: ['CapEff', 'CapPrm'].map(field),
    noNewPrivileges: field('NoNewPrivs') === '1',
  };
}

/** They wait for a minute: no longer than they have to. */
async function interrupt({ child, ended }: Started): Promise<void> {
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
}

const NONE = '0'.repeat(16);

it('servers have no capabilities, and as root are another user', async ({ skip }) => {
  if (noCapture) return skip(noCapture);
  const here = [];
  for (const server of servers)
    if (['nginx', 'express', 'python-http'].includes(server.id) && 'version' in (await server.version())) here.push(server.id);
  const out = path.join(folder.path, 'out');
  const words = [
    '--servers',
    here.join(','),
    '--clients',
    'probe',
    '--scenarios',
    'idle-unused',
    '--window',
    '60',
    '--reporter',
    'terminal',
  ];
  const started = wirematrix(['compare', ...words, '--out', out], { TMPDIR: folder.temporary, SUDO_UID: undefined, SUDO_GID: undefined });
  await started.says(/watch(?:es)? idle connections/);
  const rights = (await Promise.all((await started.processes()).map(rightsOf))).filter((found) => found !== null);
  await interrupt(started);
  const ofServers = rights.filter(
    ({ command }) => /launch\.js|nginx|http\.server/.test(command) && !/unshare|cli\.js|setpriv/.test(command),
  );
  expect(ofServers.length).toBeGreaterThan(0);
  const how = confinement();
  for (const { uid, capabilities, noNewPrivileges } of ofServers) {
    if (how.kind === 'user') expect(uid).toBe(how.user.uid);
    if (how.kind !== 'root') expect(capabilities).toEqual([NONE, NONE]);
    if (how.kind === 'user') expect(noNewPrivileges).toBe(true);
  }
  const captures = rights.filter(({ command }) => /tcpdump -i|cap-child\.js capture/.test(command) && !/setpriv/.test(command));
  if (how.kind === 'user' && (await isolation()).kind === 'network-namespace') for (const { uid } of captures) expect(uid).toBe(NOBODY.uid);
});

it.skipIf(!isRoot)('as root by sudo, servers are the user who called it', async ({ skip }) => {
  if (noCapture) return skip(noCapture);
  const [uid, gid] = ['12345', '12346'];
  const out = path.join(folder.path, 'sudo');
  const words = [
    '--servers',
    'express',
    '--clients',
    'probe',
    '--scenarios',
    'idle-unused',
    '--window',
    '60',
    '--reporter',
    'terminal',
    '--out',
    out,
  ];
  const started = wirematrix(['compare', ...words], { TMPDIR: folder.temporary, SUDO_UID: uid, SUDO_GID: gid });
  await started.says(/watch(?:es)? idle connections/);
  const rights = await Promise.all((await started.processes()).map(rightsOf));
  await interrupt(started);
  const how = confinement();
  if (how.kind !== 'user') return skip(`servers stay root here: ${'why' in how ? how.why : how.kind}`);
  const server = rights.find((found) => found?.command.includes('launch.js express') && !found.command.includes('unshare'));
  expect(server).toMatchObject({ uid: Number(uid), capabilities: [NONE, NONE] });
});

it('reads whether a user can be had from the map of the user namespace', () => {
  expect(isMapped('         0          0 4294967295\n', 65_534)).toBe(true);
  expect(isMapped('         0       1000          1\n', 65_534)).toBe(false);
  expect(isMapped('         0       1000          1\n         1     100000      65536\n', 65_534)).toBe(true);
  expect(isMapped('', 0)).toBe(false);
});

it('knows what another user can use', () => {
  expect(mayUse(NOBODY, '/bin/sh', 1)).toBe(true);
  expect(mayUse(NOBODY, '/nowhere', 4)).toBe(false);
  if (isRoot) expect(mayUse(NOBODY, '/etc/shadow', 4)).toBe(false);
});

it('leaves root the capabilities to become another user, and nothing else', () => {
  expect(setprivOptions({ kind: 'root', why: '' })[0]).toBe('--bounding-set=-all,+chown,+kill,+setgid,+setuid');
  expect(setprivOptions({ kind: 'unchanged', why: null })).toEqual([]);
});
