/** The hand-made captures of encapsulations: the same visit in each, its packets wrapped. */
import { type Packet, pcap } from './captures.ts';
import { type Conversation, conversation, REQUEST, RESPONSE } from './conversation.ts';
import {
  authenticated,
  ciscoHdlc,
  erspan2,
  erspan3,
  frameRelay,
  GRE_PROTOCOL,
  geneve,
  gre,
  gtp,
  ieee8023,
  inUdp,
  ipv4Fragments,
  ipv6Fragments,
  l2tp,
  mpls,
  nflog,
  outer,
  pktap,
  ppi,
  ppp,
  pppoeSession,
  pptp,
  proxyV2,
  pseudowire,
  radiotap,
  snap,
  tzsp,
  udp,
  vxlan,
  vxlanGpe,
  wlan,
} from './encapsulations.ts';
import type { Fixture } from './fixtures.ts';
import { concat, ETHERTYPE, ethernet, ipv4, ipv6, sll, tag, text } from './layers.ts';

const GET_WITH_PROXY_LINE = `PROXY TCP4 203.0.113.9 10.0.0.2 51234 80\r\n${REQUEST}`;
/** `npm run test:tshark` has tshark take what follows this label for a pseudowire: nothing in the packet says so. */
export const PSEUDOWIRE_LABEL = 990_099;

const OPTIONS = { mss: 1460, windowScale: 7, sackPermitted: true };

const visit = (response = RESPONSE, given = {}): Conversation =>
  conversation({ options: OPTIONS, ...given })
    .handshake()
    .data('client', REQUEST)
    .ack('server')
    .data('server', response)
    .ack('client')
    .close('client');

/** Each IP packet of the visit as `wrap` makes a frame of it. */
const wrapped = (wrap: (packet: Uint8Array, index: number) => Uint8Array, ipVersion: 4 | 6 = 4): Packet[] =>
  visit(RESPONSE, { ipVersion }).packets.map((packet, index) => ({ ...packet, bytes: wrap(packet.bytes.subarray(14), index) }));

/** One frame may become several. */
const split = (packets: readonly Packet[], frames: (packet: Uint8Array, index: number) => Uint8Array[]): Packet[] =>
  packets.flatMap(({ timeNs, bytes }, index) =>
    frames(bytes.subarray(14), index).map((frame, part) => ({ timeNs: timeNs + BigInt(part * 1000), bytes: frame })),
  );

const fixture = (name: string, about: string, packets: readonly Packet[], linkType = 1): Fixture => ({
  name: `${name}.pcap`,
  about,
  bytes: pcap(packets, { linkType }),
});

const inGre = (payload: Uint8Array, given: Parameters<typeof gre>[1] = {}): Uint8Array => ethernet(outer(gre(payload, given), 47));
const SERVER_PORT = 8080;
const isFromServer = (packet: Uint8Array): boolean => packet[20]! * 256 + packet[21]! === SERVER_PORT;

const links: readonly Fixture[] = [
  fixture(
    'vlan-three-deep',
    'three VLAN tags, the outer one of type 0x9100',
    wrapped((packet) => ethernet(tag(7, tag(8, tag(9, packet), ETHERTYPE.vlan), ETHERTYPE.vlan), ETHERTYPE.oldQinq)),
  ),
  fixture(
    'mpls-one-direction',
    "the server's packets have an MPLS label, the client's have none",
    wrapped((packet) => (isFromServer(packet) ? ethernet(mpls([100], packet), ETHERTYPE.mpls) : ethernet(packet))),
  ),
  fixture(
    'mpls-labels-ipv6',
    'three MPLS labels before IPv6',
    wrapped((packet) => ethernet(mpls([100, 200, 2], packet), ETHERTYPE.mpls), 6),
  ),
  fixture(
    'mpls-pseudowire',
    'Ethernet over MPLS with a control word (RFC 4448)',
    wrapped((packet) => ethernet(mpls([100, PSEUDOWIRE_LABEL], pseudowire(ethernet(packet))), ETHERTYPE.mpls)),
  ),
  fixture(
    'pppoe-compressed-protocol',
    'PPPoE with a PPP protocol field of one byte (RFC 1661 §6.5)',
    wrapped((packet) => ethernet(pppoeSession(ppp(packet, { compressed: true })), ETHERTYPE.pppoe)),
  ),
  fixture(
    'pppoe-length-ignored',
    'the PPPoE length ends before the IP packet does: what follows is padding',
    wrapped((packet, index) => {
      // The last ACK of the client claims six bytes that PPPoE counts as padding.
      if (index !== 6) return ethernet(pppoeSession(ppp(packet)), ETHERTYPE.pppoe);
      const longer = ipv4(concat(packet.subarray(20), new Uint8Array(6)));
      return ethernet(pppoeSession(ppp(longer), 2 + packet.length), ETHERTYPE.pppoe);
    }),
  ),
  fixture(
    'ethernet-llc-snap',
    'IEEE 802.3 with LLC and SNAP, padded',
    wrapped((packet) => concat(ieee8023(snap(packet)), new Uint8Array(6))),
  ),
  fixture(
    'link-ppp',
    'LINKTYPE_PPP with address and control fields',
    wrapped((packet) => ppp(packet, { framed: true })),
    9,
  ),
  fixture(
    'link-ppp-compressed',
    'LINKTYPE_PPP without address and control fields, the protocol field of one byte',
    wrapped((packet) => ppp(packet, { compressed: true })),
    9,
  ),
  fixture(
    'link-ppp-hdlc',
    'LINKTYPE_PPP_HDLC',
    wrapped((packet) => ppp(packet, { framed: true }), 6),
    50,
  ),
  fixture(
    'link-cisco-hdlc',
    'LINKTYPE_C_HDLC',
    wrapped((packet) => ciscoHdlc(packet)),
    104,
  ),
  fixture(
    'link-frame-relay',
    'LINKTYPE_FRELAY (RFC 2427)',
    wrapped((packet) => frameRelay(packet)),
    107,
  ),
  fixture(
    'link-nflog',
    'LINKTYPE_NFLOG',
    wrapped((packet) => nflog(packet)),
    239,
  ),
  fixture(
    'link-pktap',
    'PKTAP of macOS around Ethernet',
    wrapped((packet) => pktap(ethernet(packet), 1)),
    258,
  ),
  fixture(
    'link-ppi',
    'PPI around 802.11',
    wrapped((packet) => ppi(wlan(packet), 105)),
    192,
  ),
  fixture(
    'link-wlan',
    'IEEE 802.11 data frames in the clear',
    wrapped((packet) => wlan(packet)),
    105,
  ),
  fixture(
    'link-radiotap',
    'radiotap, 802.11 data frames with quality of service, each with a check sequence',
    wrapped((packet) => radiotap(wlan(packet, { quality: true }))),
    127,
  ),
  fixture(
    'link-sll-mpls',
    'LINKTYPE_LINUX_SLL with an MPLS label',
    wrapped((packet) => sll(mpls([100], packet), ETHERTYPE.mpls)),
    113,
  ),
];

const tunnels: readonly Fixture[] = [
  fixture(
    'tunnel-gre',
    'GRE',
    wrapped((packet) => inGre(packet)),
  ),
  fixture(
    'tunnel-gre-options',
    'GRE with checksum, key and sequence number, IPv6 within',
    wrapped((packet, index) => inGre(packet, { checksum: true, key: 5, sequence: index }), 6),
  ),
  fixture(
    'tunnel-nvgre',
    'NVGRE: GRE with a key and Ethernet within (RFC 7637)',
    wrapped((packet) => inGre(ethernet(packet), { key: 0x500, protocol: GRE_PROTOCOL.ethernet })),
  ),
  fixture(
    'tunnel-erspan-1',
    'ERSPAN type I',
    wrapped((packet) => inGre(ethernet(packet), { protocol: GRE_PROTOCOL.erspan })),
  ),
  fixture(
    'tunnel-erspan-2',
    'ERSPAN type II',
    wrapped((packet, index) => inGre(erspan2(ethernet(packet)), { sequence: index, protocol: GRE_PROTOCOL.erspan })),
  ),
  fixture(
    'tunnel-erspan-3',
    'ERSPAN type III, with its subheader in every second frame',
    wrapped((packet, index) => inGre(erspan3(ethernet(packet), index % 2 === 1), { sequence: index, protocol: GRE_PROTOCOL.erspan3 })),
  ),
  fixture(
    'tunnel-pptp',
    'PPTP: GRE of version 1 with PPP within',
    wrapped((packet) => ethernet(outer(pptp(ppp(packet, { framed: true })), 47))),
  ),
  fixture(
    'tunnel-vxlan',
    'VXLAN',
    wrapped((packet) => ethernet(inUdp(4789, vxlan(ethernet(packet))))),
  ),
  fixture(
    'tunnel-vxlan-linux',
    "VXLAN on Linux's own port, with a VLAN tag within",
    wrapped((packet) => ethernet(inUdp(8472, vxlan(ethernet(tag(7, packet), ETHERTYPE.vlan))))),
  ),
  fixture(
    'tunnel-vxlan-gpe',
    'VXLAN-GPE with IPv4 within',
    wrapped((packet) => ethernet(inUdp(4790, vxlanGpe(packet, 1)))),
  ),
  fixture(
    'tunnel-geneve',
    'Geneve with an option, Ethernet within, over IPv6',
    wrapped((packet) =>
      ethernet(ipv6(udp(6081, geneve(ethernet(packet), 0x6558, Uint8Array.of(1, 2, 3, 1, 0, 0, 0, 9))), { protocol: 17 })),
    ),
  ),
  fixture(
    'tunnel-gtp',
    'GTP-U',
    wrapped((packet) => ethernet(inUdp(2152, gtp(packet)))),
  ),
  fixture(
    'tunnel-gtp-extension',
    'GTP-U with an extension header (5G)',
    wrapped((packet) => ethernet(inUdp(2152, gtp(packet, true)))),
  ),
  fixture(
    'tunnel-l2tp',
    'L2TP with PPP within',
    wrapped((packet) => ethernet(outer(udp(1701, l2tp(ppp(packet, { framed: true })), 1701), 17))),
  ),
  fixture(
    'tunnel-tzsp',
    'TZSP around Ethernet',
    wrapped((packet) => ethernet(inUdp(37_008, tzsp(ethernet(packet))))),
  ),
  fixture(
    'tunnel-6in4',
    'IPv6 in IPv4',
    wrapped((packet) => ethernet(outer(packet, 41)), 6),
  ),
  fixture(
    'tunnel-4in6',
    'IPv4 in IPv6',
    wrapped((packet) => ethernet(ipv6(packet, { protocol: 4 }))),
  ),
  fixture(
    'tunnel-in-tunnel',
    'VXLAN within GRE within MPLS, a VLAN tag at each Ethernet',
    wrapped((packet) => {
      const inner = inUdp(4789, vxlan(ethernet(tag(7, packet), ETHERTYPE.vlan)));
      return ethernet(tag(8, mpls([100], outer(gre(inner), 47)), ETHERTYPE.mpls), ETHERTYPE.vlan);
    }),
  ),
  fixture(
    'authentication-header',
    'IPv4 with an authentication header (RFC 4302)',
    wrapped((packet) => ethernet(ipv4(authenticated(packet.subarray(20)), { protocol: 51 }))),
  ),
];

const BODY = 'a'.repeat(3000);
const LARGE_RESPONSE = `HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
const RESPONSE_PLACE = 5;
/** The frames of a visit whose response is cut into fragments of 1480 bytes, which `change` may take apart further. */
const fragmented = (ipVersion: 4 | 6, change = (fragments: Uint8Array[]): Uint8Array[] => fragments): Packet[] =>
  split(visit(LARGE_RESPONSE, { ipVersion }).packets, (packet, index) => {
    if (index !== RESPONSE_PLACE) return [ethernet(packet)];
    return change(ipVersion === 4 ? ipv4Fragments(packet, 1480) : ipv6Fragments(packet, 1440)).map((fragment) => ethernet(fragment));
  });

const fragments: readonly Fixture[] = [
  fixture('ipv4-fragments', 'the response in three IPv4 fragments', fragmented(4)),
  fixture('ipv6-fragments', 'the response in three IPv6 fragments', fragmented(6)),
  fixture(
    'ipv4-fragments-out-of-order',
    'the last fragment first, one of them twice',
    fragmented(4, ([first, second, third]) => [third!, first!, first!, second!]),
  ),
  fixture(
    'ipv6-fragments-out-of-order',
    'the last fragment first, one of them twice',
    fragmented(6, ([first, second, third]) => [third!, first!, first!, second!]),
  ),
  fixture(
    'ipv4-fragment-lost',
    'the second fragment of the response is missing',
    fragmented(4, ([first, , third]) => [first!, third!]),
  ),
  fixture(
    'ipv6-fragments-overlap',
    'an overlapping fragment: the datagram is dropped (RFC 8200 §4.5)',
    fragmented(6, ([first, second, third]) => [first!, second!, overlapping(second!), third!]),
  ),
  fixture(
    'tunnel-vxlan-fragments',
    'VXLAN whose outer packets are fragments',
    split(visit(LARGE_RESPONSE).packets, (packet) =>
      ipv4Fragments(inUdp(4789, vxlan(ethernet(packet))), 1480).map((fragment) => ethernet(fragment)),
    ),
  ),
];

/** The fragment 8 bytes before its place. */
function overlapping(fragment: Uint8Array): Uint8Array {
  const changed = fragment.slice();
  const place = changed[42]! * 256 + changed[43]! - 8;
  changed[42] = place >>> 8;
  changed[43] = place;
  return changed;
}

const unopened: readonly Fixture[] = [
  fixture(
    'tunnel-esp',
    'a visit, and beside it ESP, a GRE version that is unknown, UDP and ARP',
    visit().packets.concat(
      [
        ethernet(outer(text('encrypted bytes'), 50)),
        ethernet(outer(Uint8Array.of(0, 5, 8, 0, 1, 2, 3, 4), 47)),
        ethernet(outer(udp(53, text('a question')), 17)),
        ethernet(new Uint8Array(28), ETHERTYPE.arp),
        ethernet(text('no one knows'), 0x1234),
      ].map((bytes, index) => ({ timeNs: visit().packets.at(-1)!.timeNs + BigInt(index + 1), bytes })),
    ),
  ),
  fixture(
    'link-unknown',
    'a link type that is not known',
    wrapped((packet) => packet),
    147,
  ),
];

const proxied: readonly Fixture[] = [
  fixture(
    'proxy-protocol-v1',
    "HAProxy's PROXY protocol, version 1, before the request",
    conversation({ options: OPTIONS })
      .handshake()
      .data('client', GET_WITH_PROXY_LINE)
      .ack('server')
      .data('server', RESPONSE)
      .ack('client')
      .close('client').packets,
  ),
  fixture(
    'proxy-protocol-v2',
    'version 2, in a segment of its own',
    conversation({ options: OPTIONS })
      .handshake()
      .data('client', proxyV2('2001:db8::9', '2001:db8::2', 51_234, 80, Uint8Array.of(4, 0, 1, 0)))
      .data('client', REQUEST)
      .ack('server')
      .data('server', RESPONSE)
      .ack('client')
      .close('client').packets,
  ),
];

export const tunnelFixtures: readonly Fixture[] = [...links, ...tunnels, ...fragments, ...unopened, ...proxied];
