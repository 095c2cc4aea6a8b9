import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { READ_BUFFER_BYTES } from '../../harness/capture-file/read-capture.ts';
import { FastPath, loadFastPath } from '../../harness/fast-path/fast-path.ts';
import { HEAD_BYTES_MAX, HELD_MAX, SEGMENTS_KEPT } from '../../harness/fast-path/layout.ts';
import { CONNECTION_LIMITS } from '../../harness/tcp/connection-tracker.ts';
import { makeInput, seedsOf } from '../fuzz/mutate.ts';
import { seedOfRun } from '../fuzz/random.ts';
import { EPOCH_NS, type Packet, pcap, pcapng } from '../packets/captures.ts';
import { type Conversation, type ConversationGiven, conversation } from '../packets/conversation.ts';
import { fixtures } from '../packets/fixtures.ts';
import { ethernet, FLAG, sll, sll2, tag, text } from '../packets/layers.ts';
import { difference, FAST, listedReport, PATIENT, SLOW, wholeReport } from './both-paths.ts';

// Many captures are read, each several times, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** Frames of a capture that the fast path takes, while each exchange is reported whole, or as `report` does. */
async function framesTaken(
  capture: Uint8Array,
  report: (capture: Uint8Array) => unknown = (input) => wholeReport(input, FAST),
): Promise<number> {
  let taken = 0;
  const { take } = FastPath.prototype;
  const spy = vi.spyOn(FastPath.prototype, 'take').mockImplementation(function (this: FastPath, start, end, cursor) {
    const before = cursor.frame;
    const stopped = take.call(this, start, end, cursor);
    taken += cursor.frame - before;
    return stopped;
  });
  try {
    await report(capture);
  } finally {
    spy.mockRestore();
  }
  return taken;
}

const HANDSHAKE_FRAMES = 3;
const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a.test\r\nAccept: */*\r\n\r\n`;
const answer = (body: string, fields = ''): string => `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

function exchange(talk: Conversation, request = get('/'), ...response: string[]): Conversation {
  talk.data('client', request).ack('server');
  for (const segment of response.length > 0 ? response : [answer('hello')]) talk.data('server', segment);
  return talk.ack('client');
}

/** Payload that is not plain. */
function urgent(talk: Conversation, payload: string): Conversation {
  talk.segment('server', { flags: FLAG.ack | FLAG.urg, payload: text(payload) });
  talk.next.server += payload.length;
  return talk;
}

/** The packets of `talk` after a connection to the same server whose exchanges were listed. */
function afterAnother(talk: Conversation, ipVersion: 4 | 6 = 4): Packet[] {
  const another = established({ clientPort: 39_999, ipVersion, startNs: EPOCH_NS - 50_000_000n });
  return [...exchange(exchange(another)).packets, ...talk.packets];
}

const isIpv6 = ({ packets }: Conversation): boolean => packets[0]!.bytes[12] === 0x86;

function advance(talk: Conversation, end: 'client' | 'server'): Conversation {
  talk.next[end]++;
  return talk;
}

function sentAgain(talk: Conversation): Conversation {
  return talk.segment('server', { seq: talk.next.server - 4, payload: text('el') });
}

/** Another connection on the same ports. */
function again(talk: Conversation): Conversation {
  talk.next.client = 700_000;
  talk.next.server = 800_000;
  return exchange(talk.handshake()).close('server');
}

const established = (given: ConversationGiven = {}): Conversation =>
  conversation({ options: { mss: 1460, windowScale: 7 }, ...given }).handshake();

test('is built', () => {
  const fastPath = loadFastPath(null);
  expect(fastPath, 'npm run build compiles it').not.toBeNull();
  expect(fastPath?.bytes.length).toBe(READ_BUFFER_BYTES);
});

describe('takes every packet after the handshake', () => {
  const plain: [what: string, talk: (talk: Conversation) => unknown][] = [
    ['of exchanges with Content-Length', (talk) => exchange(exchange(talk), get('/second'))],
    [
      'of a body in more segments than are kept',
      (talk) =>
        exchange(
          talk,
          get('/long'),
          answer('x'.repeat(SEGMENTS_KEPT + 40)).slice(0, -SEGMENTS_KEPT - 20),
          ...'x'.repeat(SEGMENTS_KEPT + 20),
        ),
    ],
    ['of a chunked body', (talk) => exchange(talk, get('/'), `${CHUNKED}5\r\nhello\r\n0\r\n\r\n`)],
    [
      'of chunks whose data, line ends and lines come apart',
      (talk) => exchange(talk, get('/'), CHUNKED, '5\r\nhel', 'lo', '\r\n', 'A\r\n0123456789\r\n', '0\r\n\r\n'),
    ],
    [
      'of responses without a body',
      (talk) =>
        exchange(exchange(talk, get('/'), 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'), get('/'), 'HTTP/1.1 204 No Content\r\n\r\n'),
    ],
    ['of an empty body', (talk) => exchange(talk, get('/'), answer(''))],
    ['of a body that begins in the second segment', (talk) => exchange(talk, get('/'), answer('hello').slice(0, -5), 'hello')],
    ['of targets of any length', (talk) => [59, 60, 61, 900].map((length) => exchange(talk, get(`/${'t'.repeat(length - 1)}`)))],
    [
      'of fields with blanks, tabs and bytes beyond ASCII',
      (talk) =>
        exchange(
          talk,
          'GET / HTTP/1.1\r\nhOsT:\ta.test \t\r\nEmpty:\r\n\r\n',
          answer('hello', 'X:  a\tb\xe4 \r\nCONNECTION: Keep-Alive\r\n'),
        ),
    ],
    ['of a window that changes', (talk) => exchange(talk).segment('client', { window: 700 }).segment('client', { window: 800 })],
  ];

  test.each(plain)('%s', async (_, say) => {
    const talk = established();
    say(talk);
    const capture = pcap(talk.packets);
    expect(await framesTaken(capture)).toBe(talk.packets.length - HANDSHAKE_FRAMES);
    expect(await difference(capture)).toBeNull();
  });

  const { packets } = exchange(exchange(established()), get('/second'));
  const under = (link: (packet: Uint8Array) => Uint8Array): Packet[] =>
    packets.map((packet) => ({ ...packet, bytes: link(packet.bytes.subarray(14)) }));
  test.each([
    ['pcap in microseconds', pcap(packets, { nanoseconds: false })],
    ['pcapng', pcapng(packets)],
    ['IPv6', pcap(exchange(exchange(established({ ipVersion: 6 })), get('/second')).packets)],
    [
      'raw IP',
      pcap(
        under((packet) => packet),
        { linkType: 101 },
      ),
    ],
    [
      'Linux cooked capture',
      pcap(
        under((packet) => sll(packet)),
        { linkType: 113 },
      ),
    ],
    [
      'Linux cooked capture, second version',
      pcap(
        under((packet) => sll2(packet)),
        { linkType: 276 },
      ),
    ],
    [
      'sequence numbers that wrap',
      pcap(exchange(exchange(established({ clientSeq: 0xffff_ffe0, serverSeq: 0xffff_ffd0 })), get('/')).packets),
    ],
  ])('in %s', async (_, capture) => {
    expect(await framesTaken(capture)).toBe(packets.length - HANDSHAKE_FRAMES);
    expect(await difference(capture)).toBeNull();
  });
});

describe('leaves alone', () => {
  const { packets } = exchange(established());
  test.each([
    ['a capture in the other byte order', pcap(packets, { littleEndian: false })],
    ['a pcapng section in the other byte order', pcapng(packets, { littleEndian: false })],
    [
      'a link layer whose header has the protocol in another form',
      pcap(
        packets.map((packet) => ({ ...packet, bytes: Uint8Array.of(2, 0, 0, 0, ...packet.bytes.subarray(14)) })),
        { linkType: 0 },
      ),
    ],
    ['tagged frames', pcap(packets.map((packet) => ({ ...packet, bytes: ethernet(tag(7, packet.bytes.subarray(14)), 0x8100) })))],
  ])('%s', async (_, capture) => {
    expect(await framesTaken(capture)).toBe(0);
    expect(await difference(capture)).toBeNull();
  });
});

/** What is not plain, in a conversation that is plain before and after it. */
const odd: Record<string, (talk: Conversation) => unknown> = {
  HEAD: (talk) => exchange(talk, 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'),
  'POST with a body': (talk) => exchange(talk, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc'),
  'a request without Host': (talk) => exchange(talk, 'GET / HTTP/1.1\r\n\r\n'),
  'a request with two Hosts': (talk) => exchange(talk, 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'),
  'HTTP/1.0': (talk) =>
    exchange(
      talk,
      'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na',
    ),
  'HTTP/0.9': (talk) => exchange(talk, 'GET /old\r\n', 'hello'),
  'a request in two segments': (talk) =>
    talk.data('client', 'GET / HTTP/1.1\r\nHo').data('client', 'st: a\r\n\r\n').data('server', answer('hello')),
  'two requests in a segment': (talk) => talk.data('client', get('/1') + get('/2')).data('server', answer('1') + answer('2')),
  'a request before the last answer': (talk) =>
    talk.data('client', get('/1')).data('client', get('/2')).data('server', answer('1')).data('server', answer('2')),
  'a request in the body of an answer': (talk) =>
    talk
      .data('client', get('/1'))
      .data('server', answer('12345').slice(0, -3))
      .data('client', get('/2'))
      .data('server', '345')
      .data('server', answer('2')),
  'an interim response': (talk) => exchange(talk, get('/'), 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', answer('hello')),
  'an answer that ends with the connection': (talk) => exchange(talk, get('/'), 'HTTP/1.1 200 OK\r\n\r\nhello'),
  'Connection: close': (talk) => exchange(talk, get('/'), answer('hello', 'Connection: close\r\n')),
  'a head in two segments': (talk) => exchange(talk, get('/'), 'HTTP/1.1 200 OK\r\nContent-', 'Length: 5\r\n\r\nhello'),
  'a status line in two segments': (talk) => exchange(talk, get('/'), 'HTTP/1.1 20', '0 OK\r\nContent-Length: 5\r\n\r\nhello'),
  'a head that is long': (talk) => exchange(talk, get('/'), answer('hello', `X: ${'x'.repeat(HEAD_BYTES_MAX)}\r\n`)),
  'a request that is long': (talk) => exchange(talk, get(`/${'x'.repeat(HEAD_BYTES_MAX)}`)),
  'a target beyond ASCII': (talk) => exchange(talk, get('/\xe4')),
  'obsolete folding': (talk) => exchange(talk, get('/'), answer('hello', 'X: a\r\n b\r\n')),
  'a bare LF': (talk) => exchange(talk, get('/'), 'HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\nhello'),
  'a control character': (talk) => exchange(talk, get('/'), answer('hello', 'X: a\x01b\r\n')),
  'a blank before the colon': (talk) => exchange(talk, get('/'), answer('hello', 'X : a\r\n')),
  'a field without a name': (talk) => exchange(talk, get('/'), answer('hello', ': a\r\n')),
  'two lengths': (talk) => exchange(talk, get('/'), answer('hello', 'Content-Length: 5\r\n')),
  'a length that is none': (talk) => exchange(talk, get('/'), 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello'),
  'a length and a coding': (talk) =>
    exchange(talk, get('/'), 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
  'another coding': (talk) => exchange(talk, get('/'), 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'),
  'two dates': (talk) => exchange(talk, get('/'), answer('hello', 'Date: a\r\ndate: b\r\n')),
  'a status that there is not': (talk) => exchange(talk, get('/'), 'HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n'),
  'a switch of protocols': (talk) =>
    exchange(
      talk,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
      'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n',
    ),
  'a chunk extension': (talk) => exchange(talk, get('/'), `${CHUNKED}5;a=b\r\nhello\r\n0\r\n\r\n`),
  'a chunk-size line in two segments': (talk) =>
    exchange(talk, get('/'), `${CHUNKED}5\r\nhello\r\n1`, '0\r\n0123456789abcdef\r\n0\r\n\r\n'),
  'chunks, then a chunk-size line in two segments': (talk) =>
    exchange(talk, get('/'), `${CHUNKED}5\r\nhello\r\n`, '3\r\nabc\r\n', '1', '0\r\n0123456789abcdef\r\n', '0\r\n\r\n'),
  'a chunk line end in two segments': (talk) => exchange(talk, get('/'), `${CHUNKED}5\r\nhello\r`, '\n0\r\n\r\n'),
  'a trailer section': (talk) => exchange(talk, get('/'), `${CHUNKED}5\r\nhello\r\n0\r\nX: a\r\n\r\n`),
  'a broken chunk': (talk) => exchange(talk, get('/'), `${CHUNKED}5\r\nhello!\r\n0\r\n\r\n`),
  'more than the body': (talk) => exchange(talk, get('/'), `${answer('hello')}junk`),
  'an answer that nobody asked for': (talk) =>
    talk.data('server', 'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n').ack('client'),
  'bytes that are no HTTP': (talk) => talk.data('client', '\x00\x01\x02').ack('server'),
  'an acknowledgment that is repeated': (talk) => talk.ack('client').ack('client'),
  'a keep-alive probe': (talk) => talk.segment('client', { seq: talk.next.client - 1 }).ack('server'),
  'a zero window': (talk) => talk.segment('client', { window: 0 }).segment('client', { window: 500 }),
  'a segment that is sent again': (talk) => talk.segment('server', { seq: talk.next.server - 2, payload: text('lo') }).ack('client'),
  'an acknowledgment of what was not captured': (talk) => talk.segment('client', { ack: talk.next.server + 10 }),
  'an old acknowledgment': (talk) => talk.segment('client', { ack: talk.next.server - 3, window: 300 }),
  'a zero window that is probed': (talk) => {
    talk.segment('client', { window: 0 });
    for (let probe = 0; probe < 2; probe++) talk.segment('server', { payload: text('x') });
  },
  'bytes that are not in the capture': (talk) => {
    talk.next.server += 2;
    talk.ack('client').wait(300).ack('client');
  },
  'urgent data': (talk) => talk.segment('client', { flags: FLAG.ack | FLAG.urg }),
  'a SYN on the same ports': (talk) => talk.segment('client', { flags: FLAG.syn, seq: 99_000, ack: 0 }),
  'a FIN of the client': (talk) => talk.fin('client').ack('server'),
  'a reset': (talk) => talk.rst('server'),
};

describe('comes back for', () => {
  /** Between two exchanges, before an answer, and inside a body. */
  const places: [where: string, before: (talk: Conversation) => unknown, behind: (talk: Conversation) => unknown][] = [
    ['between exchanges', () => {}, () => {}],
    ['before an answer', (talk) => talk.data('client', get('/waits')), (talk) => talk.data('server', answer('late'))],
    [
      'inside a body',
      (talk) => talk.data('client', get('/body')).data('server', answer('0123456789').slice(0, -7)),
      (talk) => talk.data('server', '3456789').ack('client'),
    ],
    [
      'inside a chunk',
      (talk) => talk.data('client', get('/chunk')).data('server', `${CHUNKED}3\r\nabc\r\na\r\n01234`),
      (talk) => {
        // The slow path reads a chunk's size, the fast one passes over the next, and the slow one has to read the third.
        urgent(talk, '56789\r\nb\r\n0123').data('server', '456789a\r\n').data('server', '5\r\nhello\r\n').ack('client').ack('client');
        talk.data('server', '3\r\nabc\r\n0\r\n\r\n').ack('client');
      },
    ],
  ];
  test.each(Object.entries(odd))('%s', async (_, say) => {
    for (const [where, before, behind] of places) {
      const talk = exchange(established());
      before(talk);
      say(talk);
      behind(talk);
      exchange(exchange(talk), get('/behind')).close('server');
      const capture = pcap(talk.packets);
      expect(await difference(capture), where).toBeNull();
      expect(await framesTaken(capture)).toBeGreaterThan(0);
      expect(await difference(pcap(afterAnother(talk))), `${where}, after another connection`).toBeNull();
    }
  });

  const { packets } = exchange(
    exchange(exchange(established()), get('/long'), answer('x'.repeat(900)).slice(0, -600), 'x'.repeat(300), 'x'.repeat(300)),
    get('/behind'),
  );
  const each = (change: (packet: Packet, place: number) => Packet[]): [number, Uint8Array][] =>
    packets.map((_, place) => [place, pcap(packets.flatMap((packet, at) => (at === place ? change(packet, at) : [packet])))]);
  test.each([
    ['a packet that is not in the capture', each(() => [])],
    ['a packet that comes twice', each((packet) => [packet, packet])],
    ['a packet that was cut', each((packet) => [{ ...packet, bytes: packet.bytes.subarray(0, 60), originalLength: packet.bytes.length }])],
    ['a clock that goes back', each((packet) => [{ ...packet, timeNs: packet.timeNs - 400_000n }])],
    ['a clock that jumps', each((packet) => [{ ...packet, timeNs: packet.timeNs + 400_000n }])],
    [
      'a packet that comes late',
      packets.map((_, place) => [place, pcap(packets.toSpliced(place, 1).toSpliced(place + 2, 0, packets[place]!))]),
    ],
  ] satisfies [string, [number, Uint8Array][]][])('%s', async (_, captures) => {
    for (const [place, capture] of captures) expect(await difference(capture), `packet ${place}`).toBeNull();
  });
});

describe('a connection that is hardly ever plain', () => {
  const talk = established();
  for (let turn = 0; turn < 400; turn++) exchange(talk).ack('client');
  const capture = pcap(talk.packets);

  test.each([
    ['at once', FAST, { least: 300, most: 401 }],
    ['later and later', PATIENT, { least: 1, most: 30 }],
  ])('is taken again %s', async (_, reader, { least, most }) => {
    const release = vi.spyOn(FastPath.prototype, 'release');
    try {
      expect(await wholeReport(capture, reader)).toEqual(await wholeReport(capture, SLOW));
      expect(release.mock.calls.length).toBeGreaterThanOrEqual(least);
      expect(release.mock.calls.length).toBeLessThanOrEqual(most);
    } finally {
      release.mockRestore();
    }
  });
});

describe('handshakes and closes, where exchanges are only listed', () => {
  const listed = (capture: Uint8Array): Promise<string[]> => listedReport(capture, FAST, { budget: 0 });

  test.each([
    ['that the client closes', exchange(established()).close('client')],
    ['that the server closes', exchange(exchange(established())).close('server')],
    ['without an exchange', established().close('client')],
    ['with nothing after the handshake', established()],
    ['half closed', exchange(established()).fin('server').ack('client')],
    ['that acknowledges the FIN before its own', exchange(established()).fin('client').ack('server').fin('server').ack('client')],
    ['in IPv6', exchange(established({ ipVersion: 6 })).close('client')],
    ['without options', exchange(conversation().handshake()).close('client')],
    [
      'with all options',
      exchange(conversation({ options: { mss: 1400, windowScale: 15, sackPermitted: true } }).handshake()).close('client'),
    ],
    ['with sequence numbers that wrap', exchange(established({ clientSeq: 0xffff_fff0, serverSeq: 0xffff_ffd0 })).close('server')],
  ])('%s', async (_, talk) => {
    expect(await difference(pcap(afterAnother(talk, isIpv6(talk) ? 6 : 4)))).toBeNull();
  });

  const synOnly = { options: { mss: 1460, windowScale: 7 } };
  /** What is not plain about a handshake or a close. */
  const unusual: [string, Conversation][] = [
    ['a SYN that nobody answers', conversation().syn()],
    [
      'a SYN that is sent again',
      exchange(conversation().syn().segment('client', { seq: 1000, flags: FLAG.syn, ack: 0 }).synAck().ack('client')),
    ],
    ['a SYN that is refused', conversation().syn().rst('server')],
    [
      'a SYN with data',
      exchange(
        conversation()
          .segment('client', { flags: FLAG.syn, ack: 0, payload: text('GET') })
          .synAck()
          .ack('client'),
      ),
    ],
    ['a SYN with an acknowledgment number', exchange(conversation().segment('client', { flags: FLAG.syn, ack: 7 }).synAck().ack('client'))],
    [
      'a SYN/ACK that is sent again',
      exchange(
        conversation()
          .syn()
          .synAck()
          .segment('server', { seq: 5000, flags: FLAG.syn | FLAG.ack })
          .ack('client'),
      ),
    ],
    [
      'a SYN/ACK of the client',
      conversation()
        .syn()
        .segment('client', { flags: FLAG.syn | FLAG.ack }),
    ],
    [
      'a SYN/ACK that acknowledges something else',
      conversation()
        .syn()
        .segment('server', { flags: FLAG.syn | FLAG.ack, ack: 77 })
        .rst('client'),
    ],
    [
      'a SYN with the acknowledgment number that is due later',
      exchange(conversation().segment('client', { flags: FLAG.syn, ack: 5001 }).synAck().ack('client')),
    ],
    [
      'a SYN/ACK of the client that acknowledges its SYN',
      exchange(
        conversation()
          .syn()
          .segment('client', { flags: FLAG.syn | FLAG.ack, seq: 1001, ack: 1001 })
          .synAck()
          .ack('client'),
      ),
    ],
    [
      'a SYN/ACK that acknowledges too much',
      exchange(
        advance(
          conversation()
            .syn()
            .segment('server', { flags: FLAG.syn | FLAG.ack, ack: 2000 }),
          'server',
        ).ack('client'),
      ),
    ],
    [
      'a SYN/ACK that acknowledges too little',
      exchange(
        advance(
          conversation()
            .syn()
            .segment('server', { flags: FLAG.syn | FLAG.ack, ack: 900 }),
          'server',
        ).ack('client'),
      ),
    ],
    ['a clock that goes back before the SYN/ACK', exchange(conversation().syn().wait(-2).synAck().wait(3).ack('client'))],
    ['a clock that goes back before the last ACK', exchange(conversation().syn().synAck().wait(-2).ack('client').wait(3))],
    [
      'a handshake without time, then segments that come again',
      sentAgain(conversation({ stepNs: 0n }).handshake().wait(50).data('client', get('/')).data('server', answer('hello')).wait(10)).wait(
        60,
      ),
    ],
    ['a second FIN of a side, after its first', exchange(established()).fin('client').fin('client').fin('server')],
    ['a FIN that is sent again before the other', sentAgain(exchange(established()).fin('server')).fin('client')],
    [
      'window scaling that the server does not offer',
      advance(conversation().segment('client', { flags: FLAG.syn, ack: 0, ...synOnly }), 'client')
        .synAck()
        .ack('client'),
    ],
    [
      'window scaling that the client does not offer',
      advance(
        conversation()
          .syn()
          .segment('server', { flags: FLAG.syn | FLAG.ack, ...synOnly }),
        'server',
      ).ack('client'),
    ],
    ['a handshake whose last ACK is not in the capture', exchange(conversation().syn().synAck())],
    ['a handshake whose SYN/ACK is not in the capture', exchange(advance(conversation().syn(), 'server').ack('client'))],
    [
      'a handshake whose last ACK brings the request',
      conversation().syn().synAck().data('client', get('/')).data('server', answer('a')).ack('client'),
    ],
    ['a handshake without time', exchange(conversation({ stepNs: 0n }).handshake())],
    ['an ACK of the server in the handshake', exchange(conversation().syn().synAck().ack('server').ack('client'))],
    ['initial sequence numbers of 0', exchange(conversation({ clientSeq: 0, serverSeq: 0 }).handshake())],
    ['initial sequence numbers before 0', exchange(conversation({ clientSeq: 0xffff_ffff, serverSeq: 0xffff_ffff }).handshake())],
    ['a window of 0', exchange(conversation({ window: 0 }).handshake())],
    ['an ACK after the FIN of its side', exchange(established()).fin('client').ack('client').fin('server')],
    ['data after the FIN of its side', exchange(established()).fin('server').data('server', 'more').fin('client')],
    ['an exchange after the FIN of the server', exchange(exchange(established()).fin('server'))],
    ['a FIN with data', exchange(established()).segment('server', { flags: FLAG.fin | FLAG.ack, payload: text('x') })],
    [
      'a FIN that is sent again',
      exchange(established())
        .fin('client')
        .segment('client', { seq: 1000, flags: FLAG.fin | FLAG.ack })
        .close('server'),
    ],
    ['a FIN before the answer', established().data('client', get('/')).fin('client').data('server', answer('late')).fin('server')],
    [
      'a FIN inside a body',
      established().data('client', get('/')).data('server', answer('hello').slice(0, -2)).fin('server').fin('client'),
    ],
    ['a FIN before bytes of its side', exchange(established()).segment('client', { seq: 3000, flags: FLAG.fin | FLAG.ack })],
    ['a FIN and a RST', exchange(established()).segment('server', { flags: FLAG.fin | FLAG.rst | FLAG.ack })],
    ['a RST after the close', exchange(established()).close('client').rst('server')],
    [
      'a FIN that comes again after the close',
      exchange(established())
        .close('client')
        .segment('server', { flags: FLAG.fin | FLAG.ack }),
    ],
    ['an old ACK after the close', exchange(established()).close('client').segment('client', { ack: 5000 })],
    ['data after the close', exchange(established()).close('client').data('client', get('/behind'))],
    ['the same ports once more', again(exchange(established()).close('client'))],
    ['the same ports once more, without a close', again(exchange(established()))],
    [
      'the same ports once more, the other way round',
      exchange(established()).close('client').segment('server', { flags: FLAG.syn, seq: 9, ack: 0 }),
    ],
  ];
  test.each(unusual)('%s', async (_, talk) => {
    expect(await difference(pcap(afterAnother(talk)))).toBeNull();
    exchange(talk).close('server');
    expect(await difference(pcap(afterAnother(talk)))).toBeNull();
  });

  test('SYNs that nobody answers', async () => {
    const packets = afterAnother(conversation());
    for (let index = 0; index < HELD_MAX; index++)
      packets.push(...conversation({ clientPort: 20_000 + index, startNs: EPOCH_NS - 10_000_000n }).syn().packets);
    const alone = await framesTaken(pcap(packets), listed);
    const talk = exchange(exchange(established()), get('/second'));
    const capture = pcap([...packets, ...talk.packets]);
    expect((await framesTaken(capture, listed)) - alone).toBe(talk.packets.length - HANDSHAKE_FRAMES);
    expect(await difference(capture)).toBeNull();
  });

  test('more than may be held, each closed at once and heard of later', async () => {
    const count = CONNECTION_LIMITS.finished + HELD_MAX;
    const packets = afterAnother(conversation());
    for (let index = 0; index < count; index++) {
      const talk = exchange(established({ clientPort: 20_000 + index, startNs: EPOCH_NS + 10_000_000n + BigInt(index) * 40_000n })).close(
        'client',
      );
      const last = talk.next.server;
      // The last ACK of every seventh comes late, of every eleventh very late, and then the FIN once more.
      if (index % 7 === 0) talk.wait(3).ack('client');
      if (index % 11 === 0)
        talk
          .wait(50)
          .ack('client')
          .segment('server', { seq: last - 1, flags: FLAG.fin | FLAG.ack });
      packets.push(...talk.packets);
    }
    const capture = pcap(packets.sort((a, b) => Number(a.timeNs - b.timeNs)));
    for (const limits of [CONNECTION_LIMITS, { open: HELD_MAX + 40, finished: 30 }, { open: 5, finished: 5 }]) {
      const options = { budget: 2, limits };
      expect(await listedReport(capture, FAST, options)).toEqual(await listedReport(capture, SLOW, options));
    }
    expect(await framesTaken(capture, listed)).toBeGreaterThan(packets.length / 4);
  });
});

describe('reports the same as the slow path', () => {
  test('of every fixture', async () => {
    for (const { name, bytes } of fixtures) expect(await difference(bytes), name).toBeNull();
  });

  const folder = new URL('../fixtures/captures/', import.meta.url);
  const captures = readdirSync(folder)
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .sort()
    .map((name) => new Uint8Array(readFileSync(new URL(name, folder))));

  test('of captures of real servers, some of whose packets it takes', async () => {
    let taken = 0;
    for (const capture of captures) {
      expect(await difference(capture)).toBeNull();
      taken += await framesTaken(capture);
    }
    expect(taken).toBeGreaterThan(0);
  });

  test('of damaged captures', async () => {
    const seeds = seedsOf(captures);
    for (let run = 0; run < 300; run++) expect(await difference(makeInput(seeds, seedOfRun(7, run))), `run ${run}`).toBeNull();
  });

  test('of conversations in which anything may follow anything', async () => {
    const kinds = Object.keys(odd);
    const step = fc.oneof({ arbitrary: fc.constant('plain'), weight: kinds.length }, fc.constantFrom(...kinds));
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.array(step, { maxLength: 12 }),
      fc.nat(),
      async (first, second, seed) => {
        const startNs = EPOCH_NS + 50_000n + BigInt(seed % 3) * 700_000n;
        const talks = [established(), established({ clientPort: 40_001, startNs })];
        for (const [index, steps] of [first, second].entries()) for (const kind of steps) (odd[kind] ?? exchange)(talks[index]!);
        if (seed % 5 > 0) talks[1]!.close(seed % 5 > 1 ? 'client' : 'server');
        const packets = talks.flatMap((talk) => talk.packets).sort((a, b) => Number(a.timeNs - b.timeNs));
        if (seed % 3 === 0) packets.splice(seed % packets.length, 1);
        expect(await difference(pcap(packets))).toBeNull();
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  test('where packets were captured twice, and where resets are in doubt', async () => {
    const visits = (): Conversation => {
      const talk = established();
      for (let count = 0; count < 12; count++) exchange(talk, get(`/${count}`), answer('a'.repeat(3000)));
      return talk;
    };
    const reset = (talk: Conversation, ahead: number): Conversation =>
      talk.segment('server', { flags: FLAG.rst, seq: talk.next.server + ahead, ack: 0 });
    const twice = visits()
      .close('client')
      .packets.flatMap((packet, place) => (place % 3 === 0 ? [packet, { ...packet, timeNs: packet.timeNs + 4000n }] : [packet]));
    const refusing = (ahead: number): Packet[] => {
      const talk = reset(visits(), ahead).ack('client');
      for (let count = 0; count < 12; count++) exchange(talk, get(`/more${count}`));
      return talk.wait(5000).close('server').packets;
    };
    const crossing = visits().wait(5000);
    const ack = crossing.next.client;
    crossing.data('client', get('/lost')).segment('server', { flags: FLAG.fin | FLAG.ack, ack });
    crossing.next.server++;
    const inputs = [twice, refusing(100), refusing(90_000_000), reset(visits(), 100).packets, reset(crossing, 0).packets];
    for (const [place, packets] of inputs.entries()) expect(await difference(pcap(packets)), `input ${place}`).toBeNull();
    // The last one is a race, also where its exchanges are only listed.
    const rows = await listedReport(pcap(inputs.at(-1)!), FAST, { budget: 0 });
    expect(rows.filter((row) => row.startsWith('{')).map((row) => JSON.parse(row) as object)).toContainEqual(
      expect.objectContaining({ keepAliveRace: { close: 53, request: 52, reset: 54 } }),
    );
  });

  test('where more connections are open than may be held, or followed', async () => {
    const count = HELD_MAX + 20;
    const talks = Array.from({ length: count }, (_, index) =>
      established({ clientPort: 10_000 + index, startNs: 1_700_000_000_000_000_000n + BigInt(index) }),
    );
    for (const talk of talks) exchange(talk);
    for (const talk of talks.toReversed()) exchange(talk.wait(5), get('/again'));
    const capture = pcap(talks.flatMap((talk) => talk.packets).sort((a, b) => Number(a.timeNs - b.timeNs)));
    for (const open of [10_000, count - 5, 3]) {
      const limits = { open, finished: 2 };
      expect(await wholeReport(capture, FAST, { limits })).toEqual(await wholeReport(capture, SLOW, { limits }));
    }
    for (const budget of [0, 1, 500, 5_000])
      expect(await listedReport(capture, FAST, { budget })).toEqual(await listedReport(capture, SLOW, { budget }));

    // Some have been closed before, and are heard of again.
    const closed = Array.from({ length: 20 }, (_, index) =>
      exchange(established({ clientPort: 9_000 + index, startNs: EPOCH_NS - BigInt(40 - index) * 1_000_000n })).close('client'),
    );
    for (const talk of closed) talk.wait(60).segment('server', { seq: talk.next.server - 1, flags: FLAG.fin | FLAG.ack });
    const all = [...closed, ...talks].flatMap((talk) => talk.packets).sort((a, b) => Number(a.timeNs - b.timeNs));
    for (const open of [10_000, count + 30, count - 5, 3]) {
      const options = { budget: 0, limits: { open, finished: 50 } };
      expect(await listedReport(pcap(all), FAST, options)).toEqual(await listedReport(pcap(all), SLOW, options));
    }
  });
});
