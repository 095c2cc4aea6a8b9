import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isObserved } from '../../harness/compare/matrix.ts';
import { parseRunResult, writtenRun } from '../../harness/compare/run-result.ts';
import { readEvidence } from '../../harness/decode/cell-evidence.ts';
import { inWords } from '../../harness/findings/findings-of.ts';
import { assembleRun, linkOfAll, metaFromCaptures, metaOf, openAssembly, type RunMeta } from '../../harness/results/assemble.ts';
import { expectGolden } from '../golden.ts';

/** Three captures of the probe's idle-used scenario with a window of 8 s, as `compare --quick` left them. */
const FIXTURE = path.join(import.meta.dirname, '../fixtures/runs/idle');
const CAPTURE = 'captures/express/probe/idle-used.pcapng';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  await cp(FIXTURE, dir, { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('readEvidence', () => {
  it('reads the cell and its step out of the capture itself', async () => {
    const evidence = await readEvidence(path.join(FIXTURE, CAPTURE));
    expect(evidence.cell).toEqual({ server: 'express', client: 'probe', scenario: 'idle-used' });
    expect(evidence.header?.windowMs).toBe(8_000);
    expect(evidence.steps.map((step) => step.id)).toEqual(['idle-used']);
    expect(evidence.exchanges.map((exchange) => exchange.step)).toEqual(['idle-used']);
  });
});

it('a run has the link that all its parts say they had', () => {
  const slow = { rateKbit: 400, mtu: 1500 };
  expect(linkOfAll([{ link: slow }, { link: { ...slow } }])).toEqual({ link: slow });
  expect(linkOfAll([{ link: slow }, { link: { ...slow, delayMs: 5 } }])).toEqual({});
  expect(linkOfAll([{}, { link: slow }])).toEqual({});
  expect(linkOfAll([{ link: slow }, {}])).toEqual({});
  expect(linkOfAll([])).toEqual({});
});

describe('metaFromCaptures', () => {
  it('reports which capture can not be read, and keeps the others', async () => {
    await truncate(path.join(dir, CAPTURE), 0);
    const reported: string[] = [];
    const meta = await metaFromCaptures(dir, (capture, reason) => reported.push(`${capture}: ${reason}`));
    expect(reported).toEqual([`${CAPTURE}: the file is empty`]);
    expect(meta.outcomes.map((outcome) => outcome.cell.server)).toEqual(['fastify', 'python-http']);
  });
});

describe('assembleRun', () => {
  it('gets everything from the captures where there is no run.json', async () => {
    const { run } = await assembleRun(dir, await metaFromCaptures(dir));
    expect(parseRunResult(JSON.parse(JSON.stringify(writtenRun(run))), 'run.json')).toEqual(run);
    expect(run.servers.map((server) => server.id)).toEqual(['express', 'fastify', 'python-http']);
    expect(run.cells.map((cell) => [cell.state, cell.values['idle.used-s' as never]])).toMatchObject([
      ['observed', { value: expect.closeTo(6, 0) }],
      ['observed', { value: null, windowS: expect.any(Number) }],
      ['observed', { value: expect.closeTo(0, 1) }],
    ]);
    const shown = ['connections', 'close', 'http', 'cache', 'framing', 'idle', 'keepalive'];
    const lines = run.cells.filter(isObserved).flatMap((cell) =>
      Object.entries(cell.values)
        .filter(([id]) => shown.includes(id.split('.')[0] ?? ''))
        .map(([id, { value, frames }]) => `${cell.server} ${id} ${JSON.stringify(value)} [${frames.join(', ')}]`),
    );
    expectGolden('idle-values.txt', `${lines.join('\n')}\n`);
  });

  it('comes to the same result from its own result', async () => {
    const { run: first } = await assembleRun(dir, await metaFromCaptures(dir));
    expect((await assembleRun(dir, metaOf(first))).run).toEqual(first);
  });

  it('keeps what is not in captures: skipped, failed and not-applicable cells, and their order', async () => {
    const meta: RunMeta = await metaFromCaptures(dir);
    const cell = (server: string) => ({ server, client: 'probe', scenario: 'idle-used' });
    meta.outcomes.unshift(
      { cell: cell('caddy'), state: 'skipped', reason: 'not installed', remedy: 'apt-get install caddy' },
      { cell: cell('koa'), state: 'failed', reason: 'it never listened', capture: null },
      { cell: cell('flask'), state: 'not-applicable', reason: 'it has no such thing' },
    );
    const { run } = await assembleRun(dir, meta);
    expect(run.cells.map((one) => [one.server, one.state, one.reason]).slice(0, 4)).toEqual([
      ['caddy', 'skipped', 'not installed'],
      ['koa', 'failed', 'it never listened'],
      ['flask', 'not-applicable', 'it has no such thing'],
      ['express', 'observed', null],
    ]);
    expect(metaOf(run).outcomes).toMatchObject(meta.outcomes);
  });

  it('fails the cell whose capture is gone, damaged or cut, and no other', async () => {
    const meta = await metaFromCaptures(dir);
    await rm(path.join(dir, CAPTURE));
    expect((await assembleRun(dir, meta)).run.cells[0]).toMatchObject({ state: 'failed', reason: `its capture ${CAPTURE} is not there` });
    await writeFile(path.join(dir, CAPTURE), 'no capture at all');
    const { run: damaged } = await assembleRun(dir, meta);
    expect(damaged.cells[0]).toMatchObject({ state: 'failed', reason: expect.stringMatching(/^its capture can't be read: /) });
    expect(damaged.cells.slice(1).map((cell) => cell.state)).toEqual(['observed', 'observed']);
  });

  it('says that the folder was changed where the capture of a run that goes on is gone', async () => {
    await rm(path.join(dir, CAPTURE));
    const gone = `its capture ${CAPTURE} is not there any more: leave the folder of a run alone while it goes on`;
    const cell = { server: 'express', client: 'probe', scenario: 'idle-used' };
    await expect(openAssembly(dir).whyIncomplete(CAPTURE, cell)).rejects.toThrow(gone);
    await rm(dir, { recursive: true });
    await writeFile(dir, '');
    await expect(openAssembly(dir).whyIncomplete(CAPTURE, cell)).rejects.toThrow(gone);
  });

  it('never shows a cut capture as whole', async () => {
    const meta = await metaFromCaptures(dir);
    const { length } = await readFile(path.join(dir, CAPTURE));
    await truncate(path.join(dir, CAPTURE), Math.floor(length / 2));
    expect((await assembleRun(dir, meta)).run.cells[0]).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^the capture is incomplete: /),
    });
  });

  it('finds what is wrong with each server, with the cell and the frames', async () => {
    const { run, found } = await assembleRun(dir, await metaFromCaptures(dir));
    expect(run.findings.map(({ id, severity, server }) => [server, severity, id])).toEqual([
      ['express', 'note', 'idle.shorter-than-proxies'],
      ['fastify', 'note', 'idle.window-too-short'],
      ['python-http', 'note', 'idle.none'],
      ['python-http', 'note', 'cache.no-lifetime'],
    ]);
    expect(run.findings[0]?.where).toEqual([{ cell: 'express/probe/idle-used', stream: 0, frames: expect.any(Array) }]);
    expect(inWords(found, 'zh').map(({ id }) => id)).toEqual(run.findings.map(({ id }) => id));
  });
});
