/** What a configuration defined stays in the results of its run: made anew where the configuration is at hand, else as run.json has it. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isObserved } from '../../harness/compare/matrix.ts';
import { parseRunResult, type RunResult, writtenRun } from '../../harness/compare/run-result.ts';
import { cellId } from '../../harness/model.ts';
import { assembleRun, metaFromCaptures } from '../../harness/results/assemble.ts';
import { mergeRuns } from '../../harness/results/merge.ts';
import { wirematrix } from '../commands/cli.ts';

const FIXTURE = path.join(import.meta.dirname, '../fixtures/runs/idle');
/** A configuration as a project has it; `because` says which version of it judged. */
const configOf = (because: string): string => `
export default {
  observations: [{
    id: 'mine.exchanges', title: 'exchanges', unit: 'count', definition: 'How many there are.', spec: null,
    tolerance: { kind: 'exact' }, scenario: null, race: null, judgedBeside: 'any', nullIsNoAnswer: false,
    observe: ({ exchanges }) => ({ value: exchanges.length, frames: [1] }),
  }],
  findings: [
    {
      id: 'mine.reached', severity: 'advice', level: null, spec: null,
      look: ({ connections }) => connections.map(({ stream }) => ({ args: { stream }, stream, frames: [1] })),
      words: { title: 'It was reached', seen: ({ stream }) => 'Stream ' + stream + '.', consequence: 'None.', remedy: 'None.' },
    },
    {
      id: 'mine.never', severity: 'fault', level: null, spec: null, look: () => [],
      words: { title: 'Never', seen: () => 'Never.', consequence: 'None.', remedy: 'None.' },
    },
  ],
  claims: [{
    id: 'mine.six', statement: 'Express closes after six seconds.', cells: [{ server: 'express', client: 'probe', scenario: 'idle-used' }],
    judge: (find) => {
      const cell = find({ server: 'express', client: 'probe', scenario: 'idle-used' });
      const { frames } = cell.values['idle.used-s'];
      return { verdict: 'reproduced', because: '${because}', evidence: [{ cell: cell.id, observation: 'idle.used-s', frames }] };
    },
  }],
  tolerances: { 'idle.used-s': { kind: 'relative', ratio: 9, absolute: 99 } },
};
`;

let dir: string;
const at = (...parts: string[]): string => path.join(dir, ...parts);
const readRun = async (name: string): Promise<RunResult> => parseRunResult(JSON.parse(await readFile(at(name, 'run.json'), 'utf8')), name);
const table = (name: string, ...args: string[]) => wirematrix(['table', at(name), '--reporter', 'json', ...args]);

/** A run of these servers that a configuration was given to. */
async function aRun(name: string, servers = ['express', 'fastify', 'python-http']): Promise<RunResult> {
  for (const server of servers) await cp(path.join(FIXTURE, 'captures', server), at(name, 'captures', server), { recursive: true });
  const { default: own } = await import(at('own.config.mjs'));
  const { run } = await assembleRun(at(name), await metaFromCaptures(at(name)), own);
  await writeFile(at(name, 'run.json'), JSON.stringify(writtenRun(run)));
  return run;
}

const withoutOwn = ({ observations, findings, claims, cells, run: { own, ...info }, ...rest }: RunResult) => ({
  ...rest,
  info,
  own,
  observations: observations.filter(({ id }) => id.startsWith('mine.') || id === 'idle.used-s'),
  findings: findings.filter(({ id }) => id.startsWith('mine.')),
  claims,
  values: cells.filter(isObserved).map((cell) => [cellId(cell), cell.values]),
});

beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  await writeFile(at('own.config.mjs'), configOf('as it was'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('a run that a configuration was given to', () => {
  it('names in run.json what is of the configuration', async () => {
    const { run, observations, lookedFor } = await aRun('run');
    expect(run.own).toEqual({
      observations: ['mine.exchanges'],
      findings: ['mine.reached', 'mine.never'],
      claims: ['mine.six'],
      tolerances: ['idle.used-s'],
    });
    expect(lookedFor?.slice(-2)).toEqual(['mine.reached', 'mine.never']);
    expect(observations.find(({ id }) => id === 'idle.used-s')?.tolerance).toMatchObject({ ratio: 9 });
  });

  it('is the same when it is made again without it, and the command says so', async () => {
    const before = await aRun('run');
    const { code, stderr } = await table('run');
    expect([code, stderr]).toEqual([
      0,
      'wirematrix: as the run has it, and not made anew: mine.exchanges, mine.six, mine.reached, mine.never. Name the configuration that defines it with --config to make it anew\n',
    ]);
    expect(withoutOwn(await readRun('run'))).toEqual(withoutOwn(before));
    // And once more, from what was carried over.
    await table('run');
    expect(withoutOwn(await readRun('run'))).toEqual(withoutOwn(before));
  });

  it('is made anew with it, and keeps what another one does not define', async () => {
    const before = await aRun('run');
    await writeFile(at('other.config.mjs'), configOf('as it is').replaceAll('mine.exchanges', 'mine.others').replace('Never.', 'Not.'));
    const { stderr } = await table('run', '--config', at('other.config.mjs'));
    expect(stderr).toContain('not made anew: mine.exchanges. Name');
    const after = await readRun('run');
    expect(after.claims.map(({ id, because }) => [id, because])).toEqual([['mine.six', 'as it is']]);
    expect(after.run.own?.observations).toEqual(['mine.others', 'mine.exchanges']);
    expect(after.cells.filter(isObserved).map(({ values }) => [values['mine.others']?.value, values['mine.exchanges']?.value])).toEqual(
      before.cells.filter(isObserved).map(({ values }) => [values['mine.exchanges']?.value, values['mine.exchanges']?.value]),
    );
  });

  it('shows no value, finding or claim of a capture that is gone', async () => {
    await aRun('run');
    await rm(at('run/captures/express'), { recursive: true });
    expect((await table('run')).code).toBe(1);
    const after = await readRun('run');
    expect(after.cells.find(({ server }) => server === 'express')).toMatchObject({ state: 'failed', values: {} });
    expect(after.findings.filter(({ id }) => id === 'mine.reached').map(({ server }) => server)).toEqual(['fastify', 'python-http']);
    expect(after.claims).toEqual([
      {
        id: 'mine.six',
        statement: 'Express closes after six seconds.',
        verdict: 'not-observable',
        because: 'The configuration that defines it is not here, and what it rests on is no longer shown (express/probe/idle-used).',
        evidence: [],
      },
    ]);
  });

  it('is packed with the captures that its own claims rest on', async () => {
    await aRun('run');
    const { code, stderr } = await wirematrix(['pack', at('run'), '--out', at('packed')]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('not made anew: mine.exchanges')]);
    expect((await readFile(at('packed/captures/express/probe/idle-used.pcapng.gz'))).length).toBeGreaterThan(0);
  });

  it('shows its own values in explain', async () => {
    await aRun('run');
    expect((await wirematrix(['explain', 'express/probe/idle-used', '--dir', at('run')])).stdout).toMatch(/^mine\.exchanges +1 /m);
  });
});

describe('merge', () => {
  it('joins what the runs have of a configuration that is not at hand', async () => {
    const whole = await aRun('whole');
    await aRun('one', ['express']);
    await aRun('two', ['fastify', 'python-http']);
    const { run, carried } = await mergeRuns([at('one'), at('two')], at('all'));
    expect(carried).toEqual(['mine.exchanges', 'mine.six', 'mine.reached', 'mine.never']);
    expect(run.run.own).toEqual(whole.run.own);
    const { info: _, differences, ...own } = withoutOwn(run);
    const { info: _whole, differences: expected, ...wanted } = withoutOwn(whole);
    expect(own).toEqual(wanted);
    expect(differences).toEqual(expected);
  });

  it('takes no verdict that each run gave over its own cells', async () => {
    await aRun('one', ['express']);
    await aRun('two', ['fastify', 'python-http']);
    const { claims } = await readRun('one');
    await writeFile(at('two/run.json'), JSON.stringify(writtenRun({ ...(await readRun('two')), claims })));
    const { run } = await mergeRuns([at('one'), at('two')], at('all'));
    expect(run.claims).toMatchObject([
      { id: 'mine.six', verdict: 'not-observable', because: expect.stringContaining('each run judged it'), evidence: [] },
    ]);
  });
});
