import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRunResult, type RunResult, writtenRun } from '../../harness/compare/run-result.ts';
import { writeReports } from '../../harness/report/write-reports.ts';
import { assembleRun, metaFromCaptures, metaOf } from '../../harness/results/assemble.ts';
import { mergeRuns } from '../../harness/results/merge.ts';
import { remakeRun } from '../../harness/results/remake.ts';
import { writeInto } from '../../harness/results/run-folder.ts';
import { writeAtomically } from '../../harness/system/files.ts';

const FIXTURE = path.join(import.meta.dirname, '../fixtures/runs/idle');

let dir: string;
const at = (...parts: string[]) => path.join(dir, ...parts);
const readRun = async (name: string): Promise<RunResult> => parseRunResult(JSON.parse(await readFile(at(name, 'run.json'), 'utf8')), name);

const table = async (folder: string, { reporter }: { reporter?: string } = {}) => {
  const made = await remakeRun(folder);
  await writeInto(made.folder, () => writeReports(made.folder, made, reporter));
};
const merge = async (folders: string[], { out, reporter }: { out: string; reporter?: string }) => {
  const made = await mergeRuns(folders, out);
  await writeInto(made.folder, () => writeReports(made.folder, made, reporter));
};

/** A shard of the fixture with only these servers, as `compare --shard` leaves it. */
async function shard(name: string, servers: string[]): Promise<void> {
  for (const server of servers) await cp(path.join(FIXTURE, 'captures', server), at(name, 'captures', server), { recursive: true });
  const { run } = await assembleRun(at(name), await metaFromCaptures(at(name)));
  await writeAtomically(at(name, 'run.json'), JSON.stringify(writtenRun({ ...run, run: { ...run.run, id: name } })));
}

beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('merge', () => {
  it('joins shards into what one run of all would have been', async () => {
    await shard('one', ['express', 'python-http']);
    await shard('two', ['fastify']);
    await merge([at('one'), at('two')], { out: at('all'), reporter: 'json' });
    const merged = await readRun('all');
    expect(merged.run.id).toBe('one+two');
    const { run: whole } = await assembleRun(FIXTURE, await metaFromCaptures(FIXTURE));
    const byServer = (run: RunResult) => run.cells.toSorted((a, b) => a.server.localeCompare(b.server));
    expect(byServer(merged)).toEqual(byServer(whole));
    expect(merged.run.durationMs).toBeGreaterThan(0);
    // The majority is that of all three servers.
    expect(merged.differences.every((difference) => difference.voting === 3)).toBe(true);
  });

  it('lets the observed cell go before one that was skipped elsewhere', async () => {
    await shard('one', ['express']);
    await shard('two', ['fastify']);
    const two = await readRun('two');
    const meta = metaOf(two);
    meta.outcomes.push({
      cell: { server: 'express', client: 'probe', scenario: 'idle-used' },
      state: 'skipped',
      reason: 'interrupted',
      remedy: null,
    });
    await writeAtomically(at('two', 'run.json'), JSON.stringify(writtenRun((await assembleRun(at('two'), meta)).run)));
    await merge([at('two'), at('one')], { out: at('all'), reporter: 'json' });
    expect((await readRun('all')).cells.map((cell) => [cell.server, cell.state])).toEqual([
      ['fastify', 'observed'],
      ['express', 'observed'],
    ]);
  });

  it('refuses a cell that two runs observed, an output that is an input, and a folder without a run', async () => {
    await shard('one', ['express']);
    await shard('two', ['express']);
    await expect(merge([at('one'), at('two')], { out: at('all') })).rejects.toThrow(
      /the cell express\/probe\/idle-used was observed in .*one and in .*two/,
    );
    await expect(merge([at('one')], { out: at('one') })).rejects.toThrow(/name another folder with --out/);
    await expect(merge([at('three')], { out: at('all') })).rejects.toThrow(/three is no folder of a run/);
  });
});

describe('table', () => {
  it('makes run.json and the reports again, the same ones', async () => {
    await shard('one', ['express', 'fastify', 'python-http']);
    await table(at('one'), { reporter: 'json,markdown,csv' });
    const files = ['run.json', 'table.md', 'table.csv', 'values.csv'];
    const first = await Promise.all(files.map((file) => readFile(at('one', file), 'utf8')));
    await table(at('one'), { reporter: 'json,markdown,csv' });
    expect(await Promise.all(files.map((file) => readFile(at('one', file), 'utf8')))).toEqual(first);
    expect(first[1]).toContain('| express | 5.3.0 (node 20.20.2) |');
  });

  it('says what is wrong with a folder', async () => {
    await expect(table(at('nowhere'), {})).rejects.toThrow(/nowhere is no folder of a run: it has neither run.json nor captures/);
    await writeAtomically(at('bad', 'run.json'), '{');
    await expect(table(at('bad'), {})).rejects.toThrow(/bad\/run\.json is no JSON/);
    await writeAtomically(at('bad', 'run.json'), '{}');
    await expect(table(at('bad'), {})).rejects.toThrow(/is not a run of schema version 1/);
  });
});

describe('reporters', () => {
  it('can be somebody else’s own file', async () => {
    await shard('one', ['express']);
    await writeAtomically(
      at('mine.mjs'),
      "export default { id: 'mine', *files({ run }) { yield { path: 'mine.txt', content: String(run.cells.length) }; } };",
    );
    await table(at('one'), { reporter: at('mine.mjs') });
    expect(await readFile(at('one', 'mine.txt'), 'utf8')).toBe('1');
  });

  it('are named where one is not there, and can not write outside of the run', async () => {
    await shard('one', ['express']);
    await expect(table(at('one'), { reporter: 'html5' })).rejects.toThrow(
      /there is no reporter "html5"; there are: json, findings, markdown, csv/,
    );
    await expect(table(at('one'), { reporter: at('none.mjs') })).rejects.toThrow(/none\.mjs can't be loaded/);
    await writeAtomically(at('evil.mjs'), "export default { id: 'evil', files: () => [{ path: '../evil.txt', content: '' }] };");
    await expect(table(at('one'), { reporter: at('evil.mjs') })).rejects.toThrow(/evil wants to write outside/);
  });
});
