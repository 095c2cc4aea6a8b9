/** A run.json from elsewhere, or one that was tampered with, leads a command to nothing outside of the run's folder, and loses nothing. */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunResult } from '../../harness/compare/run-result.ts';
import { lockFolder } from '../../harness/system/folder-lock.ts';
import { FIXTURES, wirematrix } from '../commands/cli.ts';

const RUN = path.join(FIXTURES, 'runs', 'idle');
const CAPTURE = 'captures/express/probe/idle-used.pcapng';

let dir: string;
const at = (...parts: string[]): string => path.join(dir, ...parts);
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  await writeFile(at('victim'), 'mine');
});
afterEach(async () => {
  expect(await readFile(at('victim'), 'utf8')).toBe('mine');
  await rm(dir, { recursive: true, force: true });
});

const table = (name: string, ...args: string[]) => wirematrix(['table', at(name), '--reporter', 'json', ...args]);
const readRun = async (name: string): Promise<RunResult> => JSON.parse(await readFile(at(name, 'run.json'), 'utf8'));
const tree = async (name: string): Promise<string[]> => (await readdir(at(name), { recursive: true })).sort();

/** A run with its run.json. */
async function aRun(name: string): Promise<void> {
  await cp(RUN, at(name), { recursive: true });
  expect((await table(name)).code).toBe(0);
}

async function naming(name: string, capture: string): Promise<void> {
  const run = await readRun(name);
  const cell = run.cells.find(({ state }) => state === 'observed');
  if (cell) cell.capture = capture;
  await writeFile(at(name, 'run.json'), JSON.stringify(run));
}

describe('a capture that run.json names', () => {
  it.each(['../victim', 'captures/../../victim', '/etc/hostname', '..', 'captures/..\\..\\victim'])(
    'is refused outside of the folder: %s',
    async (capture) => {
      await aRun('run');
      await naming('run', capture);
      const before = await readFile(at('run', 'run.json'));
      for (const args of [
        ['table', at('run')],
        ['merge', at('run'), '--out', at('out')],
        ['section-four', '--captures', at('run'), '--out', at('out')],
      ]) {
        const { code, stderr } = await wirematrix(args);
        expect([code, stderr]).toEqual([2, expect.stringMatching(/run\.json is not a run of schema version 1:\n {2}cells\.0\.capture: /)]);
      }
      expect(await readFile(at('run', 'run.json'))).toEqual(before);
    },
  );

  it.each<[string, (file: string) => Promise<void>, string]>([
    ['a link to a file elsewhere', (file) => symlink(at('victim'), file), "leads out of the run's folder"],
    ['a link to a device', (file) => symlink('/dev/zero', file), "leads out of the run's folder"],
    ['a folder', async (file) => void (await mkdir(file)), 'is not a regular file'],
  ])('is not read through %s', async (_what, make, reason) => {
    await aRun('run');
    await rm(at('run', CAPTURE));
    await make(at('run', CAPTURE));
    // It costs the other cells nothing.
    expect((await wirematrix(['merge', at('run'), '--out', at('merged'), '--reporter', 'json'])).code).toBe(1);
    expect((await readRun('merged')).cells.map(({ state }) => state)).toEqual(['failed', 'observed', 'observed']);
    const { code } = await table('run');
    expect(code).toBe(1);
    const packed = await wirematrix(['pack', at('run'), '--out', at('packed')]);
    expect([packed.code, packed.stderr]).toEqual([1, expect.stringMatching(/^wirematrix: not packed: express\/probe\/idle-used: /)]);
    expect((await readRun('run')).cells[0]).toMatchObject({ server: 'express', state: 'failed', reason: expect.stringContaining(reason) });
  });

  it('is not shown by explain through a link that leads out of the folder', async () => {
    await aRun('run');
    await cp(at('run', CAPTURE), at('elsewhere.pcapng'));
    await rm(at('run', CAPTURE));
    await symlink(at('elsewhere.pcapng'), at('run', CAPTURE));
    const { code, stderr } = await wirematrix(['explain', 'express/probe/idle-used', '--dir', at('run')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("leads out of the run's folder")]);
  });

  it('is not believed where it was cut: neither by explain nor by section-four', async () => {
    await aRun('run');
    await truncate(at('run', CAPTURE), 2_000);
    const explain = await wirematrix(['explain', 'express/probe/idle-used', '--dir', at('run')]);
    expect([explain.code, explain.stderr]).toEqual([
      1,
      expect.stringMatching(/does not show all that happened: the capture was cut short.*hash/),
    ]);
    const sectionFour = await wirematrix(['section-four', '--captures', at('run'), '--out', at('out')]);
    expect([sectionFour.code, sectionFour.stderr]).toEqual([1, expect.stringMatching(/not judged, .*: express\/probe\/idle-used\n/)]);
  });

  it('is failed where its hash is not the one in run.json, and the former run.json is kept', async () => {
    await aRun('run');
    const before = await readFile(at('run', 'run.json'), 'utf8');
    await cp(at('run', 'captures/fastify/probe/idle-used.pcapng'), at('run', CAPTURE));
    const { code, stderr } = await table('run');
    expect(code).toBe(1);
    expect(stderr).toContain('no longer shown: express/probe/idle-used; run.json as it was is kept as');
    expect((await readRun('run')).cells[0]).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('its hash differs from the one in run.json'),
    });
    expect(await readFile(at('run', 'run.former.json'), 'utf8')).toBe(before);
  });

  it('is failed where it was cut at the boundary of a block, also without a run.json', async () => {
    await cp(RUN, at('run'), { recursive: true });
    const { length } = await readFile(at('run', CAPTURE));
    const bytes = await readFile(at('run', CAPTURE));
    // The last block, the interface statistics, begins where its length says.
    await truncate(at('run', CAPTURE), length - bytes.readUInt32LE(length - 4));
    expect((await table('run')).code).toBe(1);
    expect((await readRun('run')).cells[0]).toMatchObject({
      server: 'express',
      state: 'failed',
      reason: expect.stringContaining('the capture was cut short'),
    });
  });
});

describe('table', () => {
  it('leaves a run.json alone whose captures are gone', async () => {
    await aRun('run');
    await rm(at('run', 'captures'), { recursive: true });
    const before = await tree('run');
    const json = await readFile(at('run', 'run.json'));
    const { code, stderr } = await table('run');
    expect([code, stderr]).toEqual([2, expect.stringContaining('none of the 3 captures that it names')]);
    expect(await readFile(at('run', 'run.json'))).toEqual(json);
    expect(await tree('run')).toEqual(before);
  });

  it('makes no folder where there is none', async () => {
    expect((await table('nowhere')).code).toBe(2);
    expect(await readdir(dir)).toEqual(['victim']);
  });

  it('overwrites no report that stands beside captures without a run.json', async () => {
    await cp(RUN, at('run'), { recursive: true });
    await writeFile(at('run', 'table.md'), 'mine');
    const { code, stderr } = await wirematrix(['table', at('run')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('table.md is not as a run of wirematrix left it')]);
    expect(await readFile(at('run', 'table.md'), 'utf8')).toBe('mine');
    expect((await tree('run')).filter((file) => !file.startsWith('captures'))).toEqual(['table.md']);
  });
});

describe('merge', () => {
  it('refuses to write to one of its inputs by another name', async () => {
    await aRun('one');
    await symlink(at('one'), at('link'));
    const before = await tree('one');
    for (const out of [at('link'), at('one', '..', 'one')]) {
      const { code, stderr } = await wirematrix(['merge', at('one'), '--out', out]);
      expect([code, stderr]).toEqual([2, expect.stringContaining('is one of the runs to merge')]);
    }
    expect(await tree('one')).toEqual(before);
  });

  it('refuses a folder in which a run goes on, as input and as output', async () => {
    await aRun('one');
    await mkdir(at('out'));
    for (const busy of ['one', 'out']) {
      const lock = await lockFolder(at(busy));
      const { code, stderr } = await wirematrix(['merge', at('one'), '--out', at('out')]);
      expect([code, stderr]).toEqual([
        3,
        `wirematrix: ${at(busy)} is in use by another run (process ${process.pid}): wait for it, or choose another folder with --out\n`,
      ]);
      lock.release();
    }
  });

  it('leaves what is not a run’s in the folder that it writes to', async () => {
    await aRun('one');
    await mkdir(at('out', 'captures'), { recursive: true });
    await writeFile(at('out', 'captures', 'mine.pcap'), 'mine');
    const { code, stderr } = await wirematrix(['merge', at('one'), '--out', at('out')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('captures/mine.pcap is not as a run of wirematrix left it')]);
    expect(await tree('out')).toEqual(['captures', 'captures/mine.pcap']);
  });
});

describe('what lies in a folder of a run', () => {
  it.each(['run.json', '.wirematrix.json', '.wirematrix.lock', 'table.md'])('holds no command where it is a pipe: %s', async (file) => {
    await aRun('run');
    await rm(at('run', file), { force: true });
    execFileSync('mkfifo', [at('run', file)]);
    expect((await wirematrix(['table', at('run')])).code).toBe(file === '.wirematrix.lock' ? 0 : 2);
  });

  it('is not written through: a lock that is a link, archives that are elsewhere', async () => {
    await aRun('run');
    await symlink(at('victim'), at('run', '.wirematrix.lock'));
    await writeFile(at('run', '.lock'), 'mine');
    expect((await table('run')).code).toBe(0);
    expect(await readFile(at('run', '.lock'), 'utf8')).toBe('mine');
    await mkdir(at('elsewhere/express/probe'), { recursive: true });
    await writeFile(at('elsewhere/express/probe/idle-used.har'), 'mine');
    await symlink(at('elsewhere'), at('run', 'har'));
    expect((await wirematrix(['table', at('run')])).code).toBe(2);
    expect(await readFile(at('elsewhere/express/probe/idle-used.har'), 'utf8')).toBe('mine');
  });

  it('is kept where the user changed a report since', async () => {
    await aRun('run');
    expect((await wirematrix(['table', at('run')])).code).toBe(0);
    await writeFile(at('run', 'table.md'), 'mine');
    const { code, stderr } = await wirematrix(['table', at('run')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('table.md is not as a run of wirematrix left it')]);
    expect(await readFile(at('run', 'table.md'), 'utf8')).toBe('mine');
  });

  it('keeps the first run.json where captures go one after the other', async () => {
    await aRun('run');
    const before = await readFile(at('run', 'run.json'), 'utf8');
    const captures = (await tree('run')).filter((file) => file.endsWith('.pcapng'));
    for (const capture of captures.slice(0, 2)) {
      await rm(at('run', capture));
      if (capture !== captures.at(-1)) expect((await table('run')).code).toBe(1);
    }
    expect(await readFile(at('run', 'run.former.json'), 'utf8')).toBe(before);
  });
});

it('a run.json that is longer than Node can hold is refused with the limit and the remedy', async () => {
  await mkdir(at('large'));
  await writeFile(at('large', 'run.json'), '');
  await truncate(at('large', 'run.json'), 600e6);
  const { code, stderr } = await wirematrix(['explain', 'express/probe/idle-used', '--dir', at('large')]);
  expect(stderr).toMatch(/run\.json is too large to be read \(the limit is 5\d\d MB\): .*--shard/s);
  expect(code).toBe(2);
});
