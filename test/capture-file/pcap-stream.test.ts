import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pcapFileHeader, pcapRecordHeader } from '../../harness/capture-file/pcap-records.ts';
import { createPcapStream } from '../../harness/capture-file/pcap-stream.ts';

const packet = fc.record({
  epochNs: fc.bigInt({ min: 0n, max: 4_294_967_295_999_999_999n }),
  bytes: fc.uint8Array({ maxLength: 300 }),
  cut: fc.nat(1000),
});

describe('a pcap stream', () => {
  test('gives the same packets however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (packets, sizes) => {
        const parts = packets.flatMap(({ epochNs, bytes, cut }) => {
          const header = Buffer.alloc(16);
          pcapRecordHeader(header, 0, epochNs, bytes.length, bytes.length + cut);
          return [header, bytes];
        });
        const file = Buffer.concat([pcapFileHeader(1, 65_535), ...parts]);
        const stream = createPcapStream();
        const got = [];
        for (let at = 0, turn = 0; at < file.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          got.push(...stream.push(Buffer.from(file.subarray(at, at + size))));
          at += size;
        }
        expect(stream.linkType).toBe(1);
        expect(got.map(({ epochNs, originalLength, bytes }) => ({ epochNs, originalLength, bytes: [...bytes] }))).toEqual(
          packets.map(({ epochNs, bytes, cut }) => ({ epochNs, originalLength: bytes.length + cut, bytes: [...bytes] })),
        );
      }),
    );
  });

  test('reads big-endian microseconds', () => {
    const file = Buffer.from('a1b2c3d40002000400000000000000000000ffff00000071' + '0000000100000002' + '0000000100000005' + '2a', 'hex');
    const stream = createPcapStream();
    const [first] = stream.push(file);
    expect(stream.linkType).toBe(113);
    expect(first).toEqual({ epochNs: 1_000_002_000n, originalLength: 5, bytes: Buffer.of(42) });
  });

  test('says what it is where it is no pcap', () => {
    expect(() => createPcapStream().push(Buffer.alloc(24, 'GET / '))).toThrow(/not a pcap stream/);
  });

  test('says so where it is out of step', () => {
    const record = Buffer.alloc(16, 0xff);
    expect(() => createPcapStream().push(Buffer.concat([pcapFileHeader(1, 65_535), record]))).toThrow(/damaged/);
  });
});
