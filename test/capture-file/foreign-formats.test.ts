import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignFormat, isText } from '../../harness/capture-file/foreign-formats.ts';
import { NotACaptureError, readCapture } from '../../harness/capture-file/read-capture.ts';
import { concat, text } from '../packets/layers.ts';

const nothing = (): void => {};
const refusal = async (bytes: Uint8Array): Promise<string> => {
  const error = await readCapture(bytes, nothing).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(NotACaptureError);
  return (error as Error).message;
};
/** So many bytes follow in a file. */
const REST = new Uint8Array(64).fill(7);

describe('a file that is no pcap or pcapng', () => {
  it.each([
    ['snoop', text('snoop\0\0\0'), 'editcap -F pcapng IN OUT'],
    ['Bluetooth', text('btsnoop\0'), 'editcap -F pcapng IN OUT'],
    ['Network Monitor 1', text('RTSS'), 'editcap -F pcapng IN OUT'],
    ['Network Monitor 2', text('GMBU'), 'editcap -F pcapng IN OUT'],
    ['Sniffer capture (DOS)', text('TRSNIFF data    \x1a'), 'editcap -F pcapng IN OUT'],
    ['NetXRay', text('XCP\0'), 'editcap -F pcapng IN OUT'],
    ['iptrace', text('iptrace 2.0'), 'editcap -F pcapng IN OUT'],
    ['K12 capture', Uint8Array.of(0, 0, 2, 0, 0x12, 5, 0, 0x10), 'editcap -F pcapng IN OUT'],
    ['K12 text', text('+---------+---------------+----------+'), 'editcap -F pcapng IN OUT'],
    ['modpcap', Uint8Array.of(0xa1, 0xb2, 0xcd, 0x34), 'editcap -F pcapng IN OUT'],
    ['modpcap', Uint8Array.of(0x34, 0xcd, 0xb2, 0xa1), 'editcap -F pcapng IN OUT'],
    ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), 'zstd -d IN -o OUT'],
    ['lz4', Uint8Array.of(0x04, 0x22, 0x4d, 0x18), 'lz4 -d IN OUT'],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00), 'xz -dc IN > OUT'],
    ['bzip2', text('BZh9'), 'bzip2 -dc IN > OUT'],
    ['ZIP', text('PK\x03\x04'), 'unzip IN'],
    ['tar', concat(new Uint8Array(257).fill(9), text('ustar')), 'tar -xf IN'],
  ])('is named, with the command that converts it: %s', async (name, magic, command) => {
    const message = await refusal(concat(magic, REST));
    expect(message).toContain(name);
    expect(message).toContain(`convert it with: ${command} `);
  });

  it('is known for ERF by two records in a row', () => {
    const record = (length: number, type: number): Uint8Array => {
      const bytes = new Uint8Array(length);
      bytes.set([0, 0, 0, 0, 0, 0, 0, 0x60, type, 4, length >>> 8, length & 0xff]);
      return bytes;
    };
    const erf = (bytes: Uint8Array) => foreignFormat(bytes, 0, bytes.length);
    expect(erf(concat(record(80, 2), record(96, 2)))?.name).toContain('ERF');
    expect(erf(concat(record(80, 0x9b), record(96, 2)))?.name).toContain('ERF');
    expect(erf(record(80, 2))).toBeNull();
    expect(erf(concat(record(80, 2), REST))).toBeNull();
  });

  it('is called text where it is text', async () => {
    expect(await refusal(text('21:00:03.1 IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [S], seq 1\n'))).toContain(
      'tcpdump writes a capture with -w FILE',
    );
    expect(await refusal(Uint8Array.of(1, 2, 3, 4))).toBe(
      'not a capture file: it begins with 01020304; pcap and pcapng are understood, plain or packed with gzip',
    );
  });

  it('never makes the reading of its first bytes fail', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => foreignFormat(bytes, 0, bytes.length)).not.toThrow();
        expect(typeof isText(bytes, 0, bytes.length)).toBe('boolean');
      }),
    );
  });
});
