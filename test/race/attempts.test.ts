import { describe, expect, it } from 'vitest';
import { attemptsOf } from '../../harness/race/judge/attempts.ts';
import { answer, ask, connectionsOf, hop } from './race-capture.ts';

const isAimed = (target: string): boolean => target.includes('aimed');
const AIMED = '/?aimed-1-1';

/** An upstream hop that has carried a request, is idle, and meets the server's close with `method`. */
const racing = (method: string, crossed: boolean) => {
  const up = hop(8081, 1).data('client', ask('GET', '/?warm')).ack('server').data('server', answer(200)).ack('client').wait(400);
  const late = up.next.client;
  if (crossed) {
    // The request leaves first; the close that comes acknowledges none of it.
    return up
      .data('client', ask(method, AIMED))
      .segment('server', { flags: 0x11, ack: late })
      .segment('server', { flags: 4, seq: up.next.server + 1 });
  }
  return up.fin('server').data('client', ask(method, AIMED)).segment('server', { flags: 4 });
};

const client = (method: string, status: number | null) => {
  const down = hop(8080).data('client', ask('GET', '/?warm')).ack('server').wait(3).data('server', answer(200)).ack('client').wait(397);
  down.data('client', ask(method, AIMED)).ack('server').wait(20);
  return status === null ? down.fin('server') : down.data('server', answer(status));
};

describe('a request that was aimed at the close', () => {
  it.each([true, false])('and lost is counted by what its client got (crossed: %s)', async (crossed) => {
    const { POST } = attemptsOf(await connectionsOf(client('POST', 502), racing('POST', crossed)), 8080, isAimed);
    expect(POST).toMatchObject({ tried: 1, onIdle: 1, raced: 1, answered: 0, repeated: 0, failed: { 502: 1 }, otherwise: {} });
    expect(POST.example).toMatchObject({ outcome: '502', target: AIMED });
    const { request, close, reset } = POST.example!;
    expect(request < close).toBe(crossed);
    expect(reset).toBeGreaterThan(Math.max(request, close));
    expect(POST.example?.frames).toEqual([request, close, reset].sort((a, b) => a! - b!));
  });

  it('and whose client was hung up on is counted so', async () => {
    const { POST } = attemptsOf(await connectionsOf(client('POST', null), racing('POST', true)), 8080, isAimed);
    expect(POST.failed).toEqual({ 'hang-up': 1 });
  });

  it('and sent again on another connection is repeated, and not lost', async () => {
    const again = hop(8081, 412).data('client', ask('GET', AIMED)).ack('server').data('server', answer(200));
    const { GET } = attemptsOf(await connectionsOf(client('GET', 200), racing('GET', true), again), 8080, isAimed);
    expect(GET).toMatchObject({ tried: 1, raced: 1, answered: 1, repeated: 1, failed: {} });
    expect(GET.example).toMatchObject({ outcome: 'repeated', stream: 1, repeatStream: 2 });
  });

  it('but went on a fresh connection, since the close was seen, has not raced', async () => {
    const fresh = hop(8081, 405).data('client', ask('GET', AIMED)).ack('server').data('server', answer(200));
    const { GET } = attemptsOf(await connectionsOf(client('GET', 200), fresh), 8080, isAimed);
    expect(GET).toMatchObject({ tried: 1, onIdle: 0, raced: 0, answered: 1, example: null });
  });

  it.each([
    [380, 1],
    [300, 0],
  ])('on a connection that had been idle for %s ms of 400 was near the close %s times', async (idleMs, near) => {
    const idle = () => hop(8081, 1).data('client', ask('GET', '/?warm')).ack('server').data('server', answer(200)).ack('client');
    const used = idle().wait(idleMs).data('client', ask('GET', AIMED)).ack('server').data('server', answer(200));
    const { GET } = attemptsOf(await connectionsOf(client('GET', 200), used, idle().wait(400).fin('server')), 8080, isAimed);
    expect(GET).toMatchObject({ onIdle: 1, raced: 0, near });
  });

  it("and got the server's own 502 is answered", async () => {
    const up = hop(8081, 405).data('client', ask('GET', AIMED)).ack('server').data('server', answer(502));
    const { GET } = attemptsOf(await connectionsOf(client('GET', 502), up), 8080, isAimed);
    expect(GET).toMatchObject({ answered: 1, failed: {}, otherwise: {} });
  });

  it('and lost after the server had read it is lost otherwise', async () => {
    const up = hop(8081, 1).data('client', ask('GET', '/?warm')).ack('server').data('server', answer(200)).ack('client').wait(400);
    up.data('client', ask('POST', AIMED)).ack('server').fin('server');
    const { POST } = attemptsOf(await connectionsOf(client('POST', 502), up), 8080, isAimed);
    expect(POST).toMatchObject({ raced: 0, failed: {}, otherwise: { 502: 1 } });
  });

  it('and that the program had not read when it closed is lost to the close: a RST without a FIN', async () => {
    const up = hop(8081, 1).data('client', ask('GET', '/?warm')).ack('server').data('server', answer(200)).ack('client').wait(400);
    up.data('client', ask('POST', AIMED)).ack('server').rst('server');
    const { POST } = attemptsOf(await connectionsOf(client('POST', 502), up), 8080, isAimed);
    expect(POST).toMatchObject({ raced: 1, failed: { 502: 1 }, otherwise: {} });
    expect(POST.example?.frames).toHaveLength(2);
  });

  it('and never got onto the wire, since the close was just arriving, is lost to it', async () => {
    const up = hop(8081, 1)
      .data('client', ask('GET', '/?warm'))
      .ack('server')
      .data('server', answer(200))
      .ack('client')
      .wait(402)
      .fin('server');
    const { POST } = attemptsOf(await connectionsOf(client('POST', 502), up), 8080, isAimed);
    expect(POST).toMatchObject({ raced: 1, unsent: 1, failed: { 502: 1 }, example: null });
  });

  it('of a first round that only opens connections is not counted', async () => {
    const { GET } = attemptsOf(await connectionsOf(client('GET', 200)), 8080, () => false);
    expect(GET.tried).toBe(0);
  });
});
