import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timingJson } from '../../harness/analysis/timing-json.ts';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import { summaryOf } from '../../harness/http/exchange-summary.ts';
import type { Connection } from '../../harness/model.ts';
import { Durations, EXACT_MAX } from '../../harness/observe/durations.ts';
import { proxiedPairs } from '../../harness/observe/proxied.ts';
import { stallsAcross, stallsOf } from '../../harness/observe/stalls.ts';
import { type ExchangeTiming, responseEndOf, timingOf } from '../../harness/observe/timing.ts';
import { EPOCH_NS, pcap } from '../packets/captures.ts';
import { type Conversation, conversation, REQUEST, RESPONSE } from '../packets/conversation.ts';
import { FLAG, text } from '../packets/layers.ts';

const OPTIONS = { mss: 1460, windowScale: 7, sackPermitted: true };
const HEAD_END = RESPONSE.length - 'hello'.length;

const opened = (): Conversation => conversation({ options: OPTIONS, stepNs: 1_000_000n }).handshake();

async function only(packets: Parameters<typeof pcap>[0]): Promise<Connection> {
  const { connections } = await decodeFile(pcap(packets));
  expect(connections).toHaveLength(1);
  return connections[0]!;
}

const timings = (connection: Connection): ExchangeTiming[] =>
  connection.exchanges.map((exchange, place) => {
    const before = connection.exchanges[place - 1];
    return timingOf(summaryOf(exchange), connection, before ? responseEndOf(summaryOf(before)) : null);
  });

describe('the parts of an exchange', () => {
  it('are given in milliseconds, with the frames between which they passed', async () => {
    const talk = opened().wait(5).data('client', REQUEST.slice(0, 10)).wait(6).data('client', REQUEST.slice(10)).wait(20);
    talk.data('server', RESPONSE.slice(0, HEAD_END)).wait(30).data('server', RESPONSE.slice(HEAD_END)).wait(100);
    talk.data('client', REQUEST).data('server', RESPONSE).close('client');
    const [first, second] = timings(await only(talk.packets));
    expect(first).toEqual({
      connect: { ms: 2, frames: [1, 3] },
      idle: { ms: 6, frames: [3, 4] },
      request: { ms: 7, frames: [4, 5] },
      interim: [],
      firstByte: { ms: 21, frames: [5, 6] },
      transfer: { ms: 31, frames: [6, 7] },
      total: { ms: 59, frames: [4, 7] },
    });
    expect(JSON.parse(timingJson(first!))).toEqual(first);
    expect(second).toMatchObject({ connect: null, idle: { ms: 101, frames: [7, 8] }, firstByte: { ms: 1, frames: [8, 9] } });
  });

  it('give interim responses apart, from the end of the head of the request', async () => {
    const talk = opened().data('client', 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n').wait(9);
    talk.data('server', 'HTTP/1.1 100 Continue\r\n\r\n').wait(4).data('client', 'body').wait(2).data('server', RESPONSE);
    const [only_] = timings(await only(talk.packets));
    expect(only_).toMatchObject({
      interim: [{ status: 100, ms: 10, frame: 5 }],
      request: { ms: 15, frames: [4, 6] },
      firstByte: { ms: 3, frames: [6, 7] },
    });
    expect(timingJson(only_!)).toBe(JSON.stringify(only_));
  });

  it('know no handshake where the capture begins later', async () => {
    const talk = opened().data('client', REQUEST).data('server', RESPONSE);
    const [timing] = timings(await only(talk.packets.slice(3)));
    expect(timing).toMatchObject({ connect: null, idle: null, firstByte: { ms: 1, frames: [1, 2] } });
  });

  it('are never negative: a response that is stored before its request has no time to the first byte', async () => {
    const talk = opened();
    talk.segment('server', { ack: talk.next.client + REQUEST.length, flags: FLAG.ack | FLAG.psh, payload: text(RESPONSE) });
    talk.data('client', REQUEST);
    talk.next.server += RESPONSE.length;
    const [timing] = timings(await only(talk.close('client').packets));
    expect(timing).toMatchObject({ firstByte: null, total: null, request: { ms: 0, frames: [5, 5] } });
  });

  it('leave out what an early answer, or one to a pipelined request, does not show', async () => {
    const talk = opened()
      .data('client', REQUEST + REQUEST)
      .data('server', RESPONSE)
      .data('server', RESPONSE);
    talk
      .data('client', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n')
      .data('server', RESPONSE)
      .data('client', 'body')
      .close('client');
    const [, pipelined, early] = timings(await only(talk.packets));
    expect(pipelined).toMatchObject({ idle: null, firstByte: { ms: 2 } });
    expect(early).toMatchObject({ firstByte: null, transfer: { ms: 0 } });
  });

  it('leave out a transfer with bytes that are missing', async () => {
    const talk = opened().data('client', REQUEST).data('server', RESPONSE.slice(0, HEAD_END)).data('server', 'he').data('server', 'llo');
    const [timing] = timings(await only(talk.ack('client').wait(300).close('client').without(5)));
    expect(timing).toMatchObject({ firstByte: { ms: 1, frames: [4, 5] }, transfer: null, total: null });
  });

  it('do not call the time think time in which the request was sent again', async () => {
    const talk = opened().data('client', REQUEST).wait(250);
    talk.segment('client', { seq: 1001, flags: FLAG.ack | FLAG.psh, payload: text(REQUEST) });
    const connection = await only(talk.ack('server').data('server', RESPONSE).close('client').packets);
    expect(timings(connection)[0]).toMatchObject({ firstByte: null, total: { ms: 253, frames: [4, 7] } });
  });
});

describe('of any packets in any order of time', () => {
  const talk = opened()
    .data('client', REQUEST + REQUEST)
    .data('server', RESPONSE)
    .data('server', RESPONSE)
    .ack('client');
  talk.data('client', 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
  talk.data('server', 'HTTP/1.1 100 Continue\r\n\r\n').data('client', 'body').data('server', RESPONSE.slice(0, 20));
  const { packets } = talk.data('server', RESPONSE.slice(20)).close('client');

  it('no part, no stall and no outcome has a negative time', async () => {
    const order = fc.shuffledSubarray(packets, { minLength: 1 });
    const times = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: packets.length, maxLength: packets.length });
    await fc.assert(
      fc.asyncProperty(order, times, async (some, stamps) => {
        const stamped = some.map((packet, place) => ({ ...packet, timeNs: EPOCH_NS + BigInt(stamps[place]!) * 1_000_000n }));
        const { connections } = await decodeFile(pcap(stamped));
        const parts = connections.flatMap(timings).flatMap(({ interim, ...spans }) => [...interim, ...Object.values(spans)]);
        const stalls = [...connections.flatMap(stallsOf), ...stallsAcross(connections)];
        const outcomes = proxiedPairs(connections).map(({ outcomeMs }) => ({ ms: outcomeMs ?? 0 }));
        for (const found of [...parts, ...stalls, ...outcomes]) expect(found?.ms ?? 0).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('percentiles', () => {
  /** Adds one as its user does. */
  const add = (durations: Durations, us: number, frame = 1, stream = 0) => {
    if (durations.add(us)) durations.nameLongest(stream, [frame, frame + 1]);
  };

  it('are none of nothing', () => expect(new Durations().summary()).toBeNull());

  it('are exact while there are few, and the longest names its frames', () => {
    const durations = new Durations();
    for (let ms = 1; ms <= 100; ms++) add(durations, ms * 1000, ms * 2, 7);
    expect(durations.summary()).toEqual({
      count: 100,
      p50Ms: 50,
      p90Ms: 90,
      p99Ms: 99,
      max: { ms: 100, stream: 7, frames: [200, 201] },
    });
  });

  /** Short ones and long ones alike. */
  const durationUs = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 1e10 }));

  it.each([EXACT_MAX, EXACT_MAX + 1, 5_000])('are within 1 % of the true ones of %i durations', (count) => {
    fc.assert(
      fc.property(fc.array(durationUs, { minLength: count, maxLength: count }), (all) => {
        const durations = new Durations();
        for (const us of all) add(durations, us);
        const sorted = all.sort((a, b) => a - b);
        const { p50Ms, p90Ms, p99Ms, max } = durations.summary()!;
        for (const [share, found] of [[0.5, p50Ms] as const, [0.9, p90Ms] as const, [0.99, p99Ms] as const]) {
          const truth = sorted[Math.ceil(share * count) - 1]! / 1e3;
          expect(Math.abs(found - truth)).toBeLessThanOrEqual(count <= EXACT_MAX ? 0 : truth * 0.0101 + 0.0006);
        }
        expect(max.ms).toBe(sorted.at(-1)! / 1e3);
      }),
      { numRuns: 20 },
    );
  });

  it('leave out what is not known', () => {
    const durations = new Durations();
    expect(durations.add(-1)).toBe(false);
    expect(durations.summary()).toBeNull();
  });

  it('take durations of zero', () => {
    const durations = new Durations();
    for (let count = 0; count < 1000; count++) add(durations, 0);
    expect(durations.summary()).toMatchObject({ count: 1000, p50Ms: 0, p99Ms: 0, max: { ms: 0 } });
  });
});
