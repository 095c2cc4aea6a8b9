/** What the run makes of lanes that end without a result: the programs here stand in the place of the namespace's command. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeLaneFolders } from '../../harness/lab/lane-environment.ts';
import { runLane } from '../../harness/lab/lane-process.ts';
import type { LaneEvent, LaneJob } from '../../harness/lab/lane-protocol.ts';
import type { Isolation } from '../../harness/lab/namespace.ts';
import { descendants } from '../../harness/lab/process-tree.ts';

const withPrefix = (...prefix: string[]): Isolation => ({ kind: 'network-namespace', prefix });
const shell = (script: string): Isolation => withPrefix('/bin/sh', '-c', script);
/** Speaks the lane's side of the protocol; the lane's own program comes as an argument and is left alone. */
const speaker = (script: string): Isolation => withPrefix(process.execPath, '-e', script, '--');
const cell = { server: 'express', client: 'probe', scenario: 'idle-used' };
let JOB: LaneJob;
beforeAll(async () => {
  const work = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  await makeLaneFolders(work);
  JOB = { cell, work } as LaneJob;
});
afterAll(() => rm(JOB.work, { recursive: true, force: true }));
const never = new AbortController().signal;

const run = (isolation: Isolation, signal = never) => {
  const events: LaneEvent[] = [];
  return runLane(JOB, isolation, (event) => events.push(event), signal).then((outcome) => ({ outcome, events }));
};

describe('runLane', () => {
  it.each<[string, Isolation, RegExp]>([
    ['exits', shell('echo it broke >&2; exit 3'), /^the lane ended without a result \(exit code 3\): it broke$/],
    [
      'is killed',
      shell('kill -KILL $$'),
      /^the lane ended without a result \(by SIGKILL\); where memory was short, the kernel ended it: run fewer cells /,
    ],
    [
      'is killed within its namespace',
      shell('echo "unshare: sigprocmask unblock failed: Invalid argument" >&2; exit 1'),
      /^the lane ended without a result \(by SIGKILL\); where memory was short, the kernel ended it: run fewer /,
    ],
    ['is not there', withPrefix('/nowhere/unshare'), /^the lane ended without a result \(spawn \/nowhere\/unshare ENOENT\)$/],
  ])('a lane that %s has failed', async (_, isolation, reason) => {
    const { outcome } = await run(isolation);
    expect(outcome).toMatchObject({ type: 'failed', reason: expect.stringMatching(reason) });
  });

  it('hands over the job, and every phase in its order', async () => {
    const { outcome, events } = await run(
      speaker(`process.once('message', ({ type, job }) => {
        process.send({ type: 'phase', phase: 'server' });
        process.send({ type: 'phase', phase: 'step', step: type + ' ' + job.cell.server });
        process.send({ type: 'done', received: 3, dropped: 0, packets: 3 }, () => process.exit());
      })`),
    );
    expect(events).toEqual([
      { type: 'phase', phase: 'server' },
      { type: 'phase', phase: 'step', step: 'job express' },
    ]);
    expect(outcome).toEqual({ type: 'done', received: 3, dropped: 0, packets: 3 });
  });

  it('asks lanes to stop, also one that begins afterwards', async () => {
    const obedient = speaker(`process.on('message', (order) => {
      if (order.type === 'job') process.send({ type: 'phase', phase: 'client' });
      else process.send({ type: 'failed', reason: order.reason }, () => process.exit());
    })`);
    const abort = new AbortController();
    const begun = runLane(JOB, obedient, () => abort.abort(), abort.signal);
    expect(await begun).toEqual({ type: 'failed', reason: 'interrupted' });
    expect((await run(obedient, AbortSignal.abort())).outcome).toEqual({ type: 'failed', reason: 'interrupted' });
  });

  it('ends a lane that is stopped, and says what it was doing', async () => {
    const stops = speaker(`process.once('message', () => {
      process.send({ type: 'phase', phase: 'step', step: 'revisit' }, () => process.kill(process.pid, 'SIGSTOP'));
    })`);
    const outcome = await runLane(
      JOB,
      stops,
      () => {},
      never,
      (phase) => (phase === null ? 10_000 : 500),
    );
    expect(outcome).toEqual({
      type: 'failed',
      code: 'other',
      reason: 'the lane was stuck and has been ended: it was in the step "revisit", and did not go on within 1 s',
    });
  });

  it('does not take a lane for stuck because this process was suspended', async () => {
    const begun = runLane(
      JOB,
      speaker(`process.once('message', () => process.send({ type: 'done', received: 3, dropped: 0, packets: 3 }, () => process.exit()))`),
      () => {},
      never,
      () => 300,
    );
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    expect(await begun).toMatchObject({ type: 'done' });
  });

  it('ends a lane that never says anything', async () => {
    const outcome = await runLane(
      JOB,
      shell('exec sleep 1000'),
      () => {},
      never,
      () => 300,
    );
    expect(outcome).toMatchObject({ type: 'failed', reason: expect.stringMatching(/^the lane was stuck .*: it was starting, /) });
  });

  it('gives it folders of its own for all that a program keeps of itself, and nothing that is meant for Node itself', async () => {
    vi.stubEnv('NODE_OPTIONS', '--require /nowhere.js');
    vi.stubEnv('NODE_EXTRA_CA_CERTS', '/nowhere.pem');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { outcome } = await run(
      speaker(`process.once('message', () => process.send({ type: 'failed', env: process.env }, () => process.exit()))`),
    );
    const { env } = outcome as unknown as { env: NodeJS.ProcessEnv };
    expect(env).not.toHaveProperty('NODE_OPTIONS');
    expect(env).not.toHaveProperty('NODE_EXTRA_CA_CERTS');
    for (const name of ['HOME', 'TMPDIR', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR'])
      expect([name, env[name]]).toEqual([name, expect.stringContaining(JOB.work)]);
  });
});

describe('descendants', () => {
  it.skipIf(process.platform !== 'linux')('are all processes that one started', async () => {
    const child = spawn('/bin/sh', ['-c', 'sleep 1000 & echo started; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    const found = descendants(process.pid);
    const below = descendants(child.pid as number);
    expect(below).toHaveLength(1);
    expect(found).toEqual(expect.arrayContaining([child.pid, ...below]));
    for (const pid of [child.pid as number, ...below]) process.kill(pid, 'SIGKILL');
  });
});
