/** Packets that the page holds: a capture file with the bodies cut, unpacked when a frame is asked for. */
import type { PackedLadder, PlaceInBlocks } from '../page-format.ts';
import { unpackedRecord } from './unpack.ts';

/** A packet of an embedded capture file. */
export interface Packet {
  /** From 1, as Wireshark counts. */
  frame: number;
  /** Microseconds since the first packet. */
  atUs: number;
  linkType: number;
  /** As much of it as the page holds. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Length on the wire. */
  originalLength: number;
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const OPT_END = 0;
const OPT_COMMENT = 1;
const IF_TSRESOL = 9;
/** Before the options: the fixed parts of a section header, and of a packet before its bytes. */
const SECTION_FIXED = 24;
const PACKET_FIXED = 28;

const padded = (length: number): number => (length + 3) & ~3;

/** What the page holds packets of: a cell, or a connection of a capture from elsewhere. */
export interface Captured {
  /** Of its view, without the `#`. */
  address: string;
  /** `null` where the page holds none of its packets. */
  place: PlaceInBlocks | null;
  /** The number of each of its packets in the capture; `null` where these are all that the capture has. */
  frames: readonly number[] | null;
  /** When the first of them came: microseconds since the capture's first frame. */
  startUs: number;
  /** Path or name of the capture; `null` where nothing but the page has it. */
  capture: string | null;
  /** The name under which it is saved. */
  savedName: string;
  ladders: readonly PackedLadder[];
  /** What is noted on frames in the file that is saved; in English, as its other comments are. */
  comments(): ReadonlyMap<number, readonly string[]>;
}

const SAVED_COMMENT = 'saved from a report of wirematrix: heads are whole, bodies are cut';

/** The file of its packets, the bodies cut; `null` where the page does not hold it. @throws where the browser can't unpack it */
const embeddedFile = async ({ place }: Captured): Promise<Uint8Array<ArrayBuffer> | null> => place && unpackedRecord('packets', place);

/** A block of a pcapng file: its type and where it is. */
interface Block {
  type: number;
  start: number;
  end: number;
}

function* blocksOf(file: Uint8Array): Generator<Block> {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let start = 0; start + 12 <= file.length; ) {
    const length = view.getUint32(start + 4, true);
    if (length < 12 || start + length > file.length) return;
    yield { type: view.getUint32(start, true), start, end: start + length };
    start += length;
  }
}

let last: { address: string; packets: Packet[] } | null = null;

/** The packets that the page holds, in the order of the capture; `null` where it holds none. @throws where the browser can't unpack them */
export async function packetsOf(of: Captured): Promise<readonly Packet[] | null> {
  if (last?.address === of.address) return last.packets;
  const file = await embeddedFile(of);
  if (file === null) return null;
  last = { address: of.address, packets: readPackets(file, of) };
  return last.packets;
}

function readPackets(file: Uint8Array<ArrayBuffer>, { frames, startUs }: Pick<Captured, 'frames' | 'startUs'>): Packet[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const interfaces: { linkType: number; ticksPerUs: number }[] = [];
  const packets: Packet[] = [];
  let first: bigint | null = null;
  for (const { type, start, end } of blocksOf(file)) {
    if (type === INTERFACE_DESCRIPTION) {
      interfaces.push({ linkType: view.getUint16(start + 8, true), ticksPerUs: 10 ** (resolution(view, start + 16, end - 4) - 6) });
    } else if (type === ENHANCED_PACKET) {
      const { linkType = 1, ticksPerUs = 1 } = interfaces[view.getUint32(start + 8, true)] ?? {};
      const ticks = (BigInt(view.getUint32(start + 12, true)) << 32n) | BigInt(view.getUint32(start + 16, true));
      first ??= ticks;
      const captured = view.getUint32(start + 20, true);
      packets.push({
        frame: frames?.[packets.length] ?? packets.length + 1,
        atUs: startUs + Number(ticks - first) / ticksPerUs,
        linkType,
        bytes: file.subarray(start + PACKET_FIXED, start + PACKET_FIXED + captured),
        originalLength: view.getUint32(start + 24, true),
      });
    }
  }
  return packets;
}

/** The power of ten of an interface's timestamps: 6 where it does not say. */
function resolution(view: DataView, start: number, end: number): number {
  for (let at = start; at + 4 <= end; ) {
    const [code, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (code === OPT_END) break;
    if (code === IF_TSRESOL) return view.getUint8(at + 4);
    at += 4 + padded(length);
  }
  return 6;
}

/**
 * The file to be saved: packets as they were captured, the bodies cut, with comments on the frames that show something.
 * @returns `null` where the page does not hold it @throws where the browser can't unpack it
 */
export async function captureFile(of: Captured): Promise<Blob | null> {
  const file = await embeddedFile(of);
  if (file === null) return null;
  const comments = of.comments();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let packets = 0;
  for (const { type, start, end } of blocksOf(file)) {
    const block = file.subarray(start, end);
    if (type === SECTION_HEADER) {
      parts.push(withComments(block, SECTION_FIXED, [SAVED_COMMENT]));
    } else if (type === ENHANCED_PACKET) {
      const captured = new DataView(file.buffer, file.byteOffset + start).getUint32(20, true);
      packets++;
      const frame = of.frames?.[packets - 1] ?? packets;
      parts.push(withComments(block, PACKET_FIXED + padded(captured), comments.get(frame) ?? []));
    } else {
      parts.push(block);
    }
  }
  return new Blob(parts, { type: 'application/x-pcapng' });
}

/** The block with comments before its other options. @param options where these begin */
function withComments(block: Uint8Array<ArrayBuffer>, options: number, comments: readonly string[]): Uint8Array<ArrayBuffer> {
  if (comments.length === 0) return block;
  const texts = comments.map((comment) => new TextEncoder().encode(comment));
  const rest = block.subarray(options, block.length - 4);
  const added = texts.reduce((sum, text) => sum + 4 + padded(text.length), 0);
  // Options need an end, which a block without any has not.
  const whole = new Uint8Array(block.length + added + (rest.length === 0 ? 4 : 0));
  const view = new DataView(whole.buffer);
  whole.set(block.subarray(0, options));
  let at = options;
  for (const text of texts) {
    view.setUint16(at, OPT_COMMENT, true);
    view.setUint16(at + 2, text.length, true);
    whole.set(text, at + 4);
    at += 4 + padded(text.length);
  }
  whole.set(rest, at);
  view.setUint32(4, whole.length, true);
  view.setUint32(whole.length - 4, whole.length, true);
  return whole;
}
