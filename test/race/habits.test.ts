import { describe, expect, it } from 'vitest';
import type { Connection, StepMark } from '../../harness/model.ts';
import { habitsOf } from '../../harness/race/judge/habits.ts';
import { answer, ask, connectionsOf, hop } from './race-capture.ts';

const judged = (connections: Connection[], steps: StepMark[] = [], endMs = 20_000) =>
  habitsOf({ capture: { endNs: endMs * 1e6 }, connections, steps }, 8080, 3);

const idle = (mark: string, atMs = 1) =>
  hop(8081, atMs)
    .data('client', ask('GET', `/never/0?${mark}`))
    .ack('server')
    .data('server', answer(200))
    .ack('client');

describe('how long an upstream side keeps an idle connection', () => {
  it('is from the response to its own FIN', async () => {
    const { idleS, openAfterS } = judged(await connectionsOf(idle('idle').wait(4_000).fin('client')));
    expect(idleS?.value).toBeCloseTo(4, 1);
    expect(openAfterS).toBeNull();
  });

  it('is not known where it is still open: only for how long it was watched', async () => {
    const { idleS, openAfterS } = judged(await connectionsOf(idle('idle')));
    expect(idleS?.value).toBeNull();
    expect(openAfterS).toBeCloseTo(20, 0);
  });

  it('is not what is closed after the watch has ended', async () => {
    const { idleS } = judged(await connectionsOf(idle('idle').wait(9_000).fin('client')), [{ id: 'end', frame: 9, timeNs: 8_000e6 }]);
    expect(idleS?.value).toBeNull();
  });

  it('is 0 where its request ends the connection', async () => {
    const up = hop(8081, 1).data('client', 'GET /?idle HTTP/1.0\r\nHost: a.test\r\nConnection: close\r\n\r\n').data('server', answer(200));
    expect(judged(await connectionsOf(up)).idleS?.value).toBe(0);
  });
});

it('an idle time is the longest of several: HAProxy closes half of the idle ones at a time', async () => {
  const connections = await connectionsOf(idle('idle-0').wait(5_000).fin('client'), idle('idle-1', 2).wait(10_000).fin('client'));
  expect(judged(connections).idleS?.value).toBeCloseTo(10, 1);
});

describe('an idle connection that is too old', () => {
  it('is closed only when the next request comes, by some', async () => {
    const old = hop(8081, 1)
      .data('client', ask('GET', '/never/0?reuse-0'))
      .ack('server')
      .data('server', answer(200))
      .ack('client')
      .wait(2_000);
    old.data('client', ask('GET', '/never/0?reuse-1')).ack('server').data('server', answer(200)).ack('client').wait(5_500).fin('client');
    const next = hop(8081, 7_510).data('client', ask('GET', '/never/0?reuse-2')).ack('server').data('server', answer(200));
    expect(judged(await connectionsOf(old, next)).declinesAfterS?.value).toBeCloseTo(5.5, 1);
  });

  it('is none where it stays open: another process has its own', async () => {
    const old = hop(8081, 1).data('client', ask('GET', '/never/0?reuse-0')).ack('server').data('server', answer(200)).ack('client');
    const next = hop(8081, 5_510).data('client', ask('GET', '/never/0?reuse-1')).ack('server').data('server', answer(200));
    expect(judged(await connectionsOf(old, next)).declinesAfterS).toBeNull();
  });

  it('is none where its own timer had closed it before', async () => {
    const old = hop(8081, 1)
      .data('client', ask('GET', '/never/0?reuse-0'))
      .ack('server')
      .data('server', answer(200))
      .ack('client')
      .wait(4_000)
      .fin('client');
    const next = hop(8081, 5_510).data('client', ask('GET', '/never/0?reuse-1')).ack('server').data('server', answer(200));
    expect(judged(await connectionsOf(old, next)).declinesAfterS).toBeNull();
  });
});

describe('whether it obeys Keep-Alive: timeout', () => {
  it.each([
    [1_000, 4_000, 'yes', 2],
    [5_000, 9_000, 'no', null],
    // Its own timer is shorter: the packets can't tell.
    [2_000, 2_000, 'unknown', null],
  ])('closed after %s ms with the hint and %s ms without: %s', async (hintMs, idleMs, value, marginS) => {
    const connections = await connectionsOf(idle('hint').wait(hintMs).fin('client'), idle('idle', 6_000).wait(idleMs).fin('client'));
    const { obeysHint, hintMarginS } = judged(connections);
    expect(obeysHint?.value).toBe(value);
    if (marginS === null) expect(hintMarginS).toBeNull();
    else expect(hintMarginS).toBeCloseTo(marginS, 1);
  });
});

describe('what it sends again', () => {
  const down = (target: string, status: number) =>
    hop(8080).data('client', ask('POST', target)).ack('server').wait(50).data('server', answer(status));
  const dropped = (target: string) =>
    hop(8081, 0.1)
      .data('client', ask('GET', '/never/0?warm'))
      .ack('server')
      .data('server', answer(200))
      .ack('client')
      .data('client', ask('POST', target))
      .ack('server')
      .fin('server');

  it('is nothing where its client gets a 502', async () => {
    const target = '/drop/0?drop-post-0';
    const { post } = judged(await connectionsOf(down(target, 502), dropped(target)));
    expect(post).toMatchObject({ value: 'no', on: null, gives: ['502'] });
  });

  it('is told with the connection on which it went', async () => {
    const target = '/drop/0?drop-post-body-0';
    const again = hop(8081, 20).data('client', ask('POST', target)).ack('server').data('server', answer(200));
    const { post, postBody } = judged(await connectionsOf(down(target, 200), dropped(target), again));
    expect(postBody).toMatchObject({ value: 'yes', on: 'new', gives: [] });
    expect(post).toBeNull();
  });

  it('is nothing that can be lost where each request goes on a connection of its own', async () => {
    const target = '/drop/0?drop-post-0';
    const up = hop(8081, 1).data('client', ask('POST', target)).ack('server').data('server', answer(200));
    expect(judged(await connectionsOf(down(target, 200), up)).post).toMatchObject({ value: 'fresh', on: null });
  });
});

describe('whether it has seen the FIN', () => {
  const first = () =>
    hop(8081, 1)
      .data('client', ask('GET', '/close/200?fin-0'))
      .ack('server')
      .data('server', answer(200))
      .ack('client')
      .wait(200)
      .fin('server');

  it('is yes where the next request goes on another connection', async () => {
    const next = hop(8081, 700).data('client', ask('GET', '/close/200?fin-1')).ack('server').data('server', answer(200));
    expect(judged(await connectionsOf(first(), next)).seesFin?.value).toBe('yes');
  });

  it('is no where it goes into the closed one', async () => {
    const up = first().wait(500).data('client', ask('GET', '/close/200?fin-1')).segment('server', { flags: 4 });
    expect(judged(await connectionsOf(up)).seesFin?.value).toBe('no');
  });
});
