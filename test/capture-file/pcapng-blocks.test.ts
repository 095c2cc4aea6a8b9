import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  enhancedPacketBlock,
  interfaceDescriptionBlock,
  interfaceStatisticsBlock,
  sectionHeaderBlock,
} from '../../harness/capture-file/pcapng-blocks.ts';

interface Parsed {
  type: number;
  body: Buffer;
  options: [code: number, value: Buffer][];
}

/** Reads a block by the draft's text alone, `fixed` being the bytes before its options. */
function parse(bytes: Buffer, fixed: number): Parsed {
  const length = bytes.readUInt32LE(4);
  expect(length).toBe(bytes.length);
  expect(length % 4).toBe(0);
  expect(bytes.readUInt32LE(length - 4)).toBe(length);
  const options: Parsed['options'] = [];
  let offset = 8 + fixed;
  while (offset < length - 4) {
    const code = bytes.readUInt16LE(offset);
    const size = bytes.readUInt16LE(offset + 2);
    offset += 4;
    if (code === 0) {
      expect(size).toBe(0);
      expect(offset).toBe(length - 4);
      break;
    }
    options.push([code, bytes.subarray(offset, offset + size)]);
    offset += Math.ceil(size / 4) * 4;
  }
  return { type: bytes.readUInt32LE(0), body: bytes.subarray(8, 8 + fixed), options };
}

const texts = (parsed: Parsed, code: number): string[] =>
  parsed.options.filter(([found]) => found === code).map(([, value]) => value.toString());
const timestamp = (bytes: Buffer, offset: number): bigint =>
  (BigInt(bytes.readUInt32LE(offset)) << 32n) | BigInt(bytes.readUInt32LE(offset + 4));

describe('section header block', () => {
  test('says little-endian, version 1.0, length unknown, and carries every comment', () => {
    const parsed = parse(sectionHeaderBlock({ hardware: 'cpu', os: 'Linux', application: 'wirematrix', comments: ['one', '二'] }), 16);
    expect(parsed.type).toBe(0x0a0d0d0a);
    expect(parsed.body.toString('hex')).toBe('4d3c2b1a01000000ffffffffffffffff');
    expect([texts(parsed, 1), texts(parsed, 2), texts(parsed, 3), texts(parsed, 4)]).toEqual([
      ['one', '二'],
      ['cpu'],
      ['Linux'],
      ['wirematrix'],
    ]);
  });

  test('has no option list where there is no option', () => {
    expect(sectionHeaderBlock({}).length).toBe(28);
  });

  test('refuses a comment that an option can not hold', () => {
    expect(() => sectionHeaderBlock({ comments: ['x'.repeat(65_536)] })).toThrow(/65535 bytes/);
  });
});

test('an interface description names its interface, nanoseconds and the filter', () => {
  const parsed = parse(interfaceDescriptionBlock({ linkType: 1, name: 'lo', filter: 'tcp port 80', os: 'Linux', snapLength: 65_535 }), 8);
  expect(parsed.type).toBe(1);
  expect(parsed.body.toString('hex')).toBe('01000000ffff0000');
  expect(parsed.options.map(([code, value]) => [code, value.toString('latin1')])).toEqual([
    [2, 'lo'],
    [9, '\x09'],
    [11, '\0tcp port 80'],
    [12, 'Linux'],
  ]);
});

test('an enhanced packet gives back any time, bytes and comments', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      fc.uint8Array({ maxLength: 2000 }),
      fc.nat(100_000),
      fc.array(fc.string({ unit: 'grapheme', maxLength: 50 }), { maxLength: 3 }),
      (epochNs, bytes, more, comments) => {
        const captured = bytes.length;
        const parsed = parse(
          enhancedPacketBlock({ epochNs, bytes, originalLength: captured + more }, comments),
          20 + Math.ceil(captured / 4) * 4,
        );
        expect(parsed.type).toBe(6);
        expect(parsed.body.readUInt32LE(0)).toBe(0);
        expect(timestamp(parsed.body, 4)).toBe(epochNs);
        expect([parsed.body.readUInt32LE(12), parsed.body.readUInt32LE(16)]).toEqual([captured, captured + more]);
        expect(parsed.body.subarray(20, 20 + captured)).toEqual(Buffer.from(bytes));
        expect(texts(parsed, 1)).toEqual(comments);
      },
    ),
  );
});

describe('interface statistics block', () => {
  test('has start, end and counters', () => {
    const parsed = parse(
      interfaceStatisticsBlock({ startEpochNs: 5n << 40n, endEpochNs: (7n << 40n) + 3n, received: 12, dropped: 2, comments: ['end'] }),
      12,
    );
    expect(parsed.type).toBe(5);
    expect(timestamp(parsed.body, 4)).toBe((7n << 40n) + 3n);
    const option = (code: number): Buffer => parsed.options.find(([found]) => found === code)![1];
    expect([timestamp(option(2), 0), timestamp(option(3), 0)]).toEqual([5n << 40n, (7n << 40n) + 3n]);
    expect([option(4).readBigUInt64LE(), option(5).readBigUInt64LE()]).toEqual([12n, 2n]);
    expect(texts(parsed, 1)).toEqual(['end']);
  });

  test('leaves out what the backend can not know', () => {
    const parsed = parse(interfaceStatisticsBlock({ startEpochNs: null, endEpochNs: 1n, received: null, dropped: null }), 12);
    expect(parsed.options.map(([code]) => code)).toEqual([3]);
  });
});
