import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRunResult, type RunResult, writtenRun } from '../../harness/compare/run-result.ts';
import { cellId } from '../../harness/model.ts';
import { writeReports } from '../../harness/report/write-reports.ts';
import { type AssembledOutcome, assembleRun, metaFromCaptures, metaOf, type RunMeta } from '../../harness/results/assemble.ts';
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
    await expect(merge([at('three')], { out: at('all') })).rejects.toThrow(/three is not the folder of a run/);
  });
});

/** What is of one run alone: names and times of runs, and how long cells took. */
const ofTheRun = (run: RunResult) => ({
  ...run,
  run: { ...run.run, id: '', startedAt: '', durationMs: 0 },
});

describe('merge of shards', () => {
  const SERVERS = ['python-http', 'express', 'fastify'];
  const times = { durationMs: 6_000, activeMs: 900 };

  /** The run of all cells, and its shards, each with what it has of the captures and the rows of all; the cells are not in the order of their names. */
  async function runAndShards(change: (meta: RunMeta, index: number) => void = () => {}): Promise<void> {
    const whole = await metaFromCaptures(FIXTURE);
    const place = ({ cell }: AssembledOutcome): number => SERVERS.indexOf(cell.server);
    whole.outcomes = whole.outcomes.toSorted((a, b) => place(a) - place(b)).map((one) => ({ ...one, ...times }));
    whole.run = { ...whole.run, id: 'whole', definitions: 'of this version', asked: { clients: 'probe' } };
    const cells = whole.outcomes.map(({ cell }) => cellId(cell));
    await write('whole', whole, SERVERS);
    for (const [at, server] of SERVERS.entries()) {
      const index = at + 1;
      const run = { ...whole.run, id: `shard-${index}`, shard: { index, count: SERVERS.length, cells } };
      const meta = { ...whole, run, outcomes: whole.outcomes.filter(({ cell }) => cell.server === server) };
      change(meta, index);
      await write(`shard-${index}`, meta, [server]);
    }
  }

  async function write(name: string, meta: RunMeta, servers: readonly string[]): Promise<void> {
    for (const server of servers) await cp(path.join(FIXTURE, 'captures', server), at(name, 'captures', server), { recursive: true });
    const { run } = await assembleRun(at(name), meta);
    await writeAtomically(at(name, 'run.json'), JSON.stringify(writtenRun(run)));
  }

  const all = () => [3, 1, 2].map((index) => at(`shard-${index}`));

  it('gives every file of one run, byte for byte, but for the name and the times of the run', async () => {
    await runAndShards();
    await merge(all(), { out: at('merged') });
    await table(at('whole'));
    expect(ofTheRun(await readRun('merged'))).toEqual(ofTheRun(await readRun('whole')));
    const files = async (name: string) =>
      (await readdir(at(name), { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && entry.name !== 'run.json')
        .map((entry) => path.relative(at(name), path.join(entry.parentPath, entry.name)))
        .sort();
    const names = await files('whole');
    expect(names).toEqual(expect.arrayContaining(['table.md', 'values.csv', 'report.html', 'har/express/probe/idle-used.har']));
    expect(await files('merged')).toEqual(names);
    const { run } = await readRun('merged');
    const { run: whole } = await readRun('whole');
    // The page names both, packed.
    for (const file of names.filter((name) => name !== 'report.html')) {
      const text = (await readFile(at('merged', file), 'latin1')).replaceAll(run.id, whole.id).replaceAll(at('merged'), at('whole'));
      expect(text, file).toBe(await readFile(at('whole', file), 'latin1'));
    }
  });

  it('names the shards that are missing', async () => {
    await runAndShards();
    await expect(merge([at('shard-2')], { out: at('merged') })).rejects.toThrow('of 3 shards 1/3, 3/3 are missing: name all their folders');
    await expect(merge([at('shard-2'), at('shard-1')], { out: at('merged') })).rejects.toThrow('of 3 shards 3/3 is missing');
  });

  it('refuses shards of other runs, and names the difference', async () => {
    const refused = async (change: (meta: RunMeta, index: number) => void, message: RegExp) => {
      await rm(dir, { recursive: true, force: true });
      await runAndShards(change);
      await expect(merge(all(), { out: at('merged') })).rejects.toThrow(message);
    };
    const second = (change: (meta: RunMeta) => void) => (meta: RunMeta, index: number) => (index === 2 ? change(meta) : undefined);
    await refused(
      second((meta) => {
        meta.run.shard = { index: 2, count: 4, cells: [] };
      }),
      /shard-3 and .*shard-2 are not shards of one run: one is of 3 shards, the other of 4/,
    );
    await refused(
      second((meta) => {
        meta.run.longestWaitMs = 1_000;
      }),
      /they watched for \d+ s and for 1 s/,
    );
    await refused(
      second((meta) => {
        meta.servers = meta.servers.map((row) => (row.id === 'express' ? { ...row, version: '4.0.0' } : row));
      }),
      /express is 5\.3\.0 .* in one and 4\.0\.0 in the other/,
    );
    await refused(
      second((meta) => {
        meta.run.definitions = 'of another version';
      }),
      /the site, a scenario, a question, a browser or wirematrix itself is not the same/,
    );
    await refused(
      second((meta) => {
        meta.run.shard = { ...(meta.run.shard as NonNullable<RunMeta['run']['shard']>), index: 1 };
      }),
      /shard-1 and .*shard-2 are both shard 1\/3|shard-2 and .*shard-1 are both shard 1\/3/,
    );
    await refused(
      second((meta) => {
        delete meta.run.shard;
      }),
      /shard-3 is a shard and .*shard-2 is not/,
    );
    await refused(
      second((meta) => {
        meta.outcomes = [];
      }),
      /no shard has the cell express\/probe\/idle-used: they were planned by different times/,
    );
  });
});

describe('a cell that was run several times', () => {
  it('keeps what varied when its results are made again, and when it is merged', async () => {
    await cp(path.join(FIXTURE, 'captures/express'), at('one/captures/express'), { recursive: true });
    // Another server's capture stands for a second run that went otherwise.
    await cp(path.join(FIXTURE, 'captures/fastify'), at('one/repeats/2/captures/express'), { recursive: true });
    const meta = await metaFromCaptures(at('one'));
    const [outcome] = meta.outcomes;
    const capture = 'repeats/2/captures/express/probe/idle-used.pcapng';
    const lost = { capture: null, captureSha256: null, reason: 'it was tired' };
    meta.outcomes = [{ ...outcome, repeats: [{ capture, captureSha256: null, reason: null }, lost] } as AssembledOutcome];
    await writeAtomically(at('one', 'run.json'), JSON.stringify(writtenRun((await assembleRun(at('one'), meta)).run)));
    const before = await readRun('one');
    const [cell] = before.cells;
    if (cell?.state !== 'observed') throw new Error(cell?.reason);
    expect(cell.values['idle.used-s']?.spread).toMatchObject({ runs: 2, values: [{ times: 1 }, { value: null, times: 1 }] });
    expect(cell.values['http.version']?.spread).toEqual({ runs: 2 });
    expect(cell.repeats?.map(({ reason }) => reason)).toEqual([null, 'it was tired']);
    expect(cell.notes).toContain('1 of 3 runs of this cell failed: it was tired');
    await table(at('one'), { reporter: 'json' });
    expect(await readRun('one')).toEqual(before);
    await merge([at('one')], { out: at('merged'), reporter: 'json' });
    expect((await readRun('merged')).cells).toEqual(before.cells);
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
    await expect(table(at('nowhere'), {})).rejects.toThrow(/nowhere is not the folder of a run: it has neither run.json nor captures/);
    await writeAtomically(at('bad', 'run.json'), '{');
    await expect(table(at('bad'), {})).rejects.toThrow(
      /bad\/run\.json is not valid JSON: .*; if it was cut, move it away: wirematrix table/,
    );
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
