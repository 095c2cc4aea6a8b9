/** What the run makes of what its lanes report: programs that speak the lane's side stand in the place of the namespace's command. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientDefinition } from '../../clients/client.ts';
import { firstVisit } from '../../clients/scenarios/first-visit.ts';
import { type CellOutcome, runCells } from '../../harness/lab/run.ts';
import { defineServer } from '../../servers/server.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const answer = async () => ({ version: '1' });
const server = defineServer({ id: 'one', title: '', summary: '', version: answer, start: () => ({ file: 'none', args: [] }) });
const client = {
  id: 'two',
  title: '',
  provenance: 'emulated',
  kind: 'browser',
  summary: '',
  version: answer,
} as unknown as ClientDefinition;

/** Runs a cell whose lanes report these steps of the clock, one each, or that their capture broke. */
async function runWith(
  clockSteps: (number | 'broke')[],
  whyIncomplete: () => Promise<string[]> = async () => [],
): Promise<{ outcome: CellOutcome; lanes: number }> {
  const count = path.join(folder, 'lanes');
  const script = `process.once('message', () => {
    const { appendFileSync, readFileSync } = require('node:fs');
    appendFileSync(${JSON.stringify(count)}, '.');
    const clockStepMs = ${JSON.stringify(clockSteps)}[readFileSync(${JSON.stringify(count)}).length - 1];
    const event = clockStepMs === 'broke'
      ? { type: 'failed', code: 'capture-broken', reason: 'it stopped' }
      : { type: 'done', received: 1, dropped: 0, packets: 1, clockStepMs };
    process.send(event, () => process.exit());
  })`;
  const [outcome] = await runCells(
    {
      cells: [{ server: { definition: server, version: '1' }, client: { definition: client, version: '1' }, scenario: firstVisit }],
      windowMs: 1_000,
      out: folder,
      backend: 'none',
      isolation: { kind: 'network-namespace', prefix: [process.execPath, '-e', script, '--'] },
      signal: new AbortController().signal,
      whyIncomplete,
    },
    { begins() {}, event() {}, ends() {} },
  );
  return { outcome: outcome as CellOutcome, lanes: (await readFile(count)).length };
}

describe('a cell during which the clock was set', () => {
  it('is repeated', async () => {
    const { outcome, lanes } = await runWith([-2_000, 0]);
    expect([outcome.state, lanes]).toEqual(['observed', 2]);
  });

  it('has failed where it happens again', async () => {
    const { outcome, lanes } = await runWith([-2_000, 1_500]);
    expect(lanes).toBe(2);
    expect(outcome).toMatchObject({
      state: 'failed',
      reason: 'the clock of this machine was set by 1.5 s during the capture, and again when the cell was repeated',
    });
  });
});

it('repeats a cell whose capture is incomplete, and says why where it is again', async () => {
  const { outcome, lanes } = await runWith([0, 0], async () => ['12 bytes are missing']);
  expect(lanes).toBe(2);
  expect(outcome).toMatchObject({
    state: 'failed',
    reason: 'the capture is incomplete (12 bytes are missing), and again when the cell was repeated',
  });
});

describe('a cell whose capture broke', () => {
  it('is repeated', async () => {
    const { outcome, lanes } = await runWith(['broke', 0]);
    expect([outcome.state, lanes]).toEqual(['observed', 2]);
  });

  it('has failed where it breaks again', async () => {
    const { outcome, lanes } = await runWith(['broke', 'broke']);
    expect(lanes).toBe(2);
    expect(outcome).toMatchObject({ state: 'failed', reason: 'it stopped, and again when the cell was repeated' });
  });
});
