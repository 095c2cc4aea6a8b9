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

export const fixtures: readonly Fixture[] = [...links, ...framed, ...network, ...connections, ...analysis, ...http, ...tunnelFixtures];
