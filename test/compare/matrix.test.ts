import { describe, expect, it } from 'vitest';
import { differencesOf, matrices, matrixOf } from '../../harness/compare/matrix.ts';
import type { ObservedCell, RunResult } from '../../harness/compare/run-result.ts';
import type { ValueJson } from '../../harness/model.ts';
import { expectGolden } from '../golden.ts';
import { cell, sampleRun } from '../report/sample-run.ts';

/** One observation of several servers in one scenario. */
function runOf(id: string, values: Record<string, ValueJson | undefined>, more: Partial<RunResult['servers'][number]> = {}): RunResult {
  const run = sampleRun();
  const template = run.servers[0]!;
  const cells: ObservedCell[] = Object.entries(values).map(([server, value]) =>
    cell(`${server}/chromium/first-visit`, value === undefined ? {} : { [id]: value }),
  );
  return {
    ...run,
    servers: Object.keys(values).map((server) => ({ ...template, id: server, ...(server === 'extra' ? more : {}) })),
    cells,
  };
}

const columnOf = (run: RunResult) => matrixOf(run, 'chromium', 'first-visit').columns[0];

describe('the majority of a column', () => {
  it('is the value that most rows share', () => {
    const column = columnOf(runOf('cache.etag', { a: 'weak', b: 'none', c: 'weak', d: 'strong' }));
    expect(column?.majority).toMatchObject({ value: { value: 'weak' }, agreeing: 2, voting: 4 });
    expect(column?.entries.map((entry) => entry.kind)).toEqual(['equal', 'differs', 'equal', 'differs']);
  });

  it('is none where two values are equally frequent, or no two agree', () => {
    expect(columnOf(runOf('cache.etag', { a: 'weak', b: 'weak', c: 'none', d: 'none' }))?.majority).toBeNull();
    expect(columnOf(runOf('cache.etag', { a: 'weak', b: 'none', c: 'strong' }))?.majority).toBeNull();
  });

  it('takes two rows at least', () => {
    expect(columnOf(runOf('cache.etag', { a: 'weak' }))?.majority).toBeNull();
    expect(columnOf(runOf('cache.etag', { a: 'weak', b: 'weak' }))?.majority).toMatchObject({ agreeing: 2, voting: 2 });
  });

  it('is for models and variants to say too where fewer than two real servers are there', () => {
    const model = { provenance: 'model' as const };
    expect(columnOf(runOf('cache.etag', { a: 'weak', extra: 'weak' }, model))?.majority).toMatchObject({ agreeing: 2, voting: 2 });
    expect(columnOf(runOf('cache.etag', { a: 'weak', b: 'weak', extra: 'weak' }, model))?.majority).toMatchObject({ voting: 2 });
  });

  it('counts values within the tolerance as one', () => {
    const column = columnOf(runOf('close.idle-ms', { a: 6_000, b: 6_300, c: 72_000, d: 5_800 }));
    expect(column?.majority?.agreeing).toBe(3);
    expect(column?.entries.map((entry) => entry.kind)).toEqual(['equal', 'equal', 'differs', 'equal']);
  });

  it('may be to have no such value', () => {
    const column = columnOf(runOf('cache.etag', { a: undefined, b: 'weak', c: undefined }));
    expect(column?.majority?.value).toBeNull();
    expect(column?.entries.map((entry) => entry.kind)).toEqual(['equal', 'only-right', 'equal']);
  });

  it.each([
    ['a model', { provenance: 'model' as const }],
    ['a variant', { variantOf: 'a' }],
  ])('%s has no vote, but is compared', (_name, more) => {
    const column = columnOf(runOf('cache.etag', { a: 'weak', b: 'weak', extra: 'none' }, more));
    expect(column?.majority).toMatchObject({ agreeing: 2, voting: 2 });
    expect(column?.entries.at(-1)?.kind).toBe('differs');
  });
});

describe('differences', () => {
  it('compares a variant with its base, not with the majority', () => {
    const run = runOf('cache.etag', { a: 'weak', b: 'weak', extra: 'none' }, { variantOf: 'a' });
    expect(differencesOf(run)).toEqual([
      {
        against: 'variant-base',
        kind: 'differs',
        observation: 'cache.etag',
        left: { cell: 'a/chromium/first-visit', value: { value: 'weak', frames: [4, 9] } },
        right: { cell: 'extra/chromium/first-visit', value: { value: 'none', frames: [4, 9] } },
      },
    ]);
  });

  it('compares a variant whose base did not run with the majority', () => {
    const run = runOf('cache.etag', { b: 'weak', c: 'weak', extra: 'none' }, { variantOf: 'a' });
    expect(differencesOf(run).map((difference) => [difference.against, difference.right.cell])).toEqual([
      ['majority', 'extra/chromium/first-visit'],
    ]);
  });

  it('names frames on both sides wherever there is a value', () => {
    for (const { left, right } of sampleRun().differences) {
      for (const side of [left, right]) if (side.value) expect(side.value.frames.length).toBeGreaterThan(0);
    }
  });

  it('keeps failed and skipped cells in the matrix, without a vote', () => {
    const revisit = matrixOf(sampleRun(), 'chromium', 'revisit');
    expect(revisit.cells.map((one) => one.state)).toEqual(['observed', 'observed', 'failed', 'observed']);
    expect(revisit.columns.find((column) => column.observation.id === 'revisit.not-modified')?.majority).toMatchObject({
      agreeing: 2,
      voting: 3,
    });
  });

  it('is the golden one for the sample run', () => {
    const text = matrices(sampleRun())
      .flatMap((matrix) => [
        `# ${matrix.client}/${matrix.scenario}`,
        ...matrix.columns.map(({ observation, majority, entries }) => {
          const usual = majority ? `${JSON.stringify(majority.value?.value)} ${majority.agreeing}/${majority.voting}` : 'no majority';
          const row = entries.map(
            (entry) => `${entry.cell.server}=${JSON.stringify(entry.value?.value)}${entry.kind === 'equal' ? '' : ` (${entry.kind})`}`,
          );
          return `${observation.id}: ${usual}; ${row.join(', ')}`;
        }),
      ])
      .join('\n');
    expectGolden('matrix.txt', `${text}\n`);
  });
});
