import { describe, expect, it } from 'vitest';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import {
  ASKED_AGAIN_WITHIN_MS,
  BLOCKED_MIN_MS,
  BODY_WAIT_MIN_MS,
  EXPECT_WAIT_MIN_MS,
  FREED_WITHIN_MS,
  type Stall,
  stallsAcross,
  stallsOf,
} from '../../harness/observe/stalls.ts';
import {
  DELAYED_ACK_MAX_NS,
  DELAYED_ACK_MIN_NS,
  RETRANSMISSION_TIMEOUT_MIN_NS,
  SENT_AT_ONCE_NS,
  ZERO_WINDOW_MIN_NS,
} from '../../harness/tcp/waits.ts';
import { difference } from '../fast-path/both-paths.ts';
import { EPOCH_NS, type Packet, pcap } from '../packets/captures.ts';
import { type Conversation, type ConversationGiven, conversation, REQUEST, RESPONSE } from '../packets/conversation.ts';
import { FLAG, text } from '../packets/layers.ts';

const OPTIONS = { mss: 1460, windowScale: 7, sackPermitted: true };
/** Of one packet to the next. */
const STEP_NS = 10_000n;
const STEP_MS = Number(STEP_NS) / 1e6;
const HEAD = RESPONSE.slice(0, -'hello'.length);
const PUSH = FLAG.ack | FLAG.psh;

const opened = (given: ConversationGiven = {}): Conversation => conversation({ options: OPTIONS, stepNs: STEP_NS, ...given }).handshake();

async function stallsIn(packets: readonly Packet[]): Promise<Stall[]> {
  const capture = pcap([...packets].sort((a, b) => Number(a.timeNs - b.timeNs)));
  const { connections } = await decodeFile(capture);
  expect(await difference(capture)).toBeNull();
  return [...connections.flatMap(stallsOf), ...stallsAcross(connections)];
}

const causes = (stalls: readonly Stall[]): string[] => stalls.map(({ cause }) => cause);

describe("Nagle's algorithm against delayed ACK", () => {
  /** The head at once, its ACK after `delayMs`, and the rest `heldMs` after that. */
  const held = (delayMs: number, heldMs = STEP_MS, body = 'hello', given: ConversationGiven = {}) => {
    const talk = opened(given).data('client', REQUEST).ack('server').data('server', HEAD);
    talk
      .wait(delayMs - STEP_MS)
      .ack('client')
      .wait(heldMs - STEP_MS)
      .data('server', body);
    return stallsIn(talk.ack('client').close('client').packets);
  };
  const min = DELAYED_ACK_MIN_NS / 1e6 + 2 * STEP_MS;
  const max = DELAYED_ACK_MAX_NS / 1e6 + 2 * STEP_MS;
  const atOnce = SENT_AT_ONCE_NS / 1e6 + 2 * STEP_MS;

  it('is named with the segment before, its ACK and what was held', async () => {
    expect(await held(40)).toEqual([
      {
        cause: 'delayed-ack',
        certainty: 'shown',
        stream: 0,
        exchange: 0,
        server: { address: '127.0.0.1', port: 8080 },
        waiting: 'server',
        startMs: 0.05,
        ms: 40.01,
        frames: [6, 7, 8],
        because: "the server held a small segment (Nagle's algorithm) until the ACK of the one before it came, which the client delayed",
      },
    ]);
  });

  it('is a client’s too, that writes head and body of a request one by one', async () => {
    const talk = opened()
      .data('client', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n')
      .wait(200)
      .ack('server')
      .data('client', 'hello');
    const [stall] = await stallsIn(talk.data('server', RESPONSE).close('client').packets);
    expect(stall).toMatchObject({ cause: 'delayed-ack', waiting: 'client', frames: [4, 5, 6] });
  });

  it.each([
    ['an ACK that is not late', held(min - 0.001), 0],
    ['an ACK that is late enough', held(min), 1],
    ['the latest ACK that RFC 1122 allows', held(max), 1],
    ['an ACK that is later', held(max + 0.001), 0],
    ['the longest that the rest may take to follow', held(40, atOnce), 1],
    ['a rest that follows later', held(40, atOnce + 0.001), 0],
    ['a rest that is a full segment', held(40, STEP_MS, 'x'.repeat(1460)), 0],
    ['a rest that is a byte less', held(40, STEP_MS, 'x'.repeat(1459)), 1],
    [
      'a rest that is as long as what was sent before, as in a download on a path that takes less',
      held(40, STEP_MS, 'x'.repeat(HEAD.length)),
      0,
    ],
    ['a path that is as long as the ACK is late', held(41, STEP_MS, 'hello', { stepNs: 20_000_000n }), 0],
  ])('has its bounds: %s', async (_, stalls, count) => {
    expect(causes(await stalls)).toEqual(new Array(count).fill('delayed-ack'));
  });

  it('is none where a full segment waited for an ACK before, which Nagle’s algorithm lets go', async () => {
    const full = opened().data('client', REQUEST).ack('server');
    for (let count = 0; count < 3; count++) full.data('server', 'x'.repeat(1460)).wait(40).ack('client');
    expect(await stallsIn(full.data('server', 'hello').ack('client').close('client').packets)).toEqual([]);
  });

  it('is none where the receiver has little room itself', async () => {
    const withRoom = (bytes: number) => held(40, STEP_MS, 'hello', { options: { mss: 1460, sackPermitted: true }, window: bytes });
    expect(causes(await withRoom(4 * HEAD.length))).toEqual(['delayed-ack']);
    expect(causes(await withRoom(4 * HEAD.length - 1))).toEqual([]);
  });

  it('is none where the client sent more than an ACK, or had acknowledged before', async () => {
    const asking = opened().data('client', REQUEST).data('server', RESPONSE).wait(40).ack('client').wait(3).data('client', REQUEST);
    expect(await stallsIn(asking.data('server', RESPONSE).close('client').packets)).toEqual([]);
    const update = opened().data('client', REQUEST).data('server', HEAD).ack('client').wait(40).segment('client', { window: 600 });
    expect(await stallsIn(update.data('server', 'hello').close('client').packets)).toEqual([]);
  });
});

describe('a window of zero', () => {
  /** Shut for `ms`, probed or not, and what waited `heldMs` after it has opened. */
  const shut = ({ ms = 1000, isProbed = true, heldMs = STEP_MS, opens = true }) => {
    const talk = opened()
      .data('client', REQUEST)
      .data('server', HEAD)
      .segment('client', { window: 0 })
      .wait(ms / 2 - STEP_MS);
    if (isProbed)
      talk
        .segment('server', { seq: talk.next.server - 1 })
        .segment('client', { window: 0 })
        .wait(-2 * STEP_MS);
    talk.wait(ms / 2);
    if (opens)
      talk
        .ack('client')
        .wait(heldMs - STEP_MS)
        .data('server', 'hello');
    return stallsIn((opens ? talk.ack('client').close('client') : talk.rst('client')).packets);
  };
  const min = ZERO_WINDOW_MIN_NS / 1e6;

  it('is named from where it shuts to where it opens', async () => {
    expect(await shut({})).toMatchObject([
      {
        cause: 'zero-window',
        waiting: 'server',
        exchange: 0,
        ms: 1000,
        frames: [6, 9],
        because: expect.stringMatching(/client's receive window/),
      },
    ]);
  });

  it('is named up to the end of the connection, where it does not open', async () => {
    expect(await shut({ opens: false })).toMatchObject([
      { cause: 'zero-window', ms: 1000, frames: [6], because: expect.stringMatching(/did not open again/) },
    ]);
  });

  it.each([
    ['as short as it may be', shut({ ms: min }), 1],
    ['shorter', shut({ ms: min - 0.01 }), 0],
    ['nobody probed, and the rest follows at once', shut({ isProbed: false, heldMs: 1 }), 1],
    ['nobody probed, and the rest follows later', shut({ isProbed: false, heldMs: 1.1 }), 0],
    ['nobody probed, and it never opens', shut({ isProbed: false, opens: false }), 0],
  ])('has its bounds: %s', async (_, stalls, count) => {
    expect(causes(await stalls)).toEqual(new Array(count).fill('zero-window'));
  });
});

describe('a retransmission time-out', () => {
  it('is none where a client that was refused asks again', async () => {
    const talk = conversation();
    for (let count = 0; count < 3; count++)
      talk
        .segment('client', { flags: FLAG.syn, ack: 0 })
        .segment('server', { flags: FLAG.rst | FLAG.ack, seq: 0, ack: 1001 })
        .wait(500);
    expect(await stallsIn(talk.packets)).toEqual([]);
  });

  const again = (ms: number) => {
    const talk = opened()
      .data('client', REQUEST)
      .wait(ms - STEP_MS)
      .segment('client', { seq: 1001, flags: PUSH, payload: text(REQUEST) });
    return stallsIn(talk.data('server', RESPONSE).ack('client').close('client').packets);
  };
  const min = RETRANSMISSION_TIMEOUT_MIN_NS / 1e6;

  it('is named with each time that the segment was sent', async () => {
    const talk = opened().data('client', REQUEST);
    for (const ms of [200, 400, 800]) talk.wait(ms).segment('client', { seq: 1001, flags: PUSH, payload: text(REQUEST) });
    const stalls = await stallsIn(talk.data('server', RESPONSE).close('client').packets);
    expect(stalls).toMatchObject([{ cause: 'retransmission-timeout', waiting: 'client', exchange: 0, ms: 1400.03, frames: [4, 5, 6, 7] }]);
    expect(stalls[0]!.because).toMatch(/, 3 times$/);
  });

  it('is none where a SYN comes late, after the handshake', async () => {
    const late = opened().wait(1000).segment('client', { seq: 1000, flags: FLAG.syn, ack: 0, options: OPTIONS });
    expect(await stallsIn(late.data('client', REQUEST).data('server', RESPONSE).close('client').packets)).toEqual([]);
  });

  it('is the client’s where a SYN is sent again', async () => {
    const talk = conversation({ options: OPTIONS, stepNs: STEP_NS }).segment('client', { flags: FLAG.syn, ack: 0 }).wait(1000);
    const stalls = await stallsIn(talk.handshake().data('client', REQUEST).data('server', RESPONSE).close('client').packets);
    expect(stalls).toMatchObject([{ cause: 'retransmission-timeout', waiting: 'client', exchange: null, ms: 1000.01, frames: [1, 2] }]);
  });

  it.each([
    ['as short as a timer may be', again(min), 1],
    ['shorter: a fast retransmission, or a packet that was captured twice', again(min - 0.01), 0],
  ])('has its bounds: %s', async (_, stalls, count) => {
    expect(causes(await stalls)).toEqual(new Array(count).fill('retransmission-timeout'));
  });

  it('is none where duplicate ACKs ask for the segment, which comes a round trip later', async () => {
    const lost = (duplicates: number, ms: number, from = 0) => {
      const talk = conversation({ options: OPTIONS, stepNs: STEP_NS })
        .syn()
        .wait(300)
        .synAck()
        .ack('client')
        .data('client', REQUEST)
        .wait(300);
      talk.data('server', 'HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n').ack('client');
      const seq = talk.next.server;
      talk.next.server += 10;
      for (let count = 0; count < duplicates; count++) talk.data('server', '0123456789').segment('client', { ack: seq, flags: FLAG.ack });
      talk
        .wait(ms)
        .segment('server', { seq, flags: PUSH, payload: text('0123456789') })
        .ack('client');
      return stallsIn(talk.close('client').packets.slice(from));
    };
    expect(await lost(3, 300)).toEqual([]);
    expect(causes(await lost(3, 600))).toEqual(['retransmission-timeout']);
    expect(causes(await lost(1, 300))).toEqual(['retransmission-timeout']);
    // Without the handshake nobody knows how long a round trip takes.
    expect(await lost(3, 600, 3)).toEqual([]);
  });

  it('is none where a server that defers accept sends its SYN-ACK again, or a keep-alive probe asks', async () => {
    const deferred = conversation({ options: OPTIONS, stepNs: STEP_NS }).syn().synAck().ack('client').wait(1000);
    deferred.segment('server', { seq: 5000, flags: FLAG.syn | FLAG.ack, options: OPTIONS }).ack('client');
    expect(await stallsIn(deferred.data('client', REQUEST).data('server', RESPONSE).close('client').packets)).toEqual([]);
    const probed = opened().data('client', REQUEST).data('server', RESPONSE).ack('client').wait(45_000);
    probed.segment('client', { seq: probed.next.client - 1, payload: text('\0') }).ack('server');
    expect(await stallsIn(probed.close('client').packets)).toEqual([]);
  });
});

describe('Expect: 100-continue that nobody answers', () => {
  const HEAD_WITH_EXPECT = 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';
  const waited = (ms: number, head = HEAD_WITH_EXPECT) => {
    const talk = opened()
      .data('client', head)
      .ack('server')
      .wait(ms - 2 * STEP_MS)
      .data('client', 'hello');
    return stallsIn(talk.data('server', RESPONSE).close('client').packets);
  };

  it('is named with the head and the first of the body', async () => {
    expect(await waited(1000)).toMatchObject([
      { cause: 'expect-unanswered', certainty: 'shown', waiting: 'client', exchange: 0, ms: 1000, frames: [4, 6] },
    ]);
  });

  it('is named where the client never sends the body', async () => {
    const talk = opened().data('client', HEAD_WITH_EXPECT).wait(5000).close('client');
    expect(await stallsIn(talk.packets)).toMatchObject([
      { cause: 'expect-unanswered', frames: [4, 5], because: expect.stringMatching(/never sent/) },
    ]);
  });

  it.each([
    ['as long as the least patient client waits', waited(EXPECT_WAIT_MIN_MS), 1],
    ['shorter', waited(EXPECT_WAIT_MIN_MS - 0.01), 0],
    ['no Expect', waited(1000, HEAD_WITH_EXPECT.replace('Expect: 100-continue\r\n', '')), 0],
  ])('has its bounds: %s', async (_, stalls, count) => {
    expect(causes(await stalls)).toEqual(new Array(count).fill('expect-unanswered'));
  });

  it('is none where a 100 came, late though it be', async () => {
    const talk = opened()
      .data('client', HEAD_WITH_EXPECT)
      .wait(900)
      .data('server', 'HTTP/1.1 100 Continue\r\n\r\n')
      .data('client', 'hello');
    expect(await stallsIn(talk.data('server', RESPONSE).close('client').packets)).toEqual([]);
  });
});

describe('a body that never comes', () => {
  const short = (ms: number, response = HEAD.concat('he'), first: 'client' | 'server' = 'server') =>
    stallsIn(
      opened()
        .data('client', REQUEST)
        .data('server', response)
        .ack('client')
        .wait(ms - 2 * STEP_MS)
        .close(first).packets,
    );

  it('is named where the response promised more', async () => {
    expect(await short(6000)).toMatchObject([
      {
        cause: 'body-never-comes',
        certainty: 'shown',
        ms: 6000,
        frames: [5, 7],
        because: '2 of the 5 bytes that Content-Length names came: the client waited for the rest until the server closed',
      },
    ]);
  });

  it.each([
    ['as short as it may be', short(BODY_WAIT_MIN_MS), 1],
    ['shorter', short(BODY_WAIT_MIN_MS - 0.01), 0],
    [
      'the last chunk is missing, and the client gives up',
      short(2000, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n', 'client'),
      1,
    ],
    [
      'the stream has no end by intent',
      short(2000, 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n', 'client'),
      0,
    ],
    ['the response is whole: the connection is idle', short(60_000, RESPONSE), 0],
  ])('has its bounds: %s', async (_, stalls, count) => {
    expect(causes(await stalls)).toEqual(new Array(count).fill('body-never-comes'));
  });

  it('may be a pause of a stream that the client left', async () => {
    const chunks = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n';
    expect(await short(2000, chunks, 'client')).toMatchObject([{ certainty: 'possible' }]);
    expect(await short(2000, chunks, 'server')).toMatchObject([{ certainty: 'shown' }]);
  });

  const NOT_MODIFIED = 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n';
  /** A response without a body after which the client closes; with what it asks on other connections. */
  const bodiless = (ms: number, { request = REQUEST, response = NOT_MODIFIED, others = [] as Conversation[] } = {}) => {
    const talk = opened()
      .data('client', request)
      .data('server', response)
      .wait(ms - STEP_MS)
      .close('client');
    return stallsIn([...talk.packets, ...others.flatMap(({ packets }) => packets)]);
  };
  const other = (startMs: number, clientPort = 40_001): Conversation =>
    conversation({ options: OPTIONS, stepNs: STEP_NS, clientPort, startNs: EPOCH_NS + BigInt(Math.round(startMs * 1e6)) }).handshake();
  /** The client's FIN is at 0.04 + `ms`. */
  const askedAgain = (ms: number, laterMs: number) => [
    other(ms + laterMs, 40_002)
      .data('client', REQUEST)
      .data('server', RESPONSE)
      .close('client'),
  ];
  /** Open all the while, as a browser's. */
  const idle = () => [other(0).data('client', REQUEST).data('server', RESPONSE).wait(60_000).close('client')];

  it.each([
    ['304, its only connection', bodiless(5000), 'possible'],
    [
      '304, and it had asked for the close',
      bodiless(5000, { request: REQUEST.replace('Host', 'Connection: close\r\nHost'), others: idle() }),
      'probable',
    ],
    ['304, and it asks again', bodiless(5000, { others: [...idle(), ...askedAgain(5000, ASKED_AGAIN_WITHIN_MS)] }), 'probable'],
    ['304, and it asks again, but later', bodiless(5000, { others: [...idle(), ...askedAgain(5000, ASKED_AGAIN_WITHIN_MS + 0.1)] }), null],
    ['304, one of several connections', bodiless(5000, { others: idle() }), null],
    ['304 without a Content-Length', bodiless(5000, { response: 'HTTP/1.1 304 Not Modified\r\n\r\n' }), null],
    ['304 and a close at once', bodiless(BODY_WAIT_MIN_MS - 0.01), null],
    ['304 and a close after the shortest wait', bodiless(BODY_WAIT_MIN_MS), 'possible'],
    ['HEAD', bodiless(5000, { request: REQUEST.replace('GET', 'HEAD'), response: HEAD }), null],
    [
      'HEAD, and it had asked for the close',
      bodiless(5000, { request: REQUEST.replace('GET', 'HEAD').replace('Host', 'Connection: close\r\nHost'), response: HEAD }),
      'probable',
    ],
  ])('may be one that there can be none of: %s', async (_, stalls, certainty) => {
    expect((await stalls).map((stall) => stall.certainty)).toEqual(certainty === null ? [] : [certainty]);
  });
});

describe('Expect: 100-continue', () => {
  const HEAD_OF_POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n';
  const waiting = () => opened().data('client', HEAD_OF_POST).wait(1_000);
  const because = async (talk: Conversation): Promise<string | undefined> => (await stallsIn(talk.packets))[0]?.because;

  it('is told apart: no 100, one that came too late, a body that was never sent', async () => {
    const sent = waiting().data('client', 'hello');
    expect(await because(sent.data('server', RESPONSE).close('client'))).toMatch(/got no 100: the client waited before/);
    const late = waiting().data('client', 'hello').data('server', 'HTTP/1.1 100 Continue\r\n\r\n');
    expect(await because(late.data('server', RESPONSE).close('client'))).toMatch(/got its 100 too late: the client waited before/);
    expect(await because(waiting().close('client'))).toMatch(/got no 100: the client never sent the body/);
    expect(
      await because(waiting().data('server', 'HTTP/1.1 100 Continue\r\n\r\n').data('client', 'hello').close('client')),
    ).toBeUndefined();
  });
});

describe('a server that serves one connection at a time', () => {
  const at = (startMs: number, clientPort: number): Conversation =>
    conversation({ options: OPTIONS, stepNs: STEP_NS, clientPort, startNs: EPOCH_NS + BigInt(Math.round(startMs * 1e6)) }).handshake();
  /** The silent connection, open from the start, and one that asks at 10.03 and is answered after `ms`. */
  const asking = (ms: number) =>
    at(10, 40_001)
      .data('client', REQUEST)
      .wait(ms - STEP_MS)
      .data('server', RESPONSE)
      .close('client');
  const silentUntil = (ms: number) =>
    at(0, 40_000)
      .wait(ms - 3 * STEP_MS)
      .close('client');
  const both = (closesAfter: number, answeredAfter: number, ...others: Conversation[]) =>
    stallsIn([silentUntil(10.03 + closesAfter), asking(answeredAfter), ...others].flatMap(({ packets }) => packets));

  it('answers when the silent one closes', async () => {
    expect(await both(4000, 4005)).toMatchObject([
      {
        cause: 'one-connection-at-a-time',
        certainty: 'probable',
        stream: 1,
        exchange: 0,
        ms: 4005,
        frames: [7, 8, 11],
        because: 'the server answered when connection 0, open and silent until then, closed: it serves one connection at a time',
      },
    ]);
  });

  it('answers when the silent one has been served', async () => {
    const silent = at(0, 40_000).wait(4010).data('client', REQUEST).data('server', RESPONSE).wait(30_000).close('client');
    const stalls = await stallsIn([...silent.packets, ...asking(4005).packets]);
    expect(stalls).toMatchObject([{ cause: 'one-connection-at-a-time', because: expect.stringMatching(/silent until then, was served/) }]);
  });

  it('answers when one that had sent half a request closes', async () => {
    const half = at(0, 40_000).data('client', 'GET / HT').ack('server').wait(4010).close('client');
    const stalls = await stallsIn([...half.packets, ...asking(4005).packets]);
    expect(stalls).toMatchObject([{ cause: 'one-connection-at-a-time', stream: 1, frames: [9, 10, 13] }]);
  });

  it.each([
    ['the shortest wait', both(BLOCKED_MIN_MS, BLOCKED_MIN_MS + 5), 1],
    ['a shorter one', both(BLOCKED_MIN_MS - 0.01, BLOCKED_MIN_MS + 5), 0],
    ['an answer that comes just in time', both(4000, 4000 + FREED_WITHIN_MS), 1],
    ['an answer that comes later', both(4000, 4000.01 + FREED_WITHIN_MS), 0],
    ['an answer before the close', both(4000, 3999), 0],
    ['another one is served meanwhile', both(4000, 4005, at(2000, 40_002).data('client', REQUEST).data('server', RESPONSE)), 0],
    [
      'the other one waits for an answer of its own',
      stallsIn([
        ...at(0, 40_000).data('client', REQUEST).wait(4010).data('server', RESPONSE).close('client').packets,
        ...asking(4005).packets,
      ]),
      0,
    ],
  ])('has its bounds: %s', async (_, stalls, count) => {
    expect(causes(await stalls)).toEqual(new Array(count).fill('one-connection-at-a-time'));
  });
});
