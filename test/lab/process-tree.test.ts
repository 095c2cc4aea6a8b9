/** Programs that put themselves into the background, where no namespace takes them along. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeLaneFolders } from '../../harness/lab/lane-environment.ts';
import { followLane } from '../../harness/lab/lane-process.ts';
import { killWithin } from '../../harness/lab/process-tree.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const waits = (environment: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', env: environment });

describe.skipIf(process.platform !== 'linux')('killWithin', () => {
  it('kills what has a variable that leads into the folder, and nothing else', async () => {
    const [inside, beside] = [waits({ HOME: path.join(folder, 'home') }), waits({ HOME: `${folder}-too`, NAME: folder })];
    await Promise.all([once(inside, 'spawn'), once(beside, 'spawn')]);
    const gone = once(inside, 'exit');
    killWithin(folder);
    expect(await gone).toEqual([null, 'SIGKILL']);
    expect(beside.exitCode ?? beside.signalCode).toBe(null);
    beside.kill('SIGKILL');
  });

  it.each(['', '/', '/tmp', 'lane'])('refuses %j', (name) => {
    expect(() => killWithin(name)).toThrow(/not a folder of a lane/);
  });
});

it.skipIf(process.platform !== 'linux')('nothing that a lane has put into the background outlives it', async () => {
  await makeLaneFolders(folder);
  const script = `process.once('message', () => {
    const { pid } = require('child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    process.send({ type: 'done', pid }, () => process.exit());
  })`;
  const outcome = await followLane<{ type: 'done'; pid: number } | { type: 'failed'; pid: 0 }>({
    command: { file: process.execPath, args: ['-e', script] },
    work: folder,
    job: {},
    isolation: { kind: 'shared-loopback', why: { reason: '', remedy: '' } },
    onStep() {},
    signal: new AbortController().signal,
    doing: () => '',
  });
  const pid = 'pid' in outcome ? outcome.pid : 0;
  expect(pid).toBeGreaterThan(0);
  // One that has ended and that nobody has waited for has no command line.
  const commandLine = () => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  await vi.waitFor(async () => expect(await commandLine()).toBe(''));
});
