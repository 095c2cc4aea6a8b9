/** Faults while a race goes on. */
import { readFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { RaceResult } from '../../harness/race/judge/pair.ts';
import { canHold } from '../../harness/race/path.ts';
import { inTerminal, terminalLack } from '../commands/in-terminal.ts';
import { CLI, raceLack, testFolder, wirematrix } from './command.ts';

vi.setConfig({ testTimeout: 240_000 });
const GONE_MS = 15_000;
const STACK = /\n\s+at .*:\d+:\d+/;

let folder: Awaited<ReturnType<typeof testFolder>>;
/** Why no race can run here. */
let why: string | null = null;
beforeAll(async () => {
  folder = await testFolder();
  why = await raceLack();
});
afterAll(() => folder.remove());

const out = (name: string): string => path.join(folder.path, name);
const resultOf = (name: string): RaceResult => JSON.parse(readFileSync(path.join(out(name), 'race.json'), 'utf8'));

it('a server that answers without end is ended, before it fills the disk', async ({ skip }) => {
  if (why) return skip(why);
  const script = `require('http').createServer((_, answer) => {
    const flood = () => { while (answer.write(Buffer.alloc(65536))); };
    answer.on('drain', flood);
    flood();
  }).listen(process.env.PORT)`;
  const server = ['--command', `exec '${process.execPath}' -e "${script.replaceAll('\n', ' ')}"`, '--port', '3000'];
  const words = ['race', ...server, '--upstreams', 'node-http-agent', '--window', '20', '--out', out('flood')];
  const started = wirematrix(words, { TMPDIR: folder.temporary });
  const { code, stderr } = await started.ended;
  expect(stderr).toMatch(/^wirematrix: yours alone: the server may answer without end: the capture has grown to 256 MiB$/m);
  expect(stderr).not.toMatch(STACK);
  expect(code).toBe(1);
  expect(await started.left(GONE_MS)).toEqual([]);
  expect(await readdir(folder.temporary)).toEqual([]);
});

it('a path whose program is killed fails its lane', async ({ skip }) => {
  if (why) return skip(why);
  if (!canHold()) return skip('no path with delay can be had here');
  const words = ['race', '--servers', 'planted-400ms', '--upstreams', 'node-http-agent', '--window', '20', '--out', out('path')];
  const started = wirematrix(words, { TMPDIR: folder.temporary });
  const relays = await vi.waitFor(
    async () => {
      const processes = await started.processes();
      expect(processes.filter((line) => /-i path0|capture path0/.test(line))).toHaveLength(3);
      return processes.filter((line) => line.includes('held-path.py'));
    },
    { timeout: GONE_MS, interval: 200 },
  );
  for (const relay of relays) process.kill(Number(relay.split(' ')[0]), 'SIGKILL');
  const { code, stderr } = await started.ended;
  expect(stderr).toMatch(/^wirematrix: planted-400ms alone: the path to the server is gone, since its program ended before its time: /m);
  expect(stderr).not.toMatch(STACK);
  expect(code).toBe(1);
  expect(await started.left(GONE_MS)).toEqual([]);
});

it('a terminal that is closed ends a race as the first Ctrl-C does', async ({ skip }) => {
  const lack = why ?? terminalLack();
  if (lack) return skip(lack);
  await mkdir(out('closed-tmp'));
  const selection = ['--servers', 'planted-400ms', '--upstreams', 'node-http-agent', '--window', '60'];
  const words = [process.execPath, CLI, 'race', ...selection, '--out', out('closed')];
  const { code, closed } = await inTerminal(words, /1\/\d+ planted-400ms/, { TMPDIR: out('closed-tmp') });
  expect([closed, code]).toEqual([true, 130]);
  expect(resultOf('closed').servers[0]?.timer?.shortestS).toBeGreaterThan(0.3);
  expect(await readdir(out('closed-tmp'))).toEqual([]);
});
