import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schedule, type TaskKind } from '../../harness/lab/schedule.ts';

const forever = new AbortController().signal;

describe('schedule', () => {
  test('a task that has released its place lets the next one begin, while it still counts against the total', async () => {
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = schedule(
      [1, 2, 3],
      { active: 1, total: 2 },
      async (item, release) => {
        begun.push(item);
        release();
        await new Promise<void>((resolve) => ends.push(resolve));
      },
      forever,
    );
    await new Promise(setImmediate);
    expect(begun).toEqual([1, 2]);
    ends.shift()?.();
    await new Promise(setImmediate);
    expect(begun).toEqual([1, 2, 3]);
    for (const end of ends) end();
    expect(await all).toEqual([]);
  });

  test('one that has started lets the next one start, as long as there are not too many at work', async () => {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const all = schedule(
      ['a', 'b', 'c', 'heavy'],
      { active: 3, starting: 1, total: 9, kind: (item) => ({ id: item, effort: item === 'heavy' ? 3 : 1, activeMax: 3 }) },
      async (item, _release, started) => {
        begun.push(item);
        if (item !== 'b') started();
        await new Promise<void>((resolve) => ends.set(item, resolve));
      },
      forever,
    );
    await new Promise(setImmediate);
    expect(begun).toEqual(['a', 'b']);
    for (const item of ['b', 'a']) {
      ends.get(item)?.();
      await new Promise(setImmediate);
      expect(begun).toEqual(['a', 'b', 'c']);
    }
    ends.get('c')?.();
    await new Promise(setImmediate);
    expect(begun).toEqual(['a', 'b', 'c', 'heavy']);
    ends.get('heavy')?.();
    expect(await all).toEqual([]);
  });

  test('those of a kind that has its part wait, and others pass them; one that lacks a place lets no one pass', async () => {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const kinds: Record<string, TaskKind> = {
      b: { id: 'browser', effort: 2, activeMax: 3 },
      q: { id: 'questioner', effort: 1, activeMax: 4 },
      h: { id: 'heavy', effort: 4, activeMax: 4 },
    };
    const all = schedule(
      ['b1', 'b2', 'q1', 'h', 'q2'],
      { active: 4, total: 9, kind: (item) => kinds[item.slice(0, 1)] as TaskKind },
      async (item) => {
        begun.push(item);
        await new Promise<void>((resolve) => ends.set(item, resolve));
      },
      forever,
    );
    const whenOver = async (...ended: string[]): Promise<string> => {
      for (const item of ended) ends.get(item)?.();
      await new Promise(setImmediate);
      return begun.join(' ');
    };
    expect(await whenOver()).toBe('b1 q1');
    expect(await whenOver('b1')).toBe('b1 q1 b2');
    expect(await whenOver('q1')).toBe('b1 q1 b2');
    expect(await whenOver('b2')).toBe('b1 q1 b2 h');
    expect(await whenOver('h')).toBe('b1 q1 b2 h q2');
    await whenOver('q2');
    expect(await all).toEqual([]);
  });

  test('after an abort no task begins, and those that did not are returned', async () => {
    const abort = new AbortController();
    const left = await schedule(['a', 'b', 'c'], { active: 1, total: 9 }, async () => abort.abort(), abort.signal);
    expect(left).toEqual(['b', 'c']);
  });

  test('what is there weighs no more than allowed; a task that is too heavy runs alone', async () => {
    const weights: Record<string, number> = { a: 1, b: 4, c: 1, d: 1, e: 2 };
    const there = new Set<string>();
    const together: string[] = [];
    await schedule(
      Object.keys(weights),
      { active: 9, total: 3, weight: (item) => weights[item] ?? 0 },
      async (item) => {
        there.add(item);
        together.push([...there].join(''));
        await new Promise(setImmediate);
        there.delete(item);
      },
      forever,
    );
    expect(together).toEqual(['a', 'b', 'c', 'cd', 'de']);
  });

  test('nothing to run is over at once', async () => {
    expect(await schedule([], { active: 1, total: 1 }, async () => {}, forever)).toEqual([]);
  });

  test('never more at work than allowed, and every task runs once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.boolean(), { maxLength: 20 }),
        async (active, total, releases) => {
          let atWork = 0;
          let there = 0;
          const seen: number[] = [];
          await schedule(
            releases.map((early, index) => ({ early, index })),
            { active, total },
            async ({ early, index }, release) => {
              atWork++;
              there++;
              expect(atWork).toBeLessThanOrEqual(active);
              expect(there).toBeLessThanOrEqual(total);
              await Promise.resolve();
              atWork--;
              if (early) release();
              else atWork++;
              await Promise.resolve();
              if (!early) atWork--;
              there--;
              seen.push(index);
            },
            forever,
          );
          expect(seen.sort((a, b) => a - b)).toEqual(releases.map((_, index) => index));
        },
      ),
    );
  });
});
