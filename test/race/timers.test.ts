import { describe, expect, it } from 'vitest';
import { hintOf, timerOf } from '../../harness/race/judge/timers.ts';
import { answer, ask, connectionsOf, hop } from './race-capture.ts';

const asked = (...fields: string[]) =>
  hop(8081)
    .data('client', ask('GET', '/'))
    .ack('server')
    .data('server', answer(200, ...fields))
    .ack('client');

describe("a server's timer", () => {
  it('is the shortest and the longest idle time that it closed after', async () => {
    const connections = await connectionsOf(asked('Keep-Alive: timeout=5').wait(6_000).fin('server'), asked().wait(7_500).fin('server'));
    const timer = timerOf(connections, 8081, 9_000e6);
    expect(timer.shortestS).toBeCloseTo(6, 1);
    expect(timer.longestS).toBeCloseTo(7.5, 1);
    expect(timer).toMatchObject({ openAfterS: null, closesEach: false, hintS: 5, connections: 2 });
    expect(timer.frames).toHaveLength(2);
  });

  it('is not known where the window ended first', async () => {
    expect(timerOf(await connectionsOf(asked()), 8081, 8_000e6)).toMatchObject({ shortestS: null, openAfterS: 8 });
  });

  it('is not that of a response that ends its connection', async () => {
    const refused = asked('Connection: close').fin('server');
    const timer = timerOf(await connectionsOf(refused, asked().wait(6_000).fin('server')), 8081, 9_000e6);
    expect(timer.shortestS).toBeCloseTo(6, 1);
    expect(timer.closesEach).toBe(false);
  });

  it('is none where each response ends its connection', async () => {
    expect(timerOf(await connectionsOf(asked('Connection: close').fin('server')), 8081, 1e9).closesEach).toBe(true);
  });
});

it.each([
  ['timeout=5', 5],
  ['timeout=5, max=100', 5],
  ['max=100, timeout=15', 15],
  ['Timeout = "30"', 30],
  ['max=100', null],
])('Keep-Alive: %s says %s', (text, seconds) => {
  const message = { version: '1.1', headers: [['Keep-Alive', text]] } as unknown as Parameters<typeof hintOf>[0];
  expect(hintOf(message)).toBe(seconds);
});

describe("a server's limit of requests", () => {
  const busy = (requests: number, ...fields: string[]) => {
    const talk = hop(8081);
    for (let count = 0; count < requests; count++)
      talk.data('client', ask('GET', `/?limit-${count}`)).data('server', answer(200, ...(count === requests - 1 ? fields : [])));
    return talk;
  };

  it('is the number of requests before the close, and whether that was announced', async () => {
    const announced = timerOf(await connectionsOf(busy(3, 'Connection: close').fin('server'), busy(2)), 8081, 9_000e6);
    expect(announced).toMatchObject({ limit: { requests: 3, isAnnounced: true }, answeredMost: 3, connections: 0 });
    expect(announced.limit?.frames).toHaveLength(2);
    const silent = timerOf(await connectionsOf(busy(4).wait(1).fin('server')), 8081, 9_000e6);
    expect(silent.limit).toMatchObject({ requests: 4, isAnnounced: false });
  });

  it('is not met where the client closes, or the idle timer', async () => {
    const none = timerOf(await connectionsOf(busy(5).fin('client'), busy(4).wait(400).fin('server')), 8081, 9_000e6);
    expect(none).toMatchObject({ limit: null, answeredMost: 5 });
  });
});

it("a server's stop is seen by its idle connections", async () => {
  const idle = () => hop(8081).data('client', ask('GET', '/?stop-0')).ack('server').data('server', answer(200)).ack('client');
  const steps = [
    { id: 'stop', frame: 1, timeNs: 100e6 },
    { id: 'end', frame: 9, timeNs: 900e6 },
  ];
  const stopped = await connectionsOf(idle().wait(120).fin('server'), idle().wait(1_000).fin('server'));
  expect(timerOf(stopped, 8081, 9_000e6, steps).stop).toMatchObject({ closedMs: expect.closeTo(20, -1), frames: [expect.any(Number)] });
  expect(timerOf(await connectionsOf(idle()), 8081, 9_000e6, steps).stop).toEqual({ closedMs: null, frames: [] });
  expect(timerOf(await connectionsOf(idle()), 8081, 9_000e6).stop).toBeNull();
});
