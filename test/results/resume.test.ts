/** What a run that was cut leaves, and what one that goes on with it takes over. */
import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writtenRun } from '../../harness/compare/run-result.ts';
import type { CellPlan } from '../../harness/lab/plan.ts';
import { cellId } from '../../harness/model.ts';
import { assembleRun, metaFromCaptures } from '../../harness/results/assemble.ts';
import { findCapture } from '../../harness/results/find-capture.ts';
import { beginJournal, type JournalHead, noteCaptured, noteResumed, readJournal } from '../../harness/results/journal.ts';
import { mergeRuns } from '../../harness/results/merge.ts';
import { readRunAt } from '../../harness/results/read-run.ts';
import { readRemadeRun } from '../../harness/results/remake.ts';
import { type CutRun, cellsOf, checkIsSame, findCutRun, takeOver } from '../../harness/results/resume.ts';
import { JOURNAL, openRunFolder, sha256 } from '../../harness/results/run-folder.ts';
import { writeAtomically } from '../../harness/system/files.ts';

const FIXTURE = path.join(import.meta.dirname, '../fixtures/runs/idle');
const CELLS = ['express', 'fastify', 'python-http'].map((server) => ({ server, client: 'probe', scenario: 'idle-used' }));
const capture = ({ server }: { server: string }) => `captures/${server}/probe/idle-used.pcapng`;

let dir: string;
const at = (...parts: string[]): string => path.join(dir, ...parts);
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function head(): Promise<Omit<JournalHead, 'journal'>> {
  const { outcomes: _outcomes, run, ...rows } = await metaFromCaptures(FIXTURE);
  const capture = { ...run.capture, framesCaptured: 0, framesDropped: null };
  return { ...rows, run: { ...run, capture, asked: { clients: 'probe' }, definitions: 'those' }, cells: CELLS };
}

/** A run that was killed after so many of its cells. */
async function cutAfter(count: number): Promise<string> {
  const folder = await openRunFolder(at('out'), { mode: 'replace' });
  await cp(path.join(FIXTURE, 'captures'), path.join(folder.staging, 'captures'), { recursive: true });
  beginJournal(folder.staging, await head());
  for (const cell of CELLS.slice(0, count)) {
    const captureSha256 = await sha256(path.join(folder.staging, capture(cell)));
    noteCaptured(folder.staging, { cell, capture: capture(cell), captureSha256, activeMs: 900 }, 4_000);
  }
  // As the end of the process releases it.
  await folder.discard();
  return folder.staging;
}

describe('a run that was cut', () => {
  it('stays where it had captured a cell, and goes where it had not', async () => {
    const staging = await cutAfter(1);
    expect(await readdir(at('out'))).toContain(path.basename(staging));
    const next = await openRunFolder(at('out'), { mode: 'replace' });
    expect(await readdir(at('out'))).toContain(path.basename(staging));
    await next.discard();
    const empty = await cutAfter(0);
    expect(await readdir(at('out'))).not.toContain(path.basename(empty));
  });

  it('is named by whoever looks for its results', async () => {
    await cutAfter(1);
    const named = /holds a run that was cut, and npm run compare -- --resume \S+out goes on with it/;
    await expect(readRunAt(at('out'))).rejects.toThrow(named);
    await expect(mergeRuns([at('out')], at('merged'))).rejects.toThrow(named);
    await expect(readRemadeRun(at('out'))).rejects.toThrow(named);
    await expect(findCapture('express/probe/idle-used', at('out'), null)).rejects.toThrow(named);
  });

  it('goes when a run that supersedes it is put in place, and not before', async () => {
    const staging = path.basename(await cutAfter(2));
    for (const supersedes of [false, true]) {
      const folder = await openRunFolder(at('out'), { mode: 'replace' });
      await writeFile(path.join(folder.staging, 'run.json'), '{}');
      folder.supersedes = supersedes;
      await folder.commit();
      expect((await readdir(at('out'))).includes(staging)).toBe(!supersedes);
    }
  });

  it('is gone on with in its own folder; reports that it had begun are made anew, and its journal is no result', async () => {
    const staging = await cutAfter(2);
    await writeFile(path.join(staging, 'table.md.0a.tmp'), 'half');
    const cut = await findCutRun(at('out'));
    expect(cut).toMatchObject({ staging: path.basename(staging), cells: CELLS.map(cellId), parts: [{ durationMs: 4_000 }] });
    const folder = await openRunFolder(at('out'), { mode: 'replace', adopt: cut.staging as string });
    expect(folder.staging).toBe(staging);
    expect([...(await takeOver(at('out'), cut, folder.staging)).keys()]).toEqual(CELLS.slice(0, 2).map(cellId));
    await folder.commit();
    expect((await readdir(at('out'))).sort()).toEqual(['.wirematrix.json', 'captures']);
  });

  it('is taken over but for captures that changed, and lines that were cut', async () => {
    const staging = await cutAfter(3);
    await appendFile(path.join(staging, capture(CELLS[1]!)), 'more');
    const journal = path.join(staging, JOURNAL);
    await writeFile(journal, (await readFile(journal, 'utf8')).slice(0, -20));
    noteResumed(staging, '2026-11-29T00:00:00.000Z');
    expect((await readJournal(staging)).parts).toHaveLength(2);
    const kept = await takeOver(at('out'), await findCutRun(at('out')), staging);
    expect([...kept.keys()]).toEqual([cellId(CELLS[0]!)]);
    expect(kept.get(cellId(CELLS[0]!))?.activeMs).toBe(900);
  });

  it('can have ended in order: its captures are copied, so that the results stay until the new ones are whole', async () => {
    await cp(FIXTURE, at('out'), { recursive: true });
    const meta = await metaFromCaptures(at('out'));
    meta.run.asked = { clients: 'probe' };
    meta.outcomes[1] = { cell: CELLS[1]!, state: 'skipped', reason: 'the run was interrupted before it', remedy: 'run it again' };
    await writeAtomically(at('out/run.json'), JSON.stringify(writtenRun((await assembleRun(at('out'), meta)).run)));
    const cut = await findCutRun(at('out'));
    expect([cut.staging, cut.cells.length]).toEqual([null, 3]);
    expect([...(await takeOver(at('out'), cut, at('new'))).keys()]).toEqual([CELLS[0], CELLS[2]].map((cell) => cellId(cell!)));
    expect(await readFile(at('new', capture(CELLS[0]!)))).toEqual(await readFile(at('out', capture(CELLS[0]!))));
  });

  it('is found where it was killed while its results were put in place', async () => {
    await cp(FIXTURE, at('out'), { recursive: true });
    const meta = await metaFromCaptures(at('out'));
    meta.run.asked = { clients: 'probe' };
    const staging = at('out/.wirematrix-new-1-dead');
    await writeAtomically(path.join(staging, 'run.json'), JSON.stringify(writtenRun((await assembleRun(at('out'), meta)).run)));
    await writeAtomically(path.join(staging, '.swap.json'), JSON.stringify({ remove: [], add: ['run.json'] }));
    expect((await findCutRun(at('out'))).cells).toHaveLength(3);
    expect(await readdir(at('out'))).not.toContain('.wirematrix-new-1-dead');
  });

  it('is named where there is none, or where it was no run of compare', async () => {
    await expect(findCutRun(at('nowhere'))).rejects.toThrow(
      /nowhere holds no run that was cut: name the folder that compare was given with --out/,
    );
    await writeAtomically(at('file'), '');
    await expect(findCutRun(at('file'))).rejects.toThrow(/file holds no run that was cut/);
    await cp(FIXTURE, at('out'), { recursive: true });
    const { run } = await assembleRun(at('out'), await metaFromCaptures(at('out')));
    await writeAtomically(at('out/run.json'), JSON.stringify(writtenRun(run)));
    await expect(findCutRun(at('out'))).rejects.toThrow(/only a run of compare can be resumed/);
  });
});

describe('the halves of a run', () => {
  const plan = CELLS.map(({ server, client, scenario }) => ({
    server: { definition: { id: server } },
    client: { definition: { id: client } },
    scenario: { id: scenario },
  })) as unknown as CellPlan[];

  it('have the same servers, clients, definitions, backend and isolation, or the run is refused with what differs', async () => {
    await cutAfter(1);
    const cut: CutRun = await findCutRun(at('out'));
    expect(cellsOf(cut, plan.toReversed())).toEqual(plan);
    checkIsSame(cut, plan, cut);
    const now = {
      servers: cut.servers.map((row) => (row.id === 'express' ? { ...row, version: '6.0.0' } : row)),
      clients: [],
      run: { ...cut.run, definitions: 'others', capture: { ...cut.run.capture, backend: 'cap' } },
    };
    const refusal = (cells: CellPlan[]) => {
      try {
        checkIsSame(cut, cells, now);
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing differs';
    };
    expect(refusal(plan)).toMatch(
      /express was 5\.3\.0 .* and is 6\.0\.0\n {2}- probe was .* and is not chosen\n {2}- the site, a scenario/,
    );
    expect(refusal(plan)).toContain('the capture backend was unknown and is cap');
    expect(refusal(plan.slice(1))).toContain("the cell express/probe/idle-used can't be run any more");
  });
});
