import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress as formatIpv4 } from '../../harness/wire/ipv4.ts';
import { formatAddress as formatIpv6 } from '../../harness/wire/ipv6.ts';
import { isOrdinary } from '../../harness/wire/protocol-names.ts';
import { newSegment, readSegment, type TcpSegment, TUNNELS_MAX } from '../../harness/wire/segment.ts';
import { newOptions, readOptions, type TcpOptions } from '../../harness/wire/tcp.ts';
import {
  concat,
  ETHERTYPE,
  ethernet,
  FLAG,
  ipv4,
  ipv6,
  ipv6Address,
  nullHeader,
  pppoe,
  sll,
  sll2,
  type TcpOptionsGiven,
  tag,
  tcp,
  tcpOptions,
  text,
} from '../packets/layers.ts';

const read = (linkType: number, frame: Uint8Array, originalLength = frame.length): { fault: string | null; segment: TcpSegment } => {
  const segment = newSegment();
  return { fault: readSegment(linkType, frame, 0, frame.length, originalLength, segment), segment };
};
const payloadOf = ({ bytes, payload, payloadEnd }: TcpSegment): string =>
  Buffer.from(bytes.subarray(payload, payloadEnd)).toString('latin1');

const SEGMENT = tcp({ seq: 0xfffffff0, ack: 7, flags: FLAG.ack | FLAG.psh, window: 65_000, payload: text('hello') });
const V4 = ipv4(SEGMENT, { source: '10.0.0.1', destination: '192.168.1.254' });
const V6 = ipv6(SEGMENT, { source: 'fd00::1', destination: '::1' });

describe('link layers', () => {
  const links: readonly (readonly [string, number, Uint8Array])[] = [
    ['Ethernet, IPv4', 1, ethernet(V4)],
    ['Ethernet, IPv6', 1, ethernet(V6)],
    ['Ethernet with a VLAN tag', 1, ethernet(tag(5, V4), ETHERTYPE.vlan)],
    ['Ethernet with two tags (QinQ)', 1, ethernet(tag(5, tag(6, V6), ETHERTYPE.vlan), ETHERTYPE.qinq)],
    ['Ethernet with PPPoE', 1, ethernet(pppoe(V4), ETHERTYPE.pppoe)],
    ['NULL, little-endian', 0, nullHeader(V4)],
    ['NULL, big-endian', 0, nullHeader(V4, false)],
    ['NULL, IPv6 of macOS', 0, nullHeader(V6)],
    ['NULL, IPv6 of FreeBSD', 0, nullHeader(V6, true, 28)],
    ['NULL, IPv6 of Windows', 0, nullHeader(V6, true, 23)],
    ['LOOP', 108, nullHeader(V4, false)],
    ['LOOP, little-endian', 108, nullHeader(V6, true, 24)],
    ['RAW', 101, V4],
    ['RAW as BSD writes it', 12, V6],
    ['IPV4', 228, V4],
    ['IPV6', 229, V6],
    ['SLL', 113, sll(V4)],
    ['SLL, VLAN', 113, sll(tag(9, V4), ETHERTYPE.vlan)],
    ['SLL2', 276, sll2(V6)],
  ];
  for (const [name, linkType, frame] of links) {
    it(`reads ${name}`, () => {
      const { fault, segment } = read(linkType, frame);
      expect(fault).toBeNull();
      expect(payloadOf(segment)).toBe('hello');
      expect(segment).toMatchObject({
        sourcePort: 40_000,
        destinationPort: 8080,
        seq: -16,
        ack: 7,
        flags: 24,
        window: 65_000,
        payloadLength: 5,
        fault: null,
      });
    });

    it(`names what is missing of ${name}, wherever it is cut`, () => {
      for (let length = 0; length < frame.length; length++) {
        const { fault, segment } = read(linkType, frame.subarray(0, length), frame.length);
        if (fault === null) expect(segment.payloadLength).toBe(5);
        else expect(fault).toMatch(/cut-short$/);
      }
    });
  }

  it('leaves other protocols alone', () => {
    const names = [
      read(1, ethernet(new Uint8Array(28), ETHERTYPE.arp)).fault,
      read(1, ethernet(ipv4(new Uint8Array(8), { protocol: 17 }))).fault,
      read(0, nullHeader(V4, true, 7)).fault,
    ];
    expect(names).toEqual(['arp', 'udp', 'address-family']);
    expect(names.every((name) => isOrdinary(name ?? ''))).toBe(true);
  });

  it('names a link type that it does not know', () => {
    expect(read(147, V4).fault).toBe('link-type-147');
  });
});

describe('IPv4', () => {
  it('passes over options', () => {
    expect(payloadOf(read(101, ipv4(SEGMENT, { options: new Uint8Array(8).fill(1) })).segment)).toBe('hello');
  });

  it('names fragments, the first and the later ones', () => {
    expect(read(101, ipv4(SEGMENT, { moreFragments: true })).fault).toBe('ipv4-fragment');
    expect(read(101, ipv4(SEGMENT, { fragmentOffset: 3 })).fault).toBe('ipv4-fragment');
  });

  it('takes the rest of the frame where the total length is 0 (TSO)', () => {
    expect(payloadOf(read(1, ethernet(ipv4(SEGMENT, { totalLength: 0 }))).segment)).toBe('hello');
  });

  it('leaves padding after the packet out', () => {
    const { segment } = read(1, concat(ethernet(V4), new Uint8Array(9)));
    expect(segment.payloadLength).toBe(5);
    expect(payloadOf(segment)).toBe('hello');
  });

  it('reports the payload that the snap length cut off', () => {
    const frame = ethernet(V4);
    const { segment } = read(1, frame.subarray(0, frame.length - 3), frame.length);
    expect(segment.payloadLength).toBe(5);
    expect(payloadOf(segment)).toBe('he');
  });

  it('reads frames of 64 KB and more', () => {
    const large = ipv4(tcp({ payload: new Uint8Array(70_000) }), { totalLength: 0 });
    expect(read(1, ethernet(large)).segment.payloadLength).toBe(70_000);
  });

  it('names impossible headers', () => {
    expect(read(101, concat(Uint8Array.of(0x44), V4.subarray(1))).fault).toBe('ipv4-bad-header-length');
    expect(read(101, ipv4(SEGMENT, { totalLength: 19 })).fault).toBe('ipv4-bad-total-length');
    expect(read(101, concat(Uint8Array.of(0x75), V4.subarray(1))).fault).toBe('ip-bad-version');
  });

  it('follows IP in IP, and no deeper than its limit', () => {
    const nested = (depth: number): Uint8Array => (depth === 0 ? V4 : ipv4(nested(depth - 1), { protocol: 4 }));
    expect(payloadOf(read(101, nested(2)).segment)).toBe('hello');
    expect(payloadOf(read(101, ipv4(V6, { protocol: 41 })).segment)).toBe('hello');
    expect(payloadOf(read(101, nested(TUNNELS_MAX)).segment)).toBe('hello');
    expect(read(101, nested(TUNNELS_MAX + 1)).fault).toBe('ip-too-many-tunnels');
  });
});

describe('IPv6', () => {
  const options = (length: number): Uint8Array => concat(Uint8Array.of(0, length / 8 - 1), new Uint8Array(length - 2));

  it('passes over extension headers', () => {
    const packet = ipv6(SEGMENT, {
      extensions: [
        [0, options(8)],
        [60, options(24)],
        [43, options(8)],
        [51, concat(Uint8Array.of(0, 4), new Uint8Array(22))],
      ],
    });
    expect(payloadOf(read(101, packet).segment)).toBe('hello');
  });

  it('reads an atomic fragment as a whole packet and names others', () => {
    const fragment = (offsetAndM: number): Uint8Array => Uint8Array.of(0, 0, offsetAndM >>> 8, offsetAndM & 0xff, 0, 0, 0, 1);
    expect(payloadOf(read(101, ipv6(SEGMENT, { extensions: [[44, fragment(0)]] })).segment)).toBe('hello');
    expect(read(101, ipv6(SEGMENT, { extensions: [[44, fragment(1)]] })).fault).toBe('ipv6-fragment');
    expect(read(101, ipv6(SEGMENT, { extensions: [[44, fragment(8)]] })).fault).toBe('ipv6-fragment');
  });

  it('names an endless chain', () => {
    const extensions = Array.from({ length: 40 }, () => [60, options(8)] as const);
    expect(read(101, ipv6(SEGMENT, { extensions })).fault).toBe('ipv6-too-many-extension-headers');
  });

  it('takes the rest of the frame where the payload length is 0', () => {
    expect(payloadOf(read(101, ipv6(SEGMENT, { payloadLength: 0 })).segment)).toBe('hello');
  });
});

describe('addresses', () => {
  it('are written as RFC 5952 has it', () => {
    const written = (address: string): string => formatIpv6(Uint8Array.from(ipv6Address(address)), 0);
    expect(written('::1')).toBe('::1');
    expect(written('::')).toBe('::');
    expect(written('2001:db8:0:0:1:0:0:1')).toBe('2001:db8::1:0:0:1');
    expect(written('2001:db8:0:1:1:1:1:1')).toBe('2001:db8:0:1:1:1:1:1');
    expect(written('fe80::')).toBe('fe80::');
    expect(written('1:0:0:2:0:0:0:3')).toBe('1:0:0:2::3');
    expect(formatIpv4(Uint8Array.of(10, 0, 255, 1), 0)).toBe('10.0.255.1');
  });
});

describe('TCP', () => {
  const optionsOf = (given: TcpOptionsGiven): TcpOptions => {
    const bytes = tcpOptions(given);
    const options = newOptions();
    readOptions(bytes, 0, bytes.length, options);
    return options;
  };

  it('reads its options', () => {
    const options = optionsOf({ mss: 1460, windowScale: 7, sackPermitted: true, timestamps: [5, 0xffffffff], sack: [[1, 2]] });
    expect(options).toMatchObject({
      maximumSegmentSize: 1460,
      windowScale: 7,
      sackPermitted: true,
      timestampValue: 5,
      timestampEchoReply: 0xffffffff,
      sackBlocks: 1,
    });
  });

  it('takes a shift count above 14 for 14', () => {
    expect(optionsOf({ windowScale: 200 }).windowScale).toBe(14);
  });

  it('keeps what stands before an option of impossible length', () => {
    expect(optionsOf({ mss: 9, raw: Uint8Array.of(8, 0) }).maximumSegmentSize).toBe(9);
    expect(optionsOf({ mss: 9, raw: Uint8Array.of(8, 200) }).maximumSegmentSize).toBe(9);
  });

  it('names a header that is too short or too long, and reads its numbers all the same', () => {
    expect(read(101, ipv4(tcp({ headerLength: 12, seq: 5 }))).segment).toMatchObject({ fault: 'tcp-bad-data-offset', seq: 5 });
    expect(read(101, ipv4(tcp({ headerLength: 60, seq: 5 }))).segment).toMatchObject({
      fault: 'tcp-header-too-long',
      payloadLength: 0,
      seq: 5,
    });
  });

  it('reads what was emitted', () => {
    const u16 = fc.nat(0xffff);
    const u32 = fc.nat(0xffffffff);
    const payload = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(
        u16,
        u16,
        u32,
        u32,
        fc.nat(63),
        u16,
        payload,
        fc.constantFrom(4, 6),
        (sourcePort, destinationPort, seq, ack, flags, window, content, version) => {
          const packet = tcp({ sourcePort, destinationPort, seq, ack, flags, window, payload: content, options: { mss: 5 } });
          const { fault, segment } = read(1, ethernet(version === 4 ? ipv4(packet) : ipv6(packet)));
          expect(fault).toBeNull();
          expect(segment).toMatchObject({
            sourcePort,
            destinationPort,
            seq: seq | 0,
            ack: ack | 0,
            flags,
            window,
            ipVersion: version,
            payloadLength: content.length,
          });
          expect(segment.bytes.subarray(segment.payload, segment.payloadEnd)).toEqual(content);
        },
      ),
    );
  });

  it('never reads outside of any bytes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          0,
          1,
          6,
          9,
          10,
          12,
          50,
          51,
          100,
          101,
          104,
          105,
          107,
          108,
          113,
          119,
          127,
          149,
          163,
          166,
          192,
          204,
          228,
          239,
          242,
          258,
          276,
          281,
          282,
          284,
          285,
        ),
        fc.uint8Array({ maxLength: 120 }),
        fc.nat(200),
        (linkType, frame, more) => {
          const { fault, segment } = read(linkType, frame, frame.length + more);
          if (fault !== null || segment.fault !== null) return;
          expect(segment.payloadEnd).toBeLessThanOrEqual(Math.max(frame.length, segment.payload));
          expect(segment.payloadLength).toBeGreaterThanOrEqual(segment.payloadEnd - segment.payload);
          expect(Number.isInteger(segment.seq) && Number.isInteger(segment.window)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
