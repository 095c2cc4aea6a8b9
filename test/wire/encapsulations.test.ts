import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fragments } from '../../harness/wire/fragments.ts';
import { isOrdinary } from '../../harness/wire/protocol-names.ts';
import { newSegment, readSegment, type TcpSegment, TUNNELS_MAX } from '../../harness/wire/segment.ts';
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
  l2tp,
  mpls,
  nflog,
  outer,
  pktap,
  ppi,
  ppp,
  pppoeSession,
  pptp,
  pseudowire,
  radiotap,
  snap,
  tzsp,
  udp,
  vxlan,
  vxlanGpe,
  wlan,
} from '../packets/encapsulations.ts';
import { concat, ETHERTYPE, ethernet, ipv4, ipv6, nullHeader, sll, sll2, tag, tcp, text } from '../packets/layers.ts';

const read = (linkType: number, frame: Uint8Array, originalLength = frame.length): { fault: string | null; segment: TcpSegment } => {
  const segment = newSegment();
  return { fault: readSegment(linkType, frame, 0, frame.length, originalLength, segment, new Fragments()), segment };
};
const nameOf = (frame: Uint8Array, linkType = 1): string | null => read(linkType, frame).fault;
const payloadOf = ({ bytes, payload, payloadEnd }: TcpSegment): string =>
  Buffer.from(bytes.subarray(payload, payloadEnd)).toString('latin1');

const V4 = ipv4(tcp({ payload: text('hello') }), { source: '10.0.0.1', destination: '192.168.1.254' });
const V6 = ipv6(tcp({ payload: text('hello') }));
const inGre = (payload: Uint8Array, given: Parameters<typeof gre>[1] = {}): Uint8Array => ethernet(outer(gre(payload, given), 47));
const withTrailer = (frame: Uint8Array, count: number): Uint8Array => concat(frame, new Uint8Array(count));
/** IEEE 802.1AE in the clear: flags, a length, a number, the identifier of the channel, and a check sequence at the end. */
const macsec = (payload: Uint8Array, flags: number): Uint8Array =>
  ethernet(withTrailer(concat(Uint8Array.of(flags, 0, 0, 0, 0, 1), new Uint8Array(8), Uint8Array.of(8, 0), payload), 16), 0x88e5);

const opened: readonly (readonly [string, number, Uint8Array])[] = [
  ['four VLAN tags', 1, ethernet(tag(1, tag(2, tag(3, tag(4, V6), 0x8100), 0x8100), 0x88a8), 0x9100)],
  ['one MPLS label', 1, ethernet(mpls([16], V4), ETHERTYPE.mpls)],
  ['twenty MPLS labels', 1, ethernet(mpls(new Array<number>(20).fill(77), V6), ETHERTYPE.mpls)],
  ['MPLS multicast', 1, ethernet(mpls([16], V4), 0x8848)],
  ['a pseudowire with a control word', 1, ethernet(mpls([16], pseudowire(ethernet(V4))), ETHERTYPE.mpls)],
  ['a pseudowire without one', 1, ethernet(mpls([16], pseudowire(ethernet(tag(4, V6), 0x8100), false)), ETHERTYPE.mpls)],
  ['PPPoE', 1, ethernet(pppoeSession(ppp(V6)), ETHERTYPE.pppoe)],
  ['PPPoE with a protocol of one byte', 1, ethernet(pppoeSession(ppp(V4, { compressed: true })), ETHERTYPE.pppoe)],
  ['PPPoE with padding', 1, withTrailer(ethernet(pppoeSession(ppp(V4)), ETHERTYPE.pppoe), 7)],
  ['802.3 with SNAP', 1, ieee8023(snap(V4))],
  ['802.3 with SNAP and a VLAN tag', 1, ethernet(tag(4, snap(V4), snap(V4).length), 0x8100)],
  ['a bridged frame in SNAP', 1, ieee8023(concat(Uint8Array.of(0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7), ethernet(V4)))],
  ['IP in LLC', 1, ieee8023(concat(Uint8Array.of(6, 6, 3), V4))],
  ['a provider backbone bridge', 1, ethernet(concat(Uint8Array.of(0, 0, 0, 1), ethernet(V4)), 0x88e7)],
  ['MACsec that only signs', 1, macsec(V4, 0x20)],
  ['HSR', 1, ethernet(concat(Uint8Array.of(0, 50, 0, 1, 8, 0), V4), 0x892f)],
  ['NSH', 1, ethernet(concat(Uint8Array.of(0, 2, 1, 1, 0, 0, 1, 255), V4), 0x894f)],
  ['PPP', 9, ppp(V4, { framed: true })],
  ['PPP with all that can be compressed', 9, ppp(V6, { compressed: true })],
  ['PPP with MPLS', 9, ppp(mpls([16], V4), { protocol: 0x0281 })],
  ['PPP in HDLC framing', 50, ppp(V4, { framed: true })],
  ['Cisco HDLC as PPP_HDLC', 50, ciscoHdlc(V4)],
  ['PPP of pppd', 166, concat(Uint8Array.of(1, 3), ppp(V4))],
  ['PPP with a direction', 204, concat(Uint8Array.of(1), ppp(V4, { framed: true }))],
  ['PPP over Ethernet without the latter', 51, pppoeSession(ppp(V4))],
  ['Cisco HDLC', 104, ciscoHdlc(V6)],
  ['frame relay', 107, frameRelay(V6)],
  ['frame relay with SNAP', 107, concat(Uint8Array.of(0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0), V4)],
  ["frame relay, Cisco's way", 107, concat(Uint8Array.of(0x18, 0x41, 8, 0), V4)],
  ['RFC 1483', 100, snap(V4)],
  ['FDDI', 10, concat(new Uint8Array(13), snap(V4))],
  ['token ring', 6, concat(Uint8Array.of(0x10, 0x40), new Uint8Array(12), snap(V4))],
  [
    'token ring with a source route',
    6,
    concat(Uint8Array.of(0x10, 0x40), new Uint8Array(6), Uint8Array.of(0x82, 0, 0, 0, 0, 1, 6, 0, 1, 2, 3, 4), snap(V4)),
  ],
  ['802.11', 105, wlan(V4)],
  ['802.11 between access points', 105, concat(wlan(V4, { flags: 3 }).subarray(0, 24), new Uint8Array(6), snap(V4))],
  ['radiotap', 127, radiotap(wlan(V6, { quality: true }))],
  ['radiotap without a check sequence', 127, radiotap(wlan(V4), 0)],
  ['radiotap with a padded header', 127, radiotap(concat(wlan(V4, { quality: true }).subarray(0, 26), new Uint8Array(2), snap(V4)), 0x20)],
  ['Prism', 119, concat(Uint8Array.of(0, 0, 0, 0x44, 144), new Uint8Array(139), wlan(V4))],
  ['AVS', 163, concat(Uint8Array.of(0x80, 0x21, 0x10, 1, 0, 0, 0, 64), new Uint8Array(56), wlan(V4))],
  ['PPI', 192, ppi(wlan(V4), 105)],
  ['PPI around Ethernet', 192, ppi(ethernet(V4), 1)],
  ['PKTAP', 258, pktap(ethernet(V4), 1)],
  ['PKTAP around a loopback header', 149, pktap(nullHeader(V6), 0)],
  ['PKTAP around raw IP', 258, pktap(V4, 12)],
  ['NFLOG', 239, nflog(V6)],
  ['IP over InfiniBand', 242, concat(Uint8Array.of(8, 0, 0, 0), V4)],
  ['DSA', 284, concat(new Uint8Array(12), Uint8Array.of(0, 0, 0, 1, 8, 0), V4)],
  ['SLL with LLC', 113, sll(snap(V4), 4)],
  ['SLL with MPLS', 113, sll(mpls([16], V4), ETHERTYPE.mpls)],
  ['SLL2 with PPPoE', 276, sll2(pppoeSession(ppp(V4)), ETHERTYPE.pppoe)],
  ['GRE', 1, inGre(V4)],
  ['GRE with everything', 1, inGre(V6, { checksum: true, key: 1, sequence: 2 })],
  ['GRE with a route', 1, ethernet(outer(concat(Uint8Array.of(0x40, 0, 8, 0, 0, 0, 0, 0, 8, 0, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0), V4), 47))],
  ['GRE over IPv6', 1, ethernet(ipv6(gre(V4), { protocol: 47 }))],
  ['NVGRE', 1, inGre(ethernet(V4), { key: 1, protocol: GRE_PROTOCOL.ethernet })],
  ['GRE with MPLS', 1, inGre(mpls([16], V4), { protocol: ETHERTYPE.mpls })],
  ['GRE with WCCP', 1, inGre(concat(Uint8Array.of(0, 0, 0, 0), V4), { protocol: 0x883e })],
  ['ERSPAN I', 1, inGre(ethernet(V4), { protocol: GRE_PROTOCOL.erspan })],
  ['ERSPAN II', 1, inGre(erspan2(ethernet(V4)), { sequence: 1, protocol: GRE_PROTOCOL.erspan })],
  ['ERSPAN III', 1, inGre(erspan3(ethernet(V6)), { sequence: 1, protocol: GRE_PROTOCOL.erspan3 })],
  ['ERSPAN III with a subheader', 1, inGre(erspan3(ethernet(V4), true), { sequence: 1, protocol: GRE_PROTOCOL.erspan3 })],
  ['PPTP', 1, ethernet(outer(pptp(ppp(V4, { compressed: true })), 47))],
  ['VXLAN', 1, ethernet(inUdp(4789, vxlan(ethernet(V4))))],
  ['VXLAN of Linux', 1, ethernet(inUdp(8472, vxlan(ethernet(V6))))],
  ['VXLAN-GPE with Ethernet', 1, ethernet(inUdp(4790, vxlanGpe(ethernet(V4), 3)))],
  ['VXLAN-GPE with IPv6', 1, ethernet(inUdp(4790, vxlanGpe(V6, 2)))],
  ['Geneve', 1, ethernet(inUdp(6081, geneve(ethernet(V4), 0x6558)))],
  ['Geneve with options and IP', 1, ethernet(inUdp(6081, geneve(V4, 0x0800, new Uint8Array(12))))],
  ['GTP-U', 1, ethernet(inUdp(2152, gtp(V4)))],
  ['GTP-U with an extension header', 1, ethernet(inUdp(2152, gtp(V6, true)))],
  ['L2TP', 1, ethernet(inUdp(1701, l2tp(ppp(V4, { framed: true }))))],
  ['TZSP', 1, ethernet(inUdp(37_008, tzsp(ethernet(V4))))],
  ['MPLS in UDP', 1, ethernet(inUdp(6635, mpls([16], V4)))],
  ['GRE in UDP', 1, ethernet(inUdp(4754, gre(V4)))],
  ['Teredo', 1, ethernet(inUdp(3544, V6))],
  ['Teredo with an origin', 1, ethernet(inUdp(3544, concat(new Uint8Array(8), V6)))],
  ['IPv4 in IPv6', 1, ethernet(ipv6(V4, { protocol: 4 }))],
  ['Ethernet in IP', 1, ethernet(outer(concat(Uint8Array.of(0x30, 0), ethernet(V4)), 97))],
  ['MPLS in IP', 1, ethernet(outer(mpls([16], V4), 137))],
  ['an authentication header before TCP', 1, ethernet(outer(authenticated(V4.subarray(20)), 51))],
  ['an authentication header before a tunnel', 1, ethernet(outer(authenticated(V4, 4), 51))],
];

describe('encapsulations', () => {
  it.each(opened)('opens %s', (_, linkType, frame) => {
    const { fault, segment } = read(linkType, frame);
    expect(fault).toBeNull();
    expect(payloadOf(segment)).toBe('hello');
    expect(segment).toMatchObject({ sourcePort: 40_000, destinationPort: 8080, payloadLength: 5, fault: null });
  });

  it.each(opened)('names what is missing of %s, wherever the snap length cuts it', (_, linkType, frame) => {
    for (let length = 0; length < frame.length; length++) {
      const { fault, segment } = read(linkType, frame.subarray(0, length), frame.length);
      if (fault === null) expect(segment.payloadLength).toBeLessThanOrEqual(5);
      else expect(fault).toMatch(/cut-short$|^udp$|^mpls-unknown-payload$|^ip-bad|^link-type-149$/);
    }
  });

  it('follows packets within packets, and no deeper than its limit', () => {
    const nested = (depth: number): Uint8Array => (depth === 0 ? V4 : outer(gre(nested(depth - 1)), 47));
    expect(payloadOf(read(1, ethernet(nested(TUNNELS_MAX))).segment)).toBe('hello');
    expect(nameOf(ethernet(nested(TUNNELS_MAX + 1)))).toBe('ip-too-many-tunnels');
  });

  it('takes what stands beyond the length of PPPoE, 802.3, UDP and GTP-U for padding', () => {
    // The IP header claims six bytes more than the layer around it has.
    const longer = ipv4(concat(tcp(), new Uint8Array(6)));
    const shorter = longer.length - 6;
    const cut = (layers: Uint8Array): number => read(1, layers).segment.payloadLength;
    expect(cut(ethernet(pppoeSession(ppp(longer), shorter + 2), ETHERTYPE.pppoe))).toBe(0);
    expect(cut(ethernet(snap(longer), snap(longer).length - 6))).toBe(0);
    expect(cut(ethernet(outer(udp(2152, gtp(longer), 50_000, 8 + gtp(longer).length - 6), 17)))).toBe(0);
    expect(cut(ethernet(longer))).toBe(6);
  });
});

describe('what is not opened', () => {
  it.each([
    ['esp', ethernet(outer(text('encrypted'), 50))],
    ['esp', ethernet(inUdp(4500, text('encrypted bytes')))],
    ['wireguard', ethernet(inUdp(51_820, concat(Uint8Array.of(4, 0, 0, 0), new Uint8Array(28))))],
    ['ip-compression', ethernet(outer(text('packed'), 108))],
    ['ip-protocol-200', ethernet(outer(text('unknown'), 200))],
    ['ethertype-0x1234', ethernet(text('unknown'), 0x1234)],
    ['gre-version-5', ethernet(outer(Uint8Array.of(0, 5, 8, 0), 47))],
    ['ethertype-0x1234', inGre(text('unknown'), { protocol: 0x1234 })],
    ['macsec-encrypted', macsec(V4, 0x2c)],
    ['mpls-unknown-payload', ethernet(mpls([16], text('\xf0\xf1\xf2\xf3')), ETHERTYPE.mpls)],
    ['ppp-vj-compressed', ethernet(pppoeSession(ppp(V4, { protocol: 0x2d, compressed: true })), ETHERTYPE.pppoe)],
    ['ppp-compressed', ethernet(pppoeSession(ppp(V4, { protocol: 0xfd, compressed: true })), ETHERTYPE.pppoe)],
    ['ppp-encrypted', ethernet(pppoeSession(ppp(V4, { protocol: 0x53, compressed: true })), ETHERTYPE.pppoe)],
    ['ppp-multilink', ethernet(pppoeSession(ppp(V4, { protocol: 0x3d, compressed: true })), ETHERTYPE.pppoe)],
  ])('is counted by name: %s', (name, frame) => {
    expect(nameOf(frame)).toBe(name);
    expect(isOrdinary(name)).toBe(false);
  });

  it('is counted by name on wireless networks', () => {
    expect(nameOf(wlan(V4, { flags: 0x41 }), 105)).toBe('wlan-encrypted');
    expect(nameOf(wlan(V4, { flags: 0x05 }), 105)).toBe('wlan-fragment');
    expect(nameOf(radiotap(wlan(V4), 0x50), 127)).toBe('wlan-bad-check-sequence');
    const aggregated = wlan(V4, { quality: true });
    aggregated[24] = 0x80;
    expect(nameOf(aggregated, 105)).toBe('wlan-aggregated');
  });

  it.each([
    ['arp', ethernet(new Uint8Array(28), ETHERTYPE.arp)],
    ['lldp', ethernet(new Uint8Array(28), 0x88cc)],
    ['stp', ieee8023(Uint8Array.of(0x42, 0x42, 3, 0, 0, 0))],
    ['udp', ethernet(inUdp(53, text('a question')))],
    ['quic', ethernet(inUdp(443, text('a packet')))],
    ['icmp', ethernet(outer(new Uint8Array(8), 1))],
    ['icmpv6', ethernet(ipv6(new Uint8Array(8), { protocol: 58 }))],
    ['sctp', ethernet(outer(new Uint8Array(12), 132))],
    ['ppp-control', ethernet(pppoeSession(ppp(new Uint8Array(4), { protocol: 0xc021 })), ETHERTYPE.pppoe)],
    ['pppoe-discovery', ethernet(new Uint8Array(20), 0x8863)],
    ['gre-keepalive', inGre(new Uint8Array(0), { protocol: 0 })],
    ['gtp-control', ethernet(inUdp(2152, Uint8Array.of(0x32, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0)))],
    ['l2tp-control', ethernet(inUdp(1701, Uint8Array.of(0xc8, 2, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0)))],
    // Others use these ports too.
    ['udp', ethernet(inUdp(4789, text('\0not VXLAN at all')))],
    ['udp', ethernet(inUdp(2152, text('\0not GTP at all')))],
    ['udp', ethernet(inUdp(6081, text('\xffnot Geneve at all')))],
    ['udp', ethernet(inUdp(51_820, text('not WireGuard at all')))],
  ])('is left aside where nothing is wrong with it: %s', (name, frame) => {
    expect(nameOf(frame)).toBe(name);
    expect(isOrdinary(name)).toBe(true);
  });
});

describe('any bytes', () => {
  const LINK_TYPES = [
    0, 1, 6, 9, 10, 12, 50, 51, 100, 101, 104, 105, 107, 108, 113, 119, 127, 149, 163, 166, 192, 204, 228, 239, 242, 258, 276, 281, 282,
    284, 285,
  ];
  const check = (linkType: number, frame: Uint8Array, more: number): void => {
    // The frame stands in a larger buffer, as it does in a file: what lies around it must not count.
    const buffer = concat(new Uint8Array(7).fill(0x45), frame, new Uint8Array(9).fill(0x45));
    const results = [0xff, 0x45].map((around) => {
      buffer.fill(around, 0, 7);
      buffer.fill(around, 7 + frame.length);
      const segment = newSegment();
      const fault = readSegment(linkType, buffer, 7, 7 + frame.length, frame.length + more, segment, new Fragments());
      if (fault !== null || segment.fault !== null) return { fault: fault ?? segment.fault };
      const { seq, ack, window, sourcePort, destinationPort, payload, payloadEnd, payloadLength } = segment;
      expect(payloadEnd).toBeLessThanOrEqual(Math.max(segment.bytes === buffer ? 7 + frame.length : segment.bytes.length, payload));
      expect(payloadLength).toBeGreaterThanOrEqual(payloadEnd - payload);
      return { fault, seq, ack, window, sourcePort, destinationPort, payload, payloadEnd, payloadLength };
    });
    expect(results[1]).toEqual(results[0]);
    for (const value of Object.values(results[0]!)) if (typeof value === 'number') expect(Number.isInteger(value)).toBe(true);
  };

  it('through any link type neither throw nor are read beyond their end', () => {
    fc.assert(fc.property(fc.constantFrom(...LINK_TYPES), fc.uint8Array({ maxLength: 200 }), fc.nat(100), check), { numRuns: 5000 });
  });

  it('after any header that announces a layer neither throw nor are read beyond their end', () => {
    const etherTypes = [0x0800, 0x86dd, 0x8100, 0x6558, 0x880b, 0x8847, 0x8864, 0x8870, 0x88e7, 0x88e5, 0x892f, 0x8909, 0x894f, 60];
    const ports = [443, 1701, 2152, 3544, 4500, 4754, 4789, 4790, 6081, 6635, 8472, 37_008, 51_820];
    const heads: readonly ((body: Uint8Array) => Uint8Array)[] = [
      ...etherTypes.map((type) => (body: Uint8Array) => ethernet(body, type)),
      ...ports.map((port) => (body: Uint8Array) => ethernet(inUdp(port, body))),
      ...[4, 41, 47, 51, 97, 137].map((protocol) => (body: Uint8Array) => ethernet(outer(body, protocol))),
      ...[0x0800, 0x6558, 0x88be, 0x22eb, 0x883e, 0x880b].map((protocol) => (body: Uint8Array) => inGre(body, { protocol, sequence: 1 })),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 120 }), fc.nat(100), (head, body, more) =>
        check(1, head(body), more),
      ),
      { numRuns: 5000 },
    );
  });

  it('in place of some of a tunnel neither throw nor are read beyond their end', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...opened), changes, fc.nat(), fc.nat(50), ([, linkType, frame], changed, length, more) => {
        const damaged = frame.slice(0, frame.length - (length % 40));
        for (const [place, value] of changed) damaged[place % damaged.length] = value;
        check(linkType, damaged, more);
      }),
      { numRuns: 5000 },
    );
  });
});
