import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBehind, predictFronts } from '../../harness/race/behind.ts';
import { upstreamSides } from '../../harness/race/definitions.ts';
import { DOCUMENTED, SERVER_LIFETIMES } from '../../harness/race/documented.ts';
import { verdictOf } from '../../harness/race/judge/pair.ts';
import { GUARD_S, predict, predictEnds } from '../../harness/race/judge/prediction.ts';
import { wilson } from '../../harness/race/judge/statistics.ts';

const upstream = { idleS: 60, openAfterS: null, obeysHint: false, hintMarginS: null };
const server = { idleS: 6, openAfterS: null, closesEach: false, hintS: 5 };

describe('a pair', () => {
  it('races where the server closes first', () => {
    expect(predict(upstream, server)).toEqual({ predicted: 'races', marginS: -54, because: 'timers', upstreamIdleS: 60 });
  });

  it.each([
    [60 + GUARD_S, 'safe'],
    [60 + GUARD_S - 0.01, 'races'],
  ])(
    'with a server that keeps connections for %s s is %s: what is on its way when the time ends still has to arrive',
    (idleS, predicted) => {
      expect(predict(upstream, { ...server, idleS }).predicted).toBe(predicted);
    },
  );

  it('is safe where the upstream side obeys the hint, and races where the server sends none', () => {
    const obedient = { ...upstream, idleS: null, obeysHint: true, hintMarginS: 2 };
    expect(predict(obedient, server)).toMatchObject({ predicted: 'safe', marginS: 3, because: 'obeys-hint', upstreamIdleS: 3 });
    expect(predict({ ...obedient, openAfterS: 95 }, { ...server, hintS: null })).toMatchObject({ predicted: 'races', marginS: null });
  });

  it('races where the upstream side was seen to keep a connection for longer than the server does', () => {
    expect(predict({ ...upstream, idleS: null, openAfterS: 95 }, server)).toMatchObject({ predicted: 'races', marginS: null });
    expect(predict({ ...upstream, idleS: null, openAfterS: 5 }, server).predicted).toBe('unknown');
  });

  it('is safe where the upstream side keeps none, and where each response ends its connection', () => {
    expect(predict({ ...upstream, idleS: 0 }, server)).toMatchObject({ predicted: 'safe', because: 'keeps-none' });
    expect(predict(upstream, { ...server, closesEach: true })).toMatchObject({ predicted: 'safe', because: 'closes-each' });
  });

  it('is safe where the upstream side uses no connection again that is as old, and for a method that it never asks for on an idle one', () => {
    const open = { ...upstream, idleS: null, openAfterS: 95 };
    expect(predict({ ...open, declinesAfterS: 5.5 }, server)).toMatchObject({ predicted: 'safe', marginS: 0.5, upstreamIdleS: 5.5 });
    expect(predict({ ...open, declinesAfterS: 11 }, server).predicted).toBe('races');
    expect(predict({ ...open, isFresh: true }, server)).toMatchObject({ predicted: 'safe', because: 'keeps-none' });
  });

  it('is not predicted where a timer is not known', () => {
    expect(predict(upstream, { ...server, idleS: null, openAfterS: 8 }).predicted).toBe('unknown');
    expect(predict(upstream, { ...server, idleS: null, openAfterS: 95 })).toMatchObject({ predicted: 'safe', because: 'never-closes' });
  });
});

describe('the verdict', () => {
  it('goes by the packets: a race is one, whatever was predicted; none shown is not safe', () => {
    const none = { raced: 0, near: 0 };
    expect(verdictOf({ raced: 1, near: 0 }, 'safe', 10)).toBe('races');
    expect(verdictOf(none, 'races', 10)).toBe('not-shown');
    expect(verdictOf(none, 'safe', 10)).toBe('safe');
    expect(verdictOf(none, 'safe', 0)).toBe('not-shown');
  });

  it('is not safe where the requests only just missed the close', () => {
    expect(verdictOf({ raced: 0, near: 3 }, 'safe', 10)).toBe('not-shown');
  });
});

describe("Wilson's interval", () => {
  it('of none lost in 2,000 does not end at 0', () => {
    const [low, high] = wilson(0, 2_000);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(0.00192, 4);
  });

  it('holds the share, within 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (tried, part) => {
        const lost = Math.round(tried * part);
        const [low, high] = wilson(lost, tried);
        expect(low).toBeLessThanOrEqual(lost / tried);
        expect(high).toBeGreaterThanOrEqual(lost / tried);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('of none tried is everything', () => {
    expect(wilson(0, 0)).toEqual([0, 1]);
  });
});

describe('what stands in front', () => {
  it('is read as ids, with the time that the user set', () => {
    const [nginx, alb] = parseBehind('nginx, aws-alb=4000').fronts;
    expect(nginx).toMatchObject({ idleS: 60, isSetByUser: false });
    expect(alb).toMatchObject({ idleS: 4_000, isSetByUser: true });
  });

  it.each(['', 'nobody', 'nginx=soon', 'nginx=', 'nginx=-1'])('is refused as %o', (list) => {
    expect(() => parseBehind(list)).toThrow(/--behind/);
  });

  it('names the upstream sides that are here: by their own ids, or as the same program', () => {
    const { fronts, sides } = parseBehind('nginx=30,aws-alb,requests', ['requests', 'nginx-proxy-keepalive']);
    expect(fronts.map(({ documented }) => documented.id)).toEqual(['nginx', 'aws-alb']);
    expect(sides).toEqual(['nginx-proxy-keepalive', 'requests']);
    const all = upstreamSides.map(({ id }) => id);
    expect(DOCUMENTED.flatMap(({ side }) => side ?? []).filter((side) => !all.includes(side))).toEqual([]);
  });

  it('is predicted for the server; what no document says is not', () => {
    const fronts = predictFronts(parseBehind('nginx,aws-cloudfront,aws-api-gateway,apache,apache=3').fronts, server);
    expect(fronts.map(({ prediction }) => prediction.predicted)).toEqual(['races', 'safe', 'unknown', 'races', 'safe']);
  });
});

describe('the documented time-outs', () => {
  it('have ids of their own, and a document behind each figure', () => {
    expect(new Set(DOCUMENTED.map(({ id }) => id)).size).toBe(DOCUMENTED.length);
    for (const { s, url, read } of [...DOCUMENTED.flatMap(({ lifetime }) => lifetime ?? []), ...Object.values(SERVER_LIFETIMES)]) {
      expect(s === null || s > 0).toBe(true);
      expect(url).toMatch(/^https:\/\//);
      expect(read).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
    for (const { id, idleS, unlimited, url, read } of DOCUMENTED) {
      expect(read).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      if (idleS !== null || unlimited) expect(url, id).toMatch(/^https:\/\//);
    }
  });
});

it.each([
  [false, null, null, 'none', 'unknown'],
  [false, true, 12, 'announced', 'races'],
  [false, false, null, 'races', 'unknown'],
  [true, false, 12, 'safe', 'safe'],
])('what else ends connections: keeps none %s, limit announced %s, stop after %s ms', (keepsNone, isAnnounced, closedMs, limit, stop) => {
  const timer = {
    limit: isAnnounced === null ? null : { requests: 100, isAnnounced, frames: [] },
    stop: { closedMs, frames: [] },
  };
  expect(predictEnds(keepsNone, timer)).toEqual({ limit, stop });
  // A lifetime is one more limit; where it was not looked for, nothing is said of it.
  const lifetime = timer.limit && { shortestS: 2, longestS: 2, isAnnounced: timer.limit.isAnnounced, frames: [] };
  expect(predictEnds(keepsNone, { ...timer, lifetime })).toEqual({ limit, lifetime: limit, stop });
});
