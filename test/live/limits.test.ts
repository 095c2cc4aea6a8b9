/** Limits of the system that a run meets: each ends in a message with what to do. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, it, vi } from 'vitest';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import { CLI, inSandbox, runIn, sandboxLack, start, testFolder } from './command.ts';

vi.setConfig({ testTimeout: 150_000, hookTimeout: 240_000 });

const STACK = /\n\s+at .*:\d+:\d+/;
const SMALL = ['--servers', 'express', '--clients', 'probe,chromium', '--scenarios', 'idle-used,first-visit', '--window', '1'];

let folder: Awaited<ReturnType<typeof testFolder>>;
let noCapture: string | null = null;
let noSandbox: string | null = null;
beforeAll(async () => {
  folder = await testFolder();
  const selected = await selectBackend('auto', await isolation());
  if ('skipped' in selected) noCapture = selected.skipped.reason;
  noSandbox = await sandboxLack();
});
afterAll(() => folder.remove());

const out = (name: string): string => path.join(folder.path, name);
const compare = (name: string, ...args: string[]): string[] => [
  ...[process.execPath, CLI, 'compare', ...SMALL, '--reporter', 'terminal', '--out', out(name)],
  ...args,
];
/** The command with a limit of ulimit(1). */
const limited = (limit: string, words: string[]): string[] => ['/bin/sh', '-c', `ulimit ${limit} && exec "$@"`, 'sh', ...words];

// A client that finds no memory fails its cell; the others go on.
it.concurrent.for<[string, string, RegExp, number]>([
  ['open files', '-n 64', /too many open files.*raise the limit \(ulimit -n/, 3],
  ['the size of files', '-f 8', /file too large.*raise it \(ulimit -f unlimited\)/, 3],
  ['memory', '-v 4000000', /memory: lift the limit \(ulimit -v unlimited\)/, 1],
])('a limit of %s: reported with the remedy', async ([what, limit, message, expected], { expect, skip }) => {
  if (noCapture) return skip(noCapture);
  const { code, stderr } = await start(limited(limit, compare(what.replaceAll(' ', '-'))), { TMPDIR: folder.temporary }).ended;
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(STACK);
  expect(code).toBe(expected);
});

it.concurrent('a full disk for temporary files: exit code 3, with the remedy', async ({ expect, skip }) => {
  if (noSandbox ?? noCapture) return skip(noSandbox ?? noCapture ?? '');
  await mkdir(out('small'));
  const mount = `mount -t tmpfs -o size=256k tmpfs ${out('small')}`;
  const { code, stderr } = await start(inSandbox(mount, compare('full')), { TMPDIR: out('small') }).ended;
  expect(stderr).toMatch(
    /no space left on device.*: free some space, or name another place for temporary files by the environment variable TMPDIR/,
  );
  expect(stderr).not.toMatch(STACK);
  expect(code).toBe(3);
});

it.concurrent.for<[string, string[], number, RegExp]>([
  ['--out', [], 3, /the disk has no inodes left: remove some files, or choose another folder with --out/],
  ['TMPDIR', ['TMPDIR'], 1, /the disk has no inodes left: remove some files, or name another place by the environment variable TMPDIR/],
])('a disk without inodes: %s', async ([name, variable, expected, message], { expect, skip }) => {
  if (noSandbox ?? noCapture) return skip(noSandbox ?? noCapture ?? '');
  await mkdir(out(`inodes-${name}`));
  // Enough for the site, and for what names the run.
  const mount = `mount -t tmpfs -o size=50m,nr_inodes=${name === 'TMPDIR' ? 26 : 8} tmpfs ${out(`inodes-${name}`)}`;
  const words = name === 'TMPDIR' ? compare('no-inodes') : compare(`inodes-${name}`);
  const TMPDIR = variable.length > 0 ? out(`inodes-${name}`) : folder.temporary;
  const { code, stderr } = await start(inSandbox(mount, words), { TMPDIR }).ended;
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/ENOENT/);
  expect(stderr).not.toMatch(STACK);
  expect(code).toBe(expected);
});

it.concurrent('no folder for temporary files: exit code 3, with the remedy', async ({ expect, skip }) => {
  if (noCapture) return skip(noCapture);
  const { code, stderr } = await start(compare('no-tmp'), { TMPDIR: out('nowhere') }).ended;
  expect(stderr).toMatch(/no temporary folder can be made: .*TMPDIR/);
  expect(code).toBe(3);
});

it.concurrent.for([
  ['--inspect', 'inspect'],
  ['--max-http-header-size=20', 'header'],
  ['--require ./here.cjs', 'require'],
])('NODE_OPTIONS=%s changes nothing in the lanes', async ([options, name], { expect, skip }) => {
  if (noCapture) return skip(noCapture);
  const words = ['/bin/sh', '-c', `cd "$0" && echo > here.cjs && exec "$@"`, folder.path, ...compare(name as string)];
  const { code, stderr } = await start(words, { TMPDIR: folder.temporary, NODE_OPTIONS: options }).ended;
  expect(stderr.split('\n').filter((line) => line.startsWith('failed'))).toEqual([]);
  expect(code).toBe(0);
  expect(runIn(out(name as string)).cells.map(({ state }) => state)).toEqual(['observed', 'observed']);
});
