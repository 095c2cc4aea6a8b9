import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CaptureFacts } from '../../harness/capture-file/packet-reader.ts';
import { NotACaptureError, readCapture } from '../../harness/capture-file/read-capture.ts';
import {
  block,
  EPOCH_NS,
  enhancedPacket,
  interfaceDescription,
  interfaceStatistics,
  type Packet,
  pcap,
  pcapng,
  sectionHeader,
  simplePacket,
} from '../packets/captures.ts';
import { concat, ethernet, ipv4, tcp } from '../packets/layers.ts';

interface Read {
  facts: CaptureFacts;
  packets: { frame: number; timeNs: number; linkType: number; originalLength: number; bytes: string }[];
}

async function read(source: Uint8Array | Readable): Promise<Read> {
  const packets: Read['packets'] = [];
  const facts = await readCapture(source, ({ frame, timeNs, linkType, originalLength, bytes, start, end }) => {
    packets.push({ frame, timeNs, linkType, originalLength, bytes: Buffer.from(bytes.subarray(start, end)).toString('hex') });
  });
  return { facts, packets };
}

const frame = ethernet(ipv4(tcp()));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const three: Packet[] = [0n, 1_500_001_000n, 3_000_000_000n].map((ns) => ({ timeNs: EPOCH_NS + ns, bytes: frame }));

describe('pcap', () => {
  for (const littleEndian of [true, false]) {
    for (const nanoseconds of [true, false]) {
      it(`reads ${littleEndian ? 'little' : 'big'}-endian files with ${nanoseconds ? 'nano' : 'micro'}seconds`, async () => {
        const { facts, packets } = await read(pcap(three, { littleEndian, nanoseconds }));
        expect(packets.map(({ timeNs }) => timeNs)).toEqual([0, 1_500_001_000, 3_000_000_000]);
        expect(packets.map((packet) => packet.frame)).toEqual([1, 2, 3]);
        expect(packets[1]!.bytes).toBe(hex(frame));
        expect(facts).toMatchObject({ format: 'pcap', baseEpochNs: EPOCH_NS, linkTypes: [1], frames: 3, faults: {} });
      });
    }
  }

  it('reports what the snap length cut off', async () => {
    const { packets } = await read(pcap([{ timeNs: EPOCH_NS, bytes: frame.subarray(0, 30), originalLength: 54 }]));
    expect(packets[0]).toMatchObject({ originalLength: 54, bytes: hex(frame.subarray(0, 30)) });
  });

  it('keeps what stands before a cut end', async () => {
    const whole = pcap(three);
    const { facts, packets } = await read(whole.subarray(0, whole.length - 1));
    expect(packets).toHaveLength(2);
    expect(facts.faults).toEqual({ 'file-cut-short': 1 });
  });

  it('ends at a record that no capture can hold', async () => {
    const bytes = pcap(three);
    new DataView(bytes.buffer).setUint32(24 + 16 + frame.length + 8, 300_000, true);
    const { facts, packets } = await read(bytes);
    expect(packets).toHaveLength(1);
    expect(facts.faults).toEqual({ 'pcap-record-too-long': 1 });
  });
});

describe('pcapng', () => {
  for (const littleEndian of [true, false]) {
    it(`reads ${littleEndian ? 'little' : 'big'}-endian sections, comments and statistics`, async () => {
      const commented = three.map((packet, index) => (index === 1 ? { ...packet, comments: ['first', 'sécond'] } : packet));
      const file = concat(
        pcapng(commented, { littleEndian, comments: ['of the section'] }),
        interfaceStatistics(7, 2, EPOCH_NS + 9_000_000_000n, littleEndian),
      );
      const { facts, packets } = await read(file);
      expect(packets.map(({ timeNs }) => timeNs)).toEqual([0, 1_500_001_000, 3_000_000_000]);
      expect(facts).toMatchObject({
        format: 'pcapng',
        baseEpochNs: EPOCH_NS,
        received: 7,
        dropped: 2,
        endEpochNs: EPOCH_NS + 9_000_000_000n,
        sectionComments: ['of the section'],
        faults: {},
      });
      expect(facts.frameComments.map(({ frame: number, text }) => [number, text])).toEqual([
        [2, 'first'],
        [2, 'sécond'],
      ]);
    });
  }

  it('takes microseconds where if_tsresol is left out, and powers of two where it says so', async () => {
    const ticks = (seconds: number, perSecond: bigint): bigint => BigInt(seconds) * perSecond + perSecond / 4n;
    const file = concat(
      sectionHeader(),
      interfaceDescription(),
      interfaceDescription({ resolution: 0x80 | 20 }),
      enhancedPacket({ timeNs: 0n, bytes: frame, interfaceId: 0 }, ticks(1000, 1_000_000n)),
      enhancedPacket({ timeNs: 0n, bytes: frame, interfaceId: 1 }, ticks(1001, 1n << 20n)),
      enhancedPacket({ timeNs: 0n, bytes: frame, interfaceId: 1 }, ticks(1002, 1n << 20n)),
    );
    const { facts, packets } = await read(file);
    expect(facts.baseEpochNs).toBe(1_000_250_000_000n);
    expect(packets.map(({ timeNs }) => timeNs)).toEqual([0, 1_000_000_000, 2_000_000_000]);
  });

  it('adds if_tsoffset', async () => {
    const file = concat(sectionHeader(), interfaceDescription({ resolution: 9, offsetSeconds: 100 }), enhancedPacket(three[0]!, 5n));
    expect((await read(file)).facts.baseEpochNs).toBe(100_000_000_005n);
  });

  it('reads several sections of different byte order, each with interfaces of its own', async () => {
    const file = concat(pcapng([three[0]!], { linkType: 1 }), pcapng([three[1]!], { linkType: 101, littleEndian: false }));
    const { facts, packets } = await read(file);
    expect(packets.map(({ linkType, frame: number }) => [number, linkType])).toEqual([
      [1, 1],
      [2, 101],
    ]);
    expect(facts.linkTypes).toEqual([1, 101]);
  });

  it('skips blocks that it does not know', async () => {
    const file = concat(
      sectionHeader(),
      block(0x0bad, Uint8Array.of(1, 2, 3)),
      interfaceDescription({ resolution: 9 }),
      block(4, new Uint8Array(8)),
      enhancedPacket(three[0]!, 1n),
    );
    const { facts, packets } = await read(file);
    expect(packets).toHaveLength(1);
    expect(facts.faults).toEqual({});
  });

  it('gives a simple packet the time of the packet before it, and the snap length of its interface', async () => {
    const file = concat(
      sectionHeader(),
      interfaceDescription({ resolution: 9, snapLength: 20 }),
      enhancedPacket(three[0]!, 50n),
      enhancedPacket(three[0]!, 60n),
      simplePacket(frame.subarray(0, 20)),
    );
    const { packets } = await read(file);
    expect(packets[2]).toMatchObject({ timeNs: 10, bytes: hex(frame.subarray(0, 20)) });
  });

  const broken: readonly (readonly [string, Uint8Array])[] = [
    ['pcapng-bad-byte-order-magic', concat(pcapng([three[0]!]), Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 1, 2, 3, 4))],
    ['pcapng-bad-block-length', concat(pcapng([three[0]!]), Uint8Array.of(6, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0))],
    ['pcapng-block-too-long', concat(pcapng([three[0]!]), Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0))],
    ['pcapng-block-lengths-differ', concat(pcapng([three[0]!]), Uint8Array.of(6, 0, 0, 0, 12, 0, 0, 0, 13, 0, 0, 0))],
    ['pcapng-unknown-interface', concat(pcapng([three[0]!]), enhancedPacket({ ...three[0]!, interfaceId: 3 }, 1n))],
    ['file-cut-short', pcapng(three).subarray(0, -30)],
  ];
  for (const [fault, file] of broken) {
    it(`names ${fault} and keeps what stands before it`, async () => {
      const { facts, packets } = await read(file);
      expect(facts.faults).toEqual({ [fault]: 1 });
      expect(packets.length).toBeGreaterThanOrEqual(1);
    });
  }
});

describe('sources', () => {
  it('unpacks gzip', async () => {
    expect((await read(gzipSync(pcap(three)))).packets).toHaveLength(3);
    expect((await read(Readable.from([gzipSync(pcapng(three))]))).packets).toHaveLength(3);
  });

  it('keeps what a cut gzip file gave', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({
      timeNs: EPOCH_NS + BigInt(index),
      bytes: ethernet(ipv4(tcp({ seq: index * 7919 }))),
    }));
    const packed = gzipSync(pcap(many));
    const { facts, packets } = await read(Readable.from([packed.subarray(0, packed.length - 2000)]));
    expect(packets.length).toBeGreaterThan(1000);
    expect(facts.faults['gzip-cut-short']).toBe(1);
  });

  it('refuses what is no capture, naming what it found', async () => {
    await expect(read(new Uint8Array(Buffer.from('GET / HTTP/1.1')))).rejects.toThrow(/begins with 47455420; pcap and pcapng/);
    await expect(read(new Uint8Array(0))).rejects.toThrow(NotACaptureError);
    await expect(read(Readable.from([]))).rejects.toThrow('the file is empty');
    const packed = new Uint8Array(gzipSync(pcap([])));
    await expect(read(packed.subarray(0, 10))).rejects.toThrow('its gzip data are cut short');
    await expect(read(packed.map((byte, place) => (place === packed.length - 6 ? byte ^ 1 : byte)))).rejects.toThrow(
      'its gzip data are damaged',
    );
  });

  it('gives the packets of a stream as they come', async () => {
    const stream = new PassThrough();
    const file = pcap(three);
    let seen = 0;
    const firstTwo = new Promise<void>((resolve) => {
      void readCapture(stream, () => {
        if (++seen === 2) resolve();
      });
    });
    stream.write(file.subarray(0, file.length - 10));
    await firstTwo;
    stream.end(file.subarray(file.length - 10));
    expect(seen).toBe(2);
  });

  it('reads the same however the bytes are cut', async () => {
    const files = [pcap(three), pcapng(three, { comments: ['c'] })];
    const whole = await Promise.all(files.map(read));
    await fc.assert(
      fc.asyncProperty(fc.nat(1), fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), async (which, sizes) => {
        const file = files[which]!;
        const chunks: Uint8Array[] = [];
        for (let offset = 0, index = 0; offset < file.length; index++) {
          const size = sizes[index % sizes.length]!;
          chunks.push(file.slice(offset, offset + size));
          offset += size;
        }
        expect(await read(Readable.from(chunks))).toEqual(whole[which]);
      }),
      { numRuns: 40 },
    );
  });

  it('survives any damage', async () => {
    const files = [pcap(three), pcapng(three, { comments: ['c'] }), concat(pcapng(three), interfaceStatistics(1, 1, 1n))];
    const edit = fc.tuple(fc.nat(400), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.nat(2), fc.array(edit, { maxLength: 8 }), async (which, edits) => {
        const file = files[which]!.slice();
        for (const [offset, value] of edits) if (offset >= 4 && offset < file.length) file[offset] = value;
        const { facts, packets } = await read(file);
        expect(facts.frames).toBe(packets.length);
      }),
      { numRuns: 300 },
    );
  });
});
