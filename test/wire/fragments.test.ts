import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DATAGRAMS_MAX, FRAGMENT_BYTES_MAX, FRAGMENTS_AGE_NS, Fragments, HELD_FRAGMENT } from '../../harness/wire/fragments.ts';
import { newSegment, readSegment } from '../../harness/wire/segment.ts';
import { inUdp, ipv4Fragments, ipv6Fragments, vxlan } from '../packets/encapsulations.ts';
import { ethernet, ipv4, ipv6, tcp } from '../packets/layers.ts';

const RAW = 101;
const payload = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
const BODY = payload(3000);
const V4 = ipv4(tcp({ payload: BODY }), { source: '10.0.0.1', destination: '10.0.0.2' });
const V6 = ipv6(tcp({ payload: BODY }));

/** What `readSegment` gives for each packet: its payload, or the name of what it is; and what is counted at the end. */
function readAll(
  packets: readonly Uint8Array[],
  times: readonly number[] = [],
): { results: (Uint8Array | string)[]; lost: Record<string, number> } {
  const fragments = new Fragments();
  const segment = newSegment();
  const results = packets.map((packet, index) => {
    segment.timeNs = times[index] ?? index;
    const fault = readSegment(RAW, packet, 0, packet.length, packet.length, segment, fragments);
    return fault ?? segment.bytes.slice(segment.payload, segment.payloadEnd);
  });
  const lost: Record<string, number> = {};
  fragments.countLost(lost);
  return { results, lost };
}

const held = (count: number): string[] => new Array<string>(count).fill(HELD_FRAGMENT);

describe('fragments', () => {
  it.each([
    ['IPv4', ipv4Fragments(V4, 1480), 'ipv4-fragment'],
    ['IPv6', ipv6Fragments(V6, 1440), 'ipv6-fragment'],
  ])('of %s are put together with the frame that brings the last one, in whatever order', (_, pieces, name) => {
    const [first, second, third] = pieces as [Uint8Array, Uint8Array, Uint8Array];
    for (const order of [
      [first, second, third],
      [third, second, first],
      [second, third, first],
    ])
      expect(readAll(order)).toEqual({ results: [...held(2), BODY], lost: {} });
    expect(readAll([first, first, third, third, second])).toEqual({ results: [...held(4), BODY], lost: {} });
    expect(readAll([first, third])).toEqual({ results: held(2), lost: { [name]: 2 } });
  });

  it('keep their addresses and ports', () => {
    const fragments = new Fragments();
    const segment = newSegment();
    for (const packet of ipv4Fragments(V4, 1480)) readSegment(RAW, packet, 0, packet.length, packet.length, segment, fragments);
    expect(segment).toMatchObject({ ipVersion: 4, sourcePort: 40_000, destinationPort: 8080, payloadLength: 3000, fault: null });
    expect([...segment.bytes.subarray(segment.source, segment.source + 4)]).toEqual([10, 0, 0, 1]);
  });

  it('of two datagrams are kept apart by identification, addresses and protocol', () => {
    const other = ipv4(tcp({ payload: payload(2000) }), { source: '10.0.0.3', destination: '10.0.0.2' });
    const [a1, a2, a3] = ipv4Fragments(V4, 1480);
    const [b1, b2] = ipv4Fragments(other, 1480);
    const [c1, c2, c3] = ipv4Fragments(V4, 1480, 8);
    const { results } = readAll([a1!, b1!, c1!, b2!, c2!, a2!, c3!, a3!]);
    expect(results).toEqual([...held(3), payload(2000), ...held(2), BODY, BODY]);
  });

  it('that come once more after their datagram was whole are no new datagram', () => {
    const pieces = ipv4Fragments(V4, 1480);
    expect(readAll([...pieces, ...pieces])).toEqual({ results: [...held(2), BODY, ...held(3)], lost: {} });
  });

  it('with an identification that is used again make a new datagram', () => {
    const again = ipv4(tcp({ payload: payload(3000).reverse() }), { source: '10.0.0.1', destination: '10.0.0.2' });
    const { results } = readAll([...ipv4Fragments(V4, 1480), ...ipv4Fragments(again, 1480)]);
    expect(results[2]).toEqual(BODY);
    expect(results[5]).toEqual(payload(3000).reverse());
  });

  it('that overlap drop their datagram, and those still to come with it (RFC 8200 §4.5)', () => {
    const [first, second, third] = ipv6Fragments(V6, 1440) as [Uint8Array, Uint8Array, Uint8Array];
    const shifted = second.slice();
    shifted[43] = shifted[43]! - 8;
    expect(readAll([first, second, shifted, third])).toEqual({ results: held(4), lost: { 'ipv6-fragment': 4 } });
    const [a, b, c] = ipv4Fragments(V4, 1480) as [Uint8Array, Uint8Array, Uint8Array];
    const changed = b.slice();
    changed[100] = changed[100]! ^ 1;
    expect(readAll([a, b, changed, c])).toEqual({ results: held(4), lost: { 'ipv4-fragment': 4 } });
  });

  it('of impossible length or place drop their datagram', () => {
    const odd = ipv4(payload(13), { moreFragments: true });
    const beyond = ipv4(payload(64), { fragmentOffset: 0x1fff });
    const empty = ipv4(new Uint8Array(0), { moreFragments: true, identification: 9 });
    for (const packet of [odd, beyond, empty]) expect(readAll([packet])).toEqual({ results: held(1), lost: { 'ipv4-fragment': 1 } });
    const [first, second, third] = ipv4Fragments(V4, 1480) as [Uint8Array, Uint8Array, Uint8Array];
    const [, , laterEnd] = ipv4Fragments(ipv4(tcp({ payload: payload(3100) }), { source: '10.0.0.1', destination: '10.0.0.2' }), 1480);
    expect(readAll([first, third, laterEnd!, second]).lost).toEqual({ 'ipv4-fragment': 4 });
  });

  it('are given up after their time', () => {
    const [first, second, third] = ipv4Fragments(V4, 1480) as [Uint8Array, Uint8Array, Uint8Array];
    expect(readAll([first, second, third], [0, 1, FRAGMENTS_AGE_NS]).results[2]).toEqual(BODY);
    expect(readAll([first, second, third], [0, 1, FRAGMENTS_AGE_NS + 1])).toEqual({ results: held(3), lost: { 'ipv4-fragment': 3 } });
  });

  it('are kept of so many datagrams and so many bytes alone', () => {
    const small = Array.from({ length: DATAGRAMS_MAX + 1 }, (_, index) => ipv4Fragments(V4, 1480, index + 1));
    const firsts = small.map(([first]) => first!);
    const rest = (index: number): Uint8Array[] => small[index]!.slice(1);
    expect(readAll([...firsts, ...rest(1)]).results.at(-1)).toEqual(BODY);
    expect(readAll([...firsts, ...rest(0)]).results.at(-1)).toBe(HELD_FRAGMENT);
    const large = ipv4(tcp({ payload: payload(65_000) }), { source: '10.0.0.1', destination: '10.0.0.2' });
    const count = Math.ceil(FRAGMENT_BYTES_MAX / 60_000) + 1;
    const many = Array.from({ length: count }, (_, index) => ipv4Fragments(large, 60_000, index + 1));
    const { results, lost } = readAll([...many.map(([first]) => first!), many.at(-1)![1]!, many[0]![1]!]);
    expect(results.at(-2)).toEqual(payload(65_000));
    expect(results.at(-1)).toBe(HELD_FRAGMENT);
    expect(lost['ipv4-fragment']).toBeGreaterThan(0);
  });

  it('that the snap length cut are not kept; the first shows its headers', () => {
    const [first, second] = ipv4Fragments(V4, 1480) as [Uint8Array, Uint8Array];
    const fragments = new Fragments();
    const segment = newSegment();
    expect(readSegment(RAW, first.subarray(0, 96), 0, 96, first.length, segment, fragments)).toBeNull();
    expect(segment).toMatchObject({ sourcePort: 40_000, payloadLength: 1460 });
    expect(readSegment(RAW, second.subarray(0, 96), 0, 96, second.length, segment, fragments)).toBe('ipv4-fragment');
  });

  it('of a tunnel are put together before it is opened, and those within it afterwards', () => {
    const inner = ipv4Fragments(V4, 1480);
    const packets = inner.flatMap((packet, index) => ipv4Fragments(inUdp(4789, vxlan(ethernet(packet))), 800, index + 1));
    const { results, lost } = readAll(packets);
    expect(results).toEqual([...held(packets.length - 1), BODY]);
    expect(lost).toEqual({});
  });

  it('give the datagram that was cut, wherever it was cut and in whatever order they come', () => {
    const cases = fc.record({
      length: fc.integer({ min: 1, max: 4000 }),
      size: fc.integer({ min: 1, max: 200 }).map((words) => words * 8),
      isIpv6: fc.boolean(),
      seed: fc.array(fc.nat(), { minLength: 1, maxLength: 50 }),
    });
    fc.assert(
      fc.property(cases, ({ length, size, isIpv6, seed }) => {
        const body = payload(length);
        const whole = isIpv6 ? ipv6(tcp({ payload: body })) : ipv4(tcp({ payload: body }));
        const pieces = isIpv6 ? ipv6Fragments(whole, size) : ipv4Fragments(whole, size);
        const order = pieces
          .map((piece, index) => ({ piece, key: seed[index % seed.length]! * (index + 1) }))
          .sort((a, b) => (a.key % 97) - (b.key % 97));
        const { results, lost } = readAll(order.map(({ piece }) => piece));
        expect(results).toEqual([...held(pieces.length - 1), body]);
        expect(lost).toEqual({});
      }),
    );
  });

  it('never throw, whatever they say', () => {
    const packet = fc.record({
      start: fc.nat(0x1fff),
      more: fc.boolean(),
      id: fc.nat(2),
      body: fc.uint8Array({ maxLength: 80 }),
      protocol: fc.constantFrom(4, 6, 17, 41, 44, 47),
    });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 30 }), fc.boolean(), (given, near) => {
        const packets = given.map(({ start, more, id, body, protocol }) =>
          ipv4(body, { fragmentOffset: near ? start % 12 : start, moreFragments: more, identification: id, protocol }),
        );
        expect(() => readAll(packets)).not.toThrow();
      }),
    );
  });
});
