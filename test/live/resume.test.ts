/** Runs that are cut, and runs in shards: nothing that was captured is lost, and the result is that of one whole run. */
import { readdirSync, readFileSync, watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { cellId, type RunResult } from '../../harness/compare/run-result.ts';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import { JOURNAL } from '../../harness/results/run-folder.ts';
import { runIn, testFolder, wirematrix } from './command.ts';

const GONE_MS = 15_000;
const SELECTION = [
  '--window',
  '1',
  '--servers',
  'express,node-http',
  '--clients',
  'probe',
  '--scenarios',
  'range,conditional,methods',
  '--reporter',
  'json',
];
vi.setConfig({ testTimeout: 240_000 });

let folder: Awaited<ReturnType<typeof testFolder>>;
let noCapture: string | null = null;
beforeAll(async () => {
  folder = await testFolder();
  const selected = await selectBackend('auto', await isolation());
  if ('skipped' in selected) noCapture = selected.skipped.reason;
});
afterAll(() => folder.remove());

/** Resolves when the run in `out` has noted a capture. */
async function firstCapture(out: string): Promise<void> {
  const noted = () => {
    const journals = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((file) => path.basename(file) === JOURNAL);
    return journals.some((file) => readFileSync(path.join(out, file), 'utf8').split('\n').length > 2);
  };
  const watcher = watch(out, { recursive: true });
  try {
    await new Promise<void>((resolve, reject) => {
      watcher.on('error', reject);
      watcher.on('change', () => {
        if (noted()) resolve();
      });
    });
  } finally {
    watcher.close();
  }
}

/** What no load of the machine changes. */
const shown = (run: RunResult) =>
  run.cells.map((cell) => [
    cellId(cell),
    cell.state,
    ...(cell.state === 'observed'
      ? Object.entries(cell.values).flatMap(([id, { value }]) => (/^(?:range|conditional|method)/.test(id) ? [`${id}: ${value}`] : []))
      : []),
  ]);

it('a run that is killed is resumed, and shows what shards of it show together', async ({ skip }) => {
  if (noCapture) return skip(noCapture);
  const out = path.join(folder.path, 'cut');
  await mkdir(out);
  const first = wirematrix(['compare', ...SELECTION, '--out', out, '--at-once', '1']);
  await firstCapture(out);
  process.kill(first.child.pid as number, 'SIGKILL');
  await first.ended;
  expect(await first.left(GONE_MS)).toEqual([]);

  const other = await wirematrix(['compare', '--resume', out, '--servers', 'express']).ended;
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('leave --servers out')]);
  const resumed = await wirematrix(['compare', '--resume', out, '--reporter', 'json']).ended;
  expect(resumed.stderr).toMatch(/[1-5] of 6 cells are there; the others are run/);
  expect(resumed.code).toBe(0);
  const run = runIn(out);
  expect(run.run.parts).toHaveLength(2);
  expect(run.cells.map(({ state }) => state)).toEqual(Array(6).fill('observed'));
  expect(readdirSync(out).sort()).toEqual(['.wirematrix.json', 'captures', 'run.json']);

  const shards = [1, 2].map((index) => path.join(folder.path, `shard-${index}`));
  for (const [at, dir] of shards.entries()) {
    const { code, stderr } = await wirematrix(['compare', ...SELECTION, '--shard', `${at + 1}/2`, '--times', out, '--out', dir]).ended;
    expect([code, stderr.includes('failed')]).toEqual([0, false]);
    expect(runIn(dir).cells.length).toBeLessThan(6);
  }
  const merged = path.join(folder.path, 'merged');
  expect((await wirematrix(['merge', ...shards.toReversed(), '--out', merged, '--reporter', 'json']).ended).code).toBe(0);
  expect(shown(runIn(merged))).toEqual(shown(run));
});
