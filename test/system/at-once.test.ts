import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { atOnce } from '../../harness/system/at-once.ts';

it('lets no more go on at one time than the limit, and ends when all have', async () => {
  const work = atOnce(2);
  let underWay = 0;
  let most = 0;
  let done = 0;
  for (let i = 0; i < 6; i++)
    await work.begin(async () => {
      most = Math.max(most, ++underWay);
      await nextTurn();
      underWay--;
      done++;
    });
  await work.end();
  expect({ most, done }).toEqual({ most: 2, done: 6 });
});

it('begins nothing once one has failed, and throws what it threw when the others are over', async () => {
  const work = atOnce(2);
  let other = 'under way';
  await work.begin(async () => {
    await nextTurn();
    other = 'over';
  });
  await work.begin(() => Promise.reject(new Error('the disk is full')));
  await expect(work.begin(() => Promise.reject(new Error('never begun')))).rejects.toThrow('the disk is full');
  await expect(work.end()).rejects.toThrow('the disk is full');
  expect(other).toBe('over');
});
