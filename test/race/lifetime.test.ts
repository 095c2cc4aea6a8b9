/** A server's lifetime of a connection, from packets that are written out. */
import { describe, expect, it } from 'vitest';
import { timerOf } from '../../harness/race/judge/timers.ts';
import type { Conversation } from '../packets/conversation.ts';
import { answer, ask, connectionsOf, hop } from './race-capture.ts';

interface Busy {
  /** When it begins, between two requests, and after how long it is closed; milliseconds. */
  beginMs: number;
  paceMs: number;
  endMs: number;
  /** `announced`: the response before the close says so. */
  by: 'server' | 'client' | 'announced';
}

/** A connection that never rests. */
const busy = ({ beginMs, paceMs, endMs, by }: Busy): Conversation => {
  const talk = hop(8081, beginMs);
  const count = Math.ceil(endMs / paceMs);
  for (let at = 0; at < count; at++) {
    const isLast = at === count - 1;
    talk
      .data('client', ask('GET', `/?busy-${beginMs}-${at}`))
      .data('server', answer(200, ...(isLast && by === 'announced' ? ['Connection: close'] : [])))
      .ack('client');
    talk.wait(isLast ? endMs - at * paceMs : paceMs);
  }
  return talk.fin(by === 'client' ? 'client' : 'server');
};

/** At two paces, each begun later than the one before. */
const four = (endMs: number, by: Busy['by'] = 'server'): Conversation[] =>
  [100, 250, 100, 250].map((paceMs, place) => busy({ beginMs: place * 900, paceMs, endMs, by }));

/** A connection that is used for a while, and then no more: its age at the end is that of the others. */
const rested = (beginMs: number, paceMs: number): Conversation => {
  const talk = hop(8081, beginMs);
  for (let at = 0; at * paceMs < 1_000; at++)
    talk
      .data('client', ask('GET', `/?busy-${beginMs}-${at}`))
      .data('server', answer(200))
      .ack('client')
      .wait(paceMs);
  return talk.wait(400).fin('server');
};

/** Many requests one right after the other. */
const many = (requests: number, ...lastFields: string[]): Conversation => {
  const talk = hop(8081);
  for (let at = 0; at < requests; at++)
    talk.data('client', ask('GET', `/?limit-${at}`)).data('server', answer(200, ...(at === requests - 1 ? lastFields : [])));
  return talk;
};

const timer = async (...hops: Conversation[]) => timerOf(await connectionsOf(...hops), 8081, 60_000e6);

describe("a server's lifetime of a connection", () => {
  it('is the age at which it ends busy ones', async () => {
    const { lifetime, busyS } = await timer(...four(2_030));
    expect(lifetime?.shortestS).toBeCloseTo(2.03, 1);
    expect(lifetime?.longestS).toBeCloseTo(2.03, 1);
    expect(lifetime).toMatchObject({ isAnnounced: false });
    expect(lifetime?.frames).toHaveLength(8);
    expect(busyS).toBeCloseTo(2, 0);
  });

  it('is announced where the last response of each says so', async () => {
    expect((await timer(...four(2_030, 'announced'))).lifetime).toMatchObject({ isAnnounced: true });
  });

  it('is seen beside a limit of requests', async () => {
    const limited = many(30, 'Connection: close').fin('server');
    expect(await timer(...four(2_030), limited)).toMatchObject({ limit: { requests: 30 }, lifetime: { isAnnounced: false } });
  });

  it.each([
    [
      'a number of requests',
      [100, 250, 100, 250].map((paceMs, place) => busy({ beginMs: place * 900, paceMs, endMs: 12 * paceMs - 40, by: 'server' })),
    ],
    ['the same number, at one pace', [0, 1, 2, 3].map((place) => busy({ beginMs: place * 900, paceMs: 100, endMs: 1_160, by: 'server' }))],
    [
      'one moment',
      [100, 250, 100, 250].map((paceMs, place) => busy({ beginMs: place * 900, paceMs, endMs: 5_030 - place * 900, by: 'server' })),
    ],
    ['its client', four(2_030, 'client')],
    ['its first response', [0, 1, 2, 3].map((place) => busy({ beginMs: place * 900, paceMs: 100, endMs: 90, by: 'announced' }))],
    ['its idle timer', [100, 250, 100, 250].map((paceMs, place) => rested(place * 900, paceMs))],
    ['chance: two are too few', [...four(2_030).slice(0, 2), ...four(9_000, 'client').slice(2)]],
    ['chance: one became older', [...four(2_030), busy({ beginMs: 0, paceMs: 100, endMs: 4_000, by: 'client' })]],
  ] as const)('is none where what ended them is %s', async (_what, hops) => {
    expect((await timer(...hops)).lifetime).toBeNull();
  });

  it('is none where no connection was busy', async () => {
    const idle = hop(8081)
      .data('client', ask('GET', '/?timer-0-0'))
      .ack('server')
      .data('server', answer(200))
      .ack('client')
      .wait(2_000)
      .fin('server');
    expect(await timer(idle)).toMatchObject({ lifetime: null, busyS: null, shortestS: 2 });
  });

  it('leaves a limit of requests that busy connections met, and none that another one passed', async () => {
    const limited = [100, 250, 100, 250].map((paceMs, place) =>
      busy({ beginMs: place * 900, paceMs, endMs: 12 * paceMs - 40, by: 'announced' }),
    );
    expect(await timer(...limited)).toMatchObject({ limit: { requests: 12, isAnnounced: true }, lifetime: null });
    // Too few for a lifetime; their number it was not.
    expect(await timer(...four(2_030, 'announced').slice(0, 2), many(40))).toMatchObject({ limit: null, lifetime: null });
  });

  it('is not taken for a limit of requests', async () => {
    const asked = () => many(40).wait(2_000).data('client', ask('GET', '/?limit-40')).data('server', answer(200)).fin('server');
    expect((await timer(...four(2_030), asked())).limit).toBeNull();
    expect((await timer(asked())).limit).toMatchObject({ requests: 41 });
  });
});
