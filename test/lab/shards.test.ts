import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timed } from '../../harness/lab/cell-times.ts';
import type { CellPlan } from '../../harness/lab/plan.ts';
import { costsFrom, parseShard, shardOf } from '../../harness/lab/shards.ts';

const cells = (count: number) => Array.from({ length: count }, (_, index) => ({ index }) as unknown as CellPlan);
const indexOf = (cell: CellPlan): number => (cell as unknown as { index: number }).index;
const cost = fc.integer({ min: 0, max: 10_000 });

describe('shardOf', () => {
  it('gives each cell to exactly one shard, in order, and no shard much more work than another', () => {
    fc.assert(
      fc.property(fc.array(cost, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 60 }), (costs, wanted) => {
        const count = Math.min(costs.length, wanted);
        const parts = Array.from({ length: count }, (_, at) =>
          shardOf(cells(costs.length), { index: at + 1, count }, (cell) => costs[indexOf(cell)] as number).map(indexOf),
        );
        expect(parts.flat().sort((a, b) => a - b)).toEqual(costs.map((_, at) => at));
        for (const part of parts) expect(part).toEqual(part.toSorted((a, b) => a - b));
        const loads = parts.map((part) => part.reduce((sum, at) => sum + (costs[at] as number), 0));
        // Each cell goes to the shard that has the least: so two differ by no more than one cell.
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(Math.max(...costs));
      }),
    );
  });

  it('gives as many cells to each, give or take one, where all cost the same', () => {
    const sizes = [1, 2, 3].map((index) => shardOf(cells(11), { index, count: 3 }, () => 7).length);
    expect(sizes).toEqual([4, 4, 3]);
  });

  it('leaves no shard empty where cells cost nothing', () => {
    for (const index of [1, 2, 3]) expect(shardOf(cells(3), { index, count: 3 }, () => 0)).toHaveLength(1);
  });

  it('refuses a shard that has no cell', () => {
    expect(() => shardOf(cells(2), { index: 3, count: 3 }, () => 1)).toThrow('--shard 3/3 has no cells: there are only 2');
  });
});

it.each(['', '1', '0/2', '3/2', '1/0', 'a/b', '1/2/3', '-1/2', '1.5/2'])('refuses the shard %j', (shard) => {
  expect(() => parseShard(shard)).toThrow(`--shard takes I/N with I from 1 to N, as in 2/4; not "${shard}"`);
});

describe('costsFrom', () => {
  const plan = (server: string, client: string, scenario: string, actions: number, provenance = 'emulated') =>
    ({
      server: { definition: { id: server } },
      client: { definition: { id: client, provenance } },
      scenario: { id: scenario, steps: [{ id: scenario, actions: [...Array(actions).fill({ do: 'reload' }), { do: 'watch' }] }] },
    }) as unknown as CellPlan;
  const costOf = costsFrom(
    new Map([
      ['express/chromium/close', 900],
      ['nginx/chromium/close', 500],
      ['flask/chromium/close', 700],
      ['nginx/real-firefox/close', 4_000],
    ]),
  );

  it('takes what the cell took, else what others of its client and scenario took, else of its scenario', () => {
    expect(costOf(plan('nginx', 'chromium', 'close', 1))).toBe(500);
    expect(costOf(plan('koa', 'chromium', 'close', 1))).toBe(700);
    expect(costOf(plan('koa', 'ie11', 'close', 1))).toBe(900);
  });

  it('expects more of more actions and of a real browser, and nothing of a watch', () => {
    const unknown = costOf(plan('koa', 'ie11', 'idle', 1));
    expect(costOf(plan('koa', 'ie11', 'idle', 2))).toBeGreaterThan(unknown);
    expect(costOf(plan('koa', 'real-firefox', 'idle', 1, 'real'))).toBeGreaterThan(unknown);
    expect(costOf(plan('koa', 'ie11', 'idle', 0))).toBeLessThan(unknown);
  });
});

it('measures how long a cell took, with and without the watch of idle connections', () => {
  let clock = 0;
  const passed: string[] = [];
  const listener = timed(
    { begins: () => passed.push('begins'), event: () => passed.push('event'), ends: () => passed.push('ends') },
    () => clock,
  );
  const cell = { server: 'a', client: 'b', scenario: 'c', repeat: 2 };
  listener.begins(cell);
  clock = 100;
  listener.event(cell, { type: 'phase', phase: 'watch', untilEpochMs: 0 });
  clock = 8_100;
  listener.event(cell, { type: 'phase', phase: 'step', step: 'c' });
  clock = 8_150;
  listener.event(cell, { type: 'phase', phase: 'watch', untilEpochMs: 0 });
  clock = 9_000;
  listener.ends({ cell, state: 'failed', reason: '', capture: null });
  expect(listener.of(cell)).toEqual({ durationMs: 9_000, activeMs: 150 });
  expect(listener.of({ server: 'a', client: 'b', scenario: 'c' })).toEqual({});
  expect(passed).toEqual(['begins', 'event', 'event', 'event', 'ends']);
});
