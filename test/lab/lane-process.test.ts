/** What the run makes of lanes that end without a result: the programs here stand in the place of the namespace's command. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeLaneFolders } from '../../harness/lab/lane-environment.ts';
import { runLane } from '../../harness/lab/lane-process.ts';
import type { LaneEvent, LaneJob } from '../../harness/lab/lane-protocol.ts';
import type { Isolation } from '../../harness/lab/namespace.ts';

const behind = (...prefix: string[]): Isolation => ({ kind: 'network-namespace', prefix });
const shell = (script: string): Isolation => behind('/bin/sh', '-c', script);
/** Speaks the lane's side of the protocol; the lane's own program comes as an argument and is left alone. */
const speaker = (script: string): Isolation => behind(process.execPath, '-e', script, '--');
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
    ['is killed', shell('kill -KILL $$'), /^the lane ended without a result \(by SIGKILL\)$/],
    ['is not there', behind('/nowhere/unshare'), /^the lane ended without a result \(spawn \/nowhere\/unshare ENOENT\)$/],
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

  it('orders a lane to break off, also one that begins afterwards', async () => {
    const obedient = speaker(`process.on('message', (order) => {
      if (order.type === 'job') process.send({ type: 'phase', phase: 'client' });
      else process.send({ type: 'failed', reason: order.reason }, () => process.exit());
    })`);
    const abort = new AbortController();
    const begun = runLane(JOB, obedient, () => abort.abort(), abort.signal);
    expect(await begun).toEqual({ type: 'failed', reason: 'interrupted' });
    expect((await run(obedient, AbortSignal.abort())).outcome).toEqual({ type: 'failed', reason: 'interrupted' });
  });
});
