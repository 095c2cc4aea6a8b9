import type { LinkType } from '../model.ts';
import type { CapturedPacket } from './captured-packet.ts';

/** Takes a pcap file piece by piece, as it comes out of a pipe. Little-endian or big-endian, micro- or nanoseconds. */
export interface PcapStream {
  /** `null` until the file header has come. */
  readonly linkType: LinkType | null;
  /**
   * The packets that `chunk` completes. Their bytes may point into `chunk`: it is the stream's from now on.
   * @throws where the bytes are not a pcap file
   */
  push(chunk: Buffer): CapturedPacket[];
}

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
/** No record is longer: libpcap's own limit is 262,144. More means that the stream is out of step. */
const RECORD_BYTES_MAX = 1 << 20;

interface Format {
  littleEndian: boolean;
  nsPerTick: bigint;
}

/** By the magic number as its four bytes read little-endian. */
const FORMATS: ReadonlyMap<number, Format> = new Map([
  [0xa1b2c3d4, { littleEndian: true, nsPerTick: 1000n }],
  [0xa1b23c4d, { littleEndian: true, nsPerTick: 1n }],
  [0xd4c3b2a1, { littleEndian: false, nsPerTick: 1000n }],
  [0x4d3cb2a1, { littleEndian: false, nsPerTick: 1n }],
]);

/** A stream of which nothing has come yet. */
export function createPcapStream(): PcapStream {
  let rest: Buffer = Buffer.alloc(0);
  let format: Format | null = null;
  let linkType: LinkType | null = null;

  const uint32 = (bytes: Buffer, offset: number): number =>
    format?.littleEndian === false ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset);

  return {
    get linkType() {
      return linkType;
    },
    push(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let offset = 0;
      const packets: CapturedPacket[] = [];
      if (!format) {
        if (bytes.length < FILE_HEADER_BYTES) {
          rest = bytes;
          return packets;
        }
        const magic = bytes.readUInt32LE(0);
        format = FORMATS.get(magic) ?? null;
        if (!format) throw new Error(`not a pcap stream: it begins with ${magic.toString(16)}`);
        // The upper 16 bits may say how long a frame check sequence is.
        linkType = uint32(bytes, 20) & 0xffff;
        offset = FILE_HEADER_BYTES;
      }
      while (bytes.length - offset >= RECORD_HEADER_BYTES) {
        const captured = uint32(bytes, offset + 8);
        if (captured > RECORD_BYTES_MAX) throw new Error(`the pcap stream is damaged: it announces a packet of ${captured} bytes`);
        const begin = offset + RECORD_HEADER_BYTES;
        if (bytes.length - begin < captured) break;
        packets.push({
          epochNs: BigInt(uint32(bytes, offset)) * 1_000_000_000n + BigInt(uint32(bytes, offset + 4)) * format.nsPerTick,
          originalLength: uint32(bytes, offset + 12),
          bytes: bytes.subarray(begin, begin + captured),
        });
        offset = begin + captured;
      }
      rest = bytes.subarray(offset);
      return packets;
    },
  };
}
