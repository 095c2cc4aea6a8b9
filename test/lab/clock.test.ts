import { describe, expect, it } from 'vitest';
import { watchClock } from '../../harness/lab/clock.ts';

/** Clocks that a test sets. */
function clocks() {
  let monotonic = 1_000;
  let offset = 1_700_000_000_000;
  return {
    real: () => Math.floor(monotonic + offset),
    monotonic: () => monotonic,
    pass(ms: number) {
      monotonic += ms;
    },
    set(byMs: number) {
      offset += byMs;
    },
  };
}

describe('watchClock', () => {
  it.each([2_000, -2_000, 90, -3_600_000])('sees a clock that is set by %d ms', (step) => {
    const time = clocks();
    const watch = watchClock(time);
    time.pass(5_000);
    watch.look();
    expect(watch.stepMs).toBe(0);
    time.set(step);
    time.pass(10);
    watch.look();
    expect(Math.abs(watch.stepMs - step)).toBeLessThanOrEqual(1);
    time.pass(10_000);
    watch.look();
    expect(Math.abs(watch.stepMs - step)).toBeLessThanOrEqual(1);
  });

  it('takes no clock that is adjusted for one that is set', () => {
    const time = clocks();
    const watch = watchClock(time);
    for (let second = 0; second < 95; second++) {
      time.pass(1_000);
      time.set(0.5);
      if (second % 10 === 0) watch.look();
    }
    watch.look();
    expect(watch.stepMs).toBe(0);
  });

  it("sees nothing on this machine's clocks", async () => {
    const watch = watchClock();
    await new Promise((resolve) => setTimeout(resolve, 50));
    watch.look();
    expect(watch.stepMs).toBe(0);
  });
});
