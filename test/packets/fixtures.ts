/**
 * The hand-made captures, each for a rule or two. `test/decode/fixtures.test.ts` writes them to `test/fixtures/packets/` (with
 * UPDATE_GOLDEN=1), holds the files against this and the decoding against its golden file; `npm run test:tshark` holds it against tshark.
 */
import { gzipSync } from 'node:zlib';
import {
  EPOCH_NS,
  enhancedPacket,
  interfaceDescription,
  interfaceStatistics,
  type Packet,
  pcap,
  pcapng,
  sectionHeader,
  simplePacket,
} from './captures.ts';
import { type Conversation, conversation, REQUEST, RESPONSE } from './conversation.ts';
import { concat, ETHERTYPE, ethernet, FLAG, ipv4, ipv6, nullHeader, pppoe, sll, sll2, tag, tcp, text } from './layers.ts';
import { tunnelFixtures } from './tunnel-fixtures.ts';

export interface Fixture {
  /** File name. */
  name: string;
  about: string;
  bytes: Uint8Array;
}

const OPTIONS = { mss: 1460, windowScale: 7, sackPermitted: true };
const exchange = (talk: Conversation): Conversation => talk.data('client', REQUEST).ack('server').data('server', RESPONSE).ack('client');
const visit = (given = {}): Conversation => exchange(conversation({ options: OPTIONS, ...given }).handshake());

/** The same exchange under another link layer: the Ethernet header of each packet is replaced. */
const under = (link: (packet: Uint8Array) => Uint8Array, ipVersion: 4 | 6 = 4): Packet[] =>
  visit({ ipVersion })
    .close('client')
    .packets.map((packet) => ({ ...packet, bytes: link(packet.bytes.subarray(14)) }));

const truncate = (packets: readonly Packet[], length: number): Packet[] =>
  packets.map((packet) => ({ ...packet, bytes: packet.bytes.subarray(0, length), originalLength: packet.bytes.length }));

function swapped(packets: readonly Packet[], place: number): Packet[] {
  const list = [...packets];
  [list[place], list[place + 1]] = [list[place + 1]!, list[place]!];
  // A capture's frames are in the order of their stamps.
  return list.map((packet, index) => ({ ...packet, timeNs: packets[index]!.timeNs }));
}

const many = (...talks: readonly Conversation[]): Packet[] => talks.flatMap((talk) => talk.packets);

function fixture(name: string, about: string, packets: readonly Packet[], given: Parameters<typeof pcap>[1] = {}): Fixture {
  return { name: `${name}.pcap`, about, bytes: pcap(packets, given) };
}

const links: readonly Fixture[] = [
  fixture(
    'link-ethernet-vlan',
    'IEEE 802.1Q',
    under((packet) => ethernet(tag(7, packet), ETHERTYPE.vlan)),
  ),
  fixture(
    'link-ethernet-qinq',
    'IEEE 802.1ad',
    under((packet) => ethernet(tag(7, tag(8, packet), ETHERTYPE.vlan), ETHERTYPE.qinq)),
  ),
  fixture(
    'link-pppoe',
    'RFC 2516',
    under((packet) => ethernet(pppoe(packet), ETHERTYPE.pppoe)),
  ),
  fixture(
    'link-null',
    'LINKTYPE_NULL of a little-endian machine',
    under((packet) => nullHeader(packet)),
    { linkType: 0 },
  ),
  fixture(
    'link-null-big-endian',
    'LINKTYPE_NULL in a big-endian file',
    under((packet) => nullHeader(packet, false)),
    { linkType: 0, littleEndian: false },
  ),
  fixture(
    'link-null-ipv6',
    'LINKTYPE_NULL, AF_INET6 of macOS',
    under((packet) => nullHeader(packet), 6),
    { linkType: 0 },
  ),
  fixture(
    'link-loop',
    'LINKTYPE_LOOP',
    under((packet) => nullHeader(packet, false)),
    { linkType: 108 },
  ),
  fixture(
    'link-raw',
    'LINKTYPE_RAW',
    under((packet) => packet),
    { linkType: 101 },
  ),
  fixture(
    'link-sll',
    'LINKTYPE_LINUX_SLL',
    under((packet) => sll(packet)),
    { linkType: 113 },
  ),
  fixture(
    'link-sll2',
    'LINKTYPE_LINUX_SLL2',
    under((packet) => sll2(packet), 6),
    { linkType: 276 },
  ),
];

const framed: readonly Fixture[] = [
  fixture('pcap-microseconds', 'stamps of microseconds', visit().close('server').packets, { nanoseconds: false }),
  fixture('pcap-big-endian', 'a big-endian file', visit().close('server').packets, { littleEndian: false }),
  { name: 'pcap-packed.pcap.gz', about: 'gzip', bytes: new Uint8Array(gzipSync(pcap(visit().close('server').packets))) },
  { name: 'pcapng-comments.pcapng', about: 'comments of the section and of packets, interface statistics', bytes: commented() },
  {
    name: 'pcapng-sections.pcapng',
    about: 'two sections of different byte order, two interfaces of different resolution, simple packets',
    bytes: sections(),
  },
  { name: 'pcap-cut-short.pcap', about: 'the last record is not whole', bytes: pcap(visit().close('server').packets).subarray(0, -5) },
];

function commented(): Uint8Array {
  const packets = visit()
    .close('server')
    .packets.map((packet, index) => (index === 3 ? { ...packet, comments: ['the request'] } : packet));
  return concat(pcapng(packets, { comments: ['made by hand'] }), interfaceStatistics(12, 1, EPOCH_NS + 5_000_000_000n));
}

function sections(): Uint8Array {
  const { packets } = visit().close('server');
  const first = packets.slice(0, 5);
  const second = packets.slice(5);
  return concat(
    sectionHeader(),
    interfaceDescription(),
    interfaceDescription({ resolution: 9, linkType: 101 }),
    ...first.map((packet, index) =>
      index % 2 === 0
        ? enhancedPacket(packet, packet.timeNs / 1000n)
        : enhancedPacket({ ...packet, interfaceId: 1, bytes: packet.bytes.subarray(14) }, packet.timeNs),
    ),
    sectionHeader([], false),
    interfaceDescription({ resolution: 9 }, false),
    ...second.map((packet, index) => (index === 2 ? simplePacket(packet.bytes, false) : enhancedPacket(packet, packet.timeNs, false))),
  );
}

const network: readonly Fixture[] = [
  fixture(
    'ipv4-options',
    'IPv4 header options',
    visit()
      .close('client')
      .packets.map((packet) => withIpOptions(packet)),
  ),
  fixture(
    'ipv6-extensions',
    'IPv6 hop-by-hop and destination options',
    visit({ ipVersion: 6 })
      .close('client')
      .packets.map((packet) => withExtensions(packet)),
  ),
  fixture('ipv4-total-length-zero', 'a frame that the network card would have cut: total length 0', [
    ...visit().packets,
    { timeNs: EPOCH_NS + 1_000_000n, bytes: ethernet(ipv4(serverSegment('a'.repeat(3000)), { totalLength: 0 })) },
  ]),
  fixture(
    'ethernet-padding',
    'frames padded to 60 bytes',
    visit()
      .close('client')
      .packets.map((packet) => padded(packet)),
  ),
  fixture(
    'snap-length-96',
    'frames cut by the snap length',
    truncate(exchange(exchange(conversation({ options: OPTIONS }).handshake())).close('client').packets, 96),
  ),
  fixture(
    'tunnel-4in4',
    'IPv4 in IPv4',
    visit()
      .close('client')
      .packets.map((packet) => ({ ...packet, bytes: ethernet(ipv4(packet.bytes.subarray(14), { protocol: 4 })) })),
  ),
];

function serverSegment(body: string): Uint8Array {
  return tcp({ sourcePort: 8080, destinationPort: 40_000, seq: 5001 + RESPONSE.length, ack: 1001 + REQUEST.length, payload: text(body) });
}

function withIpOptions(packet: Packet): Packet {
  return {
    ...packet,
    bytes: ethernet(ipv4(packet.bytes.subarray(34), { options: new Uint8Array(4).fill(1) })),
  };
}
function withExtensions(packet: Packet): Packet {
  return {
    ...packet,
    bytes: ethernet(
      ipv6(packet.bytes.subarray(54), {
        extensions: [
          [0, Uint8Array.of(0, 0, 1, 4, 0, 0, 0, 0)],
          [60, Uint8Array.of(0, 0, 1, 4, 0, 0, 0, 0)],
        ],
      }),
    ),
  };
}
function padded(packet: Packet): Packet {
  return {
    ...packet,
    bytes: concat(packet.bytes, new Uint8Array(Math.max(0, 60 - packet.bytes.length))),
  };
}

const connections: readonly Fixture[] = [
  fixture('close-by-server', 'FIN of the server first', visit().wait(5000).close('server').packets),
  fixture('close-by-client', 'FIN of the client first', visit().wait(5000).close('client').packets),
  fixture('close-by-server-rst', 'RST of the server', visit().wait(5000).rst('server').packets),
  fixture('close-by-client-rst', 'RST of the client, no ACK', visit().segment('client', { flags: FLAG.rst }).packets),
  fixture(
    'close-late-rst',
    'FIN of the server, answered late by a RST',
    visit().fin('server').ack('client').wait(60_000).fin('client').segment('server', { flags: FLAG.rst }).packets,
  ),
  fixture(
    'close-simultaneous',
    'both FINs cross',
    visit()
      .fin('server')
      .segment('client', { flags: FLAG.fin | FLAG.ack, ack: 5001 + RESPONSE.length }).packets,
  ),
  fixture(
    'half-close',
    'the client closes, the server goes on',
    exchange(conversation().handshake()).fin('client').ack('server').data('server', RESPONSE).fin('server').ack('client').packets,
  ),
  fixture('refused', 'RST in answer to the SYN', conversation().syn().rst('server').packets),
  fixture(
    'syn-unanswered',
    'a SYN, sent three times',
    conversation()
      .segment('client', { flags: FLAG.syn, ack: 0 })
      .wait(1000)
      .segment('client', { flags: FLAG.syn, ack: 0 })
      .wait(2000)
      .segment('client', { flags: FLAG.syn, ack: 0 }).packets,
  ),
  fixture('syn-then-rst', 'the client gives up', conversation().syn().segment('client', { flags: FLAG.rst }).packets),
  fixture(
    'syn-then-fin',
    'SYN and FIN without an answer',
    conversation()
      .syn()
      .segment('client', { flags: FLAG.fin | FLAG.ack }).packets,
  ),
  fixture('syn-ack-alone', 'a SYN-ACK whose SYN was not captured', conversation().handshake().packets.slice(1)),
  fixture('syn-ack-retransmitted', 'the SYN-ACK twice', retransmittedSynAck()),
  fixture('syn-after-syn-ack', 'SYN and SYN-ACK captured in the wrong order', swapped(visit().close('client').packets, 0)),
  fixture('handshake-only', 'no byte sent', conversation({ options: OPTIONS }).handshake().packets),
  fixture('mid-stream', 'no handshake captured', visit().close('server').packets.slice(3)),
  fixture(
    'mid-stream-server-first',
    'begins with the answer',
    visit({ clientPort: 80, serverPort: 50_000 }).close('server').packets.slice(5),
  ),
  fixture(
    'ports-reused',
    'the same ports, three connections',
    many(
      visit({ clientSeq: 100 }).close('client'),
      visit({ clientSeq: 9_000_000, startNs: EPOCH_NS + 2_000_000_000n }).rst('server'),
      visit({ clientSeq: 18_000_000, startNs: EPOCH_NS + 4_000_000_000n }),
    ),
  ),
  fixture(
    'ports-reused-open',
    'a new SYN while the old connection is open',
    many(visit({ clientSeq: 100 }), visit({ clientSeq: 9_000_000, startNs: EPOCH_NS + 2_000_000_000n }).close('client')),
  ),
  fixture('sequence-wrap', 'both directions wrap', visit({ clientSeq: 0xfffffffa, serverSeq: 0xfffffff0 }).close('client').packets),
  fixture(
    'fast-open',
    'data in the SYN',
    conversation({ clientSeq: 10 }).segment('client', { flags: FLAG.syn, ack: 0, payload: text(REQUEST) }).packets,
  ),
  fixture(
    'two-connections',
    'side by side',
    interleaved(visit({ clientPort: 40_001 }).close('client').packets, visit({ clientPort: 40_002, ipVersion: 6 }).close('server').packets),
  ),
];

function retransmittedSynAck(): Packet[] {
  const talk = conversation({ options: OPTIONS }).syn().synAck().wait(1000);
  talk.segment('server', { flags: FLAG.syn | FLAG.ack, seq: 5000, options: OPTIONS }).ack('client');
  return exchange(talk).close('client').packets;
}

function interleaved(a: readonly Packet[], b: readonly Packet[]): Packet[] {
  return a.flatMap((packet, index) => (b[index] ? [packet, { ...b[index], timeNs: packet.timeNs + 1000n }] : [packet]));
}

const analysis: readonly Fixture[] = [
  fixture('retransmission', 'the request again after 300 ms', retransmission(300)),
  fixture(
    'spurious-retransmission',
    'the request again although it was acknowledged',
    visit()
      .segment('client', { seq: 1001, flags: FLAG.ack | FLAG.psh, payload: text(REQUEST) })
      .close('client').packets,
  ),
  fixture('fast-retransmission', 'after three duplicate ACKs', fastRetransmission()),
  fixture(
    'out-of-order',
    'two segments change places',
    swapped(
      conversation()
        .handshake()
        .data('client', REQUEST)
        .data('server', RESPONSE.slice(0, 20))
        .data('server', RESPONSE.slice(20, 40))
        .data('server', RESPONSE.slice(40))
        .ack('client').packets,
      5,
    ),
  ),
  fixture(
    'lost-segment',
    'a segment of the answer is missing',
    conversation()
      .handshake()
      .data('client', REQUEST)
      .data('server', RESPONSE.slice(0, 38))
      .data('server', 'he')
      .data('server', 'llo')
      .ack('client')
      .wait(300)
      .close('client')
      .without(5),
  ),
  fixture('lost-request', 'the request is missing', visit().close('client').without(3)),
  fixture('keep-alive', 'probes without and with a byte, and their answers', keepAlive()),
  fixture('zero-window', 'zero window, probe, probe ACK, update', zeroWindow()),
  fixture(
    'window-full',
    'a segment that fills the window',
    conversation({ window: 10 }).handshake().data('client', 'GET / HTTP').ack('server').packets,
  ),
  fixture('overlap', 'overlapping segments', overlap()),
  fixture(
    'damaged-ack',
    'one acknowledgment of what was never sent',
    conversation()
      .handshake()
      .segment('client', { ack: 5001 + 0x100000 })
      .data('client', REQUEST)
      .data('server', RESPONSE)
      .close('client').packets,
  ),
  fixture('bad-data-offset', 'a TCP header that claims to be shorter, and one that claims to be longer than it is', badOffsets()),
];

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: example.test\r\n\r\n`;
const answer = (lines: string, body: string): string => `HTTP/1.1 ${lines}\r\n\r\n${body}`;
const ok = (body: string): string => answer(`200 OK\r\nContent-Length: ${body.length}`, body);

/** One request after the other on a connection, each with its answer, which may be no good one. */
function asked(...answers: [target: string, answer: string][]): Conversation {
  const talk = conversation({ options: OPTIONS }).handshake();
  for (const [target, text] of answers) talk.data('client', get(target)).ack('server').data('server', text).ack('client');
  return talk;
}

const http: readonly Fixture[] = [
  fixture(
    'http-tunnel',
    'HTTP within a tunnel is not that of the connection',
    conversation({ options: OPTIONS })
      .handshake()
      .data('client', 'CONNECT example.test:80 HTTP/1.1\r\nHost: example.test:80\r\n\r\n')
      .data('server', answer('200 Connection established', ''))
      .data('client', get('/inside'))
      .data('server', ok('hello'))
      .close('client').packets,
  ),
  fixture(
    'http-unreadable-status-line',
    'a status line that is damaged, and one that ends with a CR too many',
    asked(['/1', ok('one').replace('HTTP', 'HTTQ')], ['/2', ok('two').replace('OK\r\n', 'OK\r\r\n')], ['/3', ok('three')]).close('client')
      .packets,
  ),
  fixture(
    'http-answer-and-request-lost',
    'an answer and the request after it are missing',
    asked(['/1', ok('one')], ['/2', ok('two')], ['/3', ok('three')])
      .wait(300)
      .close('client')
      .packets.filter((_, index) => index !== 5 && index !== 7),
  ),
  fixture(
    'http-status-99',
    'a status code that is none',
    asked(['/1', answer('99 Huh\r\nContent-Length: 5', 'hello')], ['/2', ok('two')]).close('client').packets,
  ),
  fixture(
    'http-length-beyond-numbers',
    'a Content-Length above 2^53',
    asked(['/1', answer('200 OK\r\nContent-Length: 99999999999999999999', 'hello')]).close('server').packets,
  ),
  fixture(
    'http-lines-cut',
    'heads of which the snap length left the first line or a part of it',
    truncate(
      asked(
        ['/1', ok('one')],
        ['/page2.html?s', answer('416 Requested Range Not Satisfiable\r\nContent-Length: 0', '')],
        ['/3', answer('301 Moved Permanently\r\nContent-Length: 0', '')],
      ).close('client').packets,
      54 + 28,
    ),
  ),
];

function retransmission(ms: number): Packet[] {
  const talk = conversation({ options: OPTIONS }).handshake().data('client', REQUEST).wait(ms);
  talk.segment('client', { seq: 1001, flags: FLAG.ack | FLAG.psh, payload: text(REQUEST) });
  return talk.ack('server').data('server', RESPONSE).close('client').packets;
}

function fastRetransmission(): Packet[] {
  const talk = conversation({ options: OPTIONS }).handshake().data('client', REQUEST).ack('server');
  const head = RESPONSE.slice(0, 38);
  talk.data('server', head).data('server', 'he').data('server', 'l').data('server', 'l').data('server', 'o');
  const ack = 5001 + head.length;
  for (let count = 0; count < 4; count++) talk.segment('client', { ack });
  talk.segment('server', { seq: ack, flags: FLAG.ack | FLAG.psh, payload: text('he') });
  return talk.ack('client').close('client').without(6);
}

function keepAlive(): Packet[] {
  const talk = visit().wait(45_000);
  const seq = talk.next.client - 1;
  talk.segment('client', { seq }).ack('server').wait(45_000);
  talk
    .segment('client', { seq, payload: text('\0') })
    .ack('server')
    .wait(1000);
  return talk.close('server').packets;
}

function zeroWindow(): Packet[] {
  const talk = conversation({ options: OPTIONS }).handshake().data('client', REQUEST).data('server', RESPONSE.slice(0, 38));
  talk.segment('client', { window: 0 }).wait(200);
  talk
    .segment('server', { payload: text('h') })
    .segment('client', { window: 0 })
    .wait(400);
  return talk.segment('client', { window: 512 }).data('server', 'hello').ack('client').close('client').packets;
}

function overlap(): Packet[] {
  const talk = conversation({ options: OPTIONS }).handshake().data('client', REQUEST.slice(0, 20)).wait(200);
  talk.segment('client', { seq: 1011, flags: FLAG.ack | FLAG.psh, payload: text(REQUEST.slice(10)) });
  talk.next.client = 1001 + REQUEST.length;
  return talk.ack('server').data('server', RESPONSE).close('client').packets;
}

function badOffsets(): Packet[] {
  const talk = visit();
  talk.segment('client', { headerLength: 8, payload: text('lost') }).segment('client', { headerLength: 60 });
  return talk.segment('client', { sourcePort: 41_000, headerLength: 4 }).close('client').packets;
}

const LONG_HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n';
const CHUNKED_HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const open = (given = {}): Conversation => conversation({ options: OPTIONS, ...given }).handshake();
const waiting = (given = {}): Conversation => open(given).data('client', REQUEST).ack('server');
const named = (talk: Conversation): Conversation =>
  talk
    .data('client', REQUEST)
    .ack('server')
    .data('server', `HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n`)
    .ack('client')
    .wait(5000);
const bareRst = (talk: Conversation, from: 'client' | 'server', seq = talk.next[from]): Conversation =>
  talk.segment(from, { flags: FLAG.rst, seq, ack: 0 });

/** A request that the server's FIN crosses: it is captured before the FIN, which acknowledges none of it. */
function crossing(): Conversation {
  const talk = named(open());
  const ack = talk.next.client;
  talk.data('client', REQUEST).segment('server', { flags: FLAG.fin | FLAG.ack, ack });
  talk.next.server++;
  return bareRst(talk, 'server');
}

function insideHead(): Conversation {
  const talk = visit().wait(5000);
  return bareRst(talk.data('client', REQUEST.slice(0, 20)).fin('server').ack('client').data('client', REQUEST.slice(20)), 'server');
}

function finWaitExpired(): Conversation {
  const talk = visit().fin('client').ack('server').wait(75_000).fin('server');
  return bareRst(talk, 'client');
}

/** A SYN meets half of an old connection (RFC 9293 §3.5.1). */
function challengeAck(): Conversation {
  const talk = conversation({ options: OPTIONS }).syn();
  talk.segment('server', { seq: 777_777, ack: 333_333 });
  talk.segment('client', { flags: FLAG.rst, seq: 333_333, ack: 0 }).wait(1000);
  talk.segment('client', { flags: FLAG.syn, seq: 1000, ack: 0, options: OPTIONS });
  return exchange(talk.synAck().ack('client')).close('client');
}

function twoSynAcks(taken: 'first' | 'second'): Conversation {
  const talk = conversation({ options: OPTIONS }).syn();
  const other = (): unknown => talk.segment('server', { flags: FLAG.syn | FLAG.ack, seq: 99_000_000, options: { mss: 1400 } });
  if (taken === 'second') other();
  talk.synAck();
  if (taken === 'first') other();
  return exchange(talk.ack('client')).close('client');
}

/** A RST that is `ahead` bytes beyond the next number; `goesOn`: the peer takes no notice of it but with a challenge ACK. */
function doubtfulReset(ahead: number, goesOn: boolean): Conversation {
  const talk = visit();
  bareRst(talk, 'server', talk.next.server + ahead);
  return goesOn ? exchange(talk.ack('client')).wait(5000).close('server') : talk;
}

const half = (talk: Conversation, from: 'client' | 'server'): Packet[] => {
  const port = from === 'client' ? 40_000 : 8080;
  return talk.packets.filter(({ bytes }) => ((bytes[34]! << 8) | bytes[35]!) === port);
};

/** Linux probes a window of 0 with a segment without data, one below the next number. */
function emptyWindowProbes(): Packet[] {
  const talk = waiting().data('server', LONG_HEAD);
  for (let count = 0; count < 3; count++) {
    talk.segment('client', { window: 0 }).wait(1000);
    talk.segment('server', { seq: talk.next.server - 1 });
  }
  return talk.segment('client', { window: 512 }).data('server', 'x'.repeat(1000)).ack('client').close('client').packets;
}

/** Each packet of one visit, and its copy a few microseconds later. */
const capturedTwice = (): Packet[] =>
  visit()
    .close('client')
    .packets.flatMap((packet) => [packet, { ...packet, timeNs: packet.timeNs + 5000n }]);

/** Three segments of a response, then their copies, as two network cards deliver them; then one of them is really sent again, and has a new identification. */
function capturedTwiceInBursts(): Packet[] {
  const talk = waiting().data('server', LONG_HEAD).data('server', 'a'.repeat(500)).data('server', 'b'.repeat(500));
  const again = { seq: talk.next.server - 500, flags: FLAG.ack | FLAG.psh, payload: text('b'.repeat(500)) };
  talk.segment('server', again).ack('client').close('client');
  const numbered = talk.packets.map((packet, index) => {
    const bytes = packet.bytes.slice();
    bytes.set([0x10, index], ETHERNET_AND_ID);
    return { ...packet, bytes };
  });
  const burst = numbered.slice(5, 8);
  const copies = burst.map((packet, index) => ({ ...packet, timeNs: burst[2]!.timeNs + BigInt(index + 1) * 5000n }));
  return [...numbered.slice(0, 8), ...copies, ...numbered.slice(8)];
}

/** The identification of IPv4 behind Ethernet. */
const ETHERNET_AND_ID = 18;

function sentAgain(): Packet[] {
  const talk = waiting().data('server', LONG_HEAD).data('server', 'a'.repeat(500));
  talk.wait(200).segment('server', { seq: talk.next.server - 500, flags: FLAG.ack | FLAG.psh, payload: text('a'.repeat(500)) });
  return talk.ack('client').data('server', 'b'.repeat(500)).ack('client').close('client').packets;
}

/** As scapy makes it where nobody counts: all numbers are 0. */
function synNumberRepeated(): Packet[] {
  const talk = conversation({ clientSeq: 0, serverSeq: 0 });
  const same = (from: 'client' | 'server', flags: number, payload = ''): unknown =>
    talk.segment(from, { seq: 0, ack: 0, flags, payload: text(payload) });
  same('client', FLAG.syn);
  same('server', FLAG.syn | FLAG.ack);
  same('client', FLAG.ack);
  same('client', FLAG.ack | FLAG.psh, REQUEST);
  same('server', FLAG.ack | FLAG.psh, RESPONSE);
  same('client', FLAG.ack | FLAG.fin);
  return talk.packets;
}

const POST_EXPECTING = 'POST /u HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n';
const CLIENT_HELLO = '\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03';
const SERVER_HELLO = '\x16\x03\x03\x00\x05\x02\x00\x00\x01\x03';
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00';
const SETTINGS = '\x00\x00\x00\x04\x00\x00\x00\x00\x00';
const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

const causes: readonly Fixture[] = [
  fixture(
    'abort-length',
    'FIN inside a body by Content-Length',
    waiting().data('server', `${LONG_HEAD}only this`).ack('client').wait(6000).close('server').packets,
  ),
  fixture(
    'abort-chunked',
    'FIN without the last chunk',
    waiting().data('server', `${CHUNKED_HEAD}5\r\nhello\r\n`).ack('client').wait(50).close('server').packets,
  ),
  fixture(
    'abort-reset',
    'RST in a body that ends with the connection',
    waiting().data('server', 'HTTP/1.1 200 OK\r\n\r\nsome').ack('client').rst('server').packets,
  ),
  fixture(
    'race-after-fin',
    'a request into a connection that the server has closed',
    bareRst(named(open()).fin('server').data('client', REQUEST), 'server').packets,
  ),
  fixture('race-crossing', "a request and the server's FIN cross", crossing().packets),
  fixture('close-inside-next-head', 'the server ends a connection that it kept inside the next head', insideHead().packets),
  fixture(
    'upload-reset',
    'RST after the response to an upload that was not read',
    open()
      .data('client', `POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 900\r\n\r\n${'u'.repeat(400)}`)
      .data('server', 'HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      .rst('server').packets,
  ),
  fixture('fin-wait-2-expired', 'a FIN 75 s after the other side closed: a RST answers it', finWaitExpired().packets),
  fixture('challenge-ack', 'a SYN meets half of an old connection', challengeAck().packets),
  fixture('two-syn-acks-first', 'two SYN-ACKs of different numbers, the first is taken', twoSynAcks('first').packets),
  fixture('two-syn-acks-second', 'two SYN-ACKs of different numbers, the second is taken', twoSynAcks('second').packets),
  fixture('reset-outside-window', 'a RST far outside the window', doubtfulReset(5_000_000, true).packets),
  fixture('reset-challenged', 'a RST inside the window, answered by a challenge ACK', doubtfulReset(1000, true).packets),
  fixture('reset-in-window', 'a RST inside the window, after which nothing comes', doubtfulReset(1000, false).packets),
  fixture('reset-alone', 'nothing but a RST', bareRst(conversation(), 'client').packets),
  fixture('requests-only', 'one direction: the client', half(visit().close('client'), 'client')),
  fixture('responses-only', 'one direction: the server', half(visit().close('server'), 'server')),
  fixture('empty-window-probes', 'probes of a window of 0 without data', emptyWindowProbes()),
  fixture('captured-twice', 'every packet twice', capturedTwice()),
  fixture('captured-twice-in-bursts', 'copies of packets come after all of them', capturedTwiceInBursts()),
  fixture('sent-again', 'a piece of a response is sent again', sentAgain()),
  fixture(
    'response-stored-first',
    'the capture stores the response before its request',
    swapped(open().data('client', REQUEST).data('server', RESPONSE).ack('client').close('client').packets, 3),
  ),
  fixture('syn-number-repeated', 'data that begin with the number of the SYN', synNumberRepeated()),
  fixture(
    'http-0.9',
    'a Simple-Request and its response',
    open().data('client', 'GET /old\r\n').data('server', '<p>an old page\n').close('server').packets,
  ),
  fixture(
    'http-line-ends-before',
    'line ends before a status line, a CR too many in a chunk-size line',
    waiting().data('server', `\r\n\r${CHUNKED_HEAD}2\r\r\nok\r\n0\r\n\r\n`).close('client').packets,
  ),
  fixture(
    'http-body-not-sent',
    'a final response instead of 100, and the client goes on without the body',
    open()
      .data('client', POST_EXPECTING)
      .data('server', 'HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n')
      .data('client', REQUEST)
      .data('server', RESPONSE)
      .close('client').packets,
  ),
  fixture('tls', 'TLS', open().data('client', CLIENT_HELLO).data('server', SERVER_HELLO).close('server').packets),
  fixture(
    'tls-to-http',
    'TLS to a server of HTTP',
    open().data('client', CLIENT_HELLO).data('server', BAD_REQUEST).close('server').packets,
  ),
  fixture('http-2', 'HTTP/2 by its preface', open().data('client', PREFACE).data('server', SETTINGS).close('client').packets),
  fixture(
    'http-2-upgrade',
    'HTTP/2 by an upgrade to h2c',
    open()
      .data(
        'client',
        'GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
      )
      .data('server', `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n${SETTINGS}`)
      .data('client', PREFACE)
      .close('client').packets,
  ),
  fixture(
    'smtp',
    'SMTP, with a mail that looks like HTTP',
    open()
      .data('server', '220 mail.test ESMTP\r\n')
      .data('client', 'DATA\r\n')
      .data('server', '354 go on\r\n')
      .data('client', REQUEST)
      .data('server', '250 queued\r\n')
      .close('client').packets,
  ),
  fixture(
    'opc-ua',
    'OPC UA, whose message begins as a request line does',
    open().data('client', 'HELF \0\0\0\0\0\0\0').data('server', 'ACKF\x1c\0\0\0').close('client').packets,
  ),
];

export const fixtures: readonly Fixture[] = [
  ...links,
  ...framed,
  ...network,
  ...connections,
  ...analysis,
  ...http,
  ...causes,
  ...tunnelFixtures,
];
