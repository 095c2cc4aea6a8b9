/** From good captures to bad ones. Pure: a seed gives one input. */
import { gzipSync } from 'node:zlib';
import { conversationOfPieces, largeConversation } from './hostile-http.ts';
import {
  type Capture,
  conversation,
  IP_TOTAL_LENGTH,
  type Packet,
  readPcap,
  TCP,
  TCP_ACK,
  TCP_FLAGS,
  TCP_OFFSET,
  TCP_SEQ,
  writePcap,
} from './packets.ts';
import { Random } from './random.ts';

/** One run in so many has a conversation of megabytes. */
const LARGE_ONCE_IN = 500;
/** One run in so many is packed with gzip, whole or cut off. */
const GZIP_ONCE_IN = 200;

/** Lengths and numbers on which arithmetic breaks. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

export interface Seeds {
  /** pcap files whose packets are known. */
  captures: Capture[];
  /** Files of any format, mutated byte by byte. */
  files: Uint8Array[];
}

export function seedsOf(files: Uint8Array[]): Seeds {
  const isPcap = (file: Uint8Array): boolean => file[0] === 0x4d && file[1] === 0x3c;
  return { captures: files.filter(isPcap).map(readPcap), files };
}

/** The input of one run. */
export function makeInput(seeds: Seeds, seed: number): Uint8Array {
  const random = new Random(seed);
  let file: Uint8Array;
  if (random.once(5)) file = mutateBytes(random.pick(seeds.files).slice(), random, 1 + random.below(20));
  else {
    const { header, packets } = random.pick(seeds.captures);
    const first = packets[0]!;
    let mine: Packet[];
    const large = random.once(LARGE_ONCE_IN);
    if (large) mine = conversation(largeConversation(random), 40_000, first, random.pick([1448, 1448, 65_000]));
    else if (random.once(2))
      mine = conversation(conversationOfPieces(random), 40_000 + random.below(2), first, random.pick([1, 7, 100, 1448]));
    else mine = part(packets, random);
    if (random.once(6)) mine = mine.concat(conversation(conversationOfPieces(random), 40_000 + random.below(2), first));
    mutatePackets(mine, random);
    file = writePcap({ header, packets: mine });
    if (random.once(4)) file = mutateBytes(file, random, 1 + random.below(3));
  }
  if (random.once(GZIP_ONCE_IN)) {
    const packed = gzipSync(file, { level: 1 });
    return random.once(2) ? packed : mutateBytes(packed, random, random.below(3));
  }
  return file;
}

/** Copies of some consecutive packets. */
function part(packets: readonly Packet[], random: Random): Packet[] {
  const from = random.once(2) ? 0 : random.below(packets.length);
  const to = random.once(2) ? packets.length : from + 1 + random.below(packets.length - from);
  return packets.slice(from, to).map(copy);
}

const copy = (packet: Packet): Packet => ({ ...packet, bytes: packet.bytes.slice() });

function mutatePackets(packets: Packet[], random: Random): void {
  for (let n = random.below(8); n > 0 && packets.length > 0; n--) {
    const at = random.below(packets.length);
    const packet = packets[at]!;
    switch (random.below(10)) {
      case 0:
        packets.splice(at, 1 + random.below(3));
        break;
      case 1:
        packets.splice(random.below(packets.length), 0, copy(packet));
        break;
      case 2: {
        const [moved] = packets.splice(at, 1);
        packets.splice(Math.max(0, at - 5 + random.below(10)), 0, moved!);
        break;
      }
      case 3:
        // Cut by the snap length, or said to be longer than it is.
        if (random.once(2)) packet.bytes = packet.bytes.subarray(0, random.below(packet.bytes.length + 1));
        else packet.originalLength = random.pick(EDGES);
        break;
      case 4:
        flip(packet.bytes, random, TCP + 20, packet.bytes.length);
        break;
      case 5:
        flip(packet.bytes, random, 12, Math.min(packet.bytes.length, TCP + 32));
        break;
      case 6:
        setNumber(packet.bytes, random.pick([TCP_SEQ, TCP_ACK]), random, 4);
        break;
      case 7:
        setNumber(packet.bytes, random.pick([IP_TOTAL_LENGTH, 20, TCP, TCP_OFFSET, TCP + 14]), random, 2);
        break;
      case 8:
        if (packet.bytes.length > TCP_FLAGS) packet.bytes[TCP_FLAGS] = random.below(256);
        break;
      default:
        packet.seconds = random.once(2) ? random.pick(EDGES) : packet.seconds + random.below(200_000);
        packet.fraction = random.once(4) ? random.pick(EDGES) : packet.fraction;
    }
  }
}

function flip(bytes: Uint8Array, random: Random, from: number, to: number): void {
  if (to <= from) return;
  for (let n = 1 + random.below(4); n > 0; n--) {
    const at = from + random.below(to - from);
    bytes[at] = random.once(3) ? random.below(256) : bytes[at]! ^ (1 << random.below(8));
  }
}

/** An edge, or the number that stands there moved by a little or by half of the whole. */
function setNumber(bytes: Uint8Array, at: number, random: Random, size: 2 | 4): void {
  if (at + size > bytes.length) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const old = size === 4 ? view.getUint32(at) : view.getUint16(at);
  const value = random.pick([random.pick(EDGES), old + random.below(3000) - 1500, old + 0x80000000, old + random.below(0x10000) * 0x10000]);
  if (size === 4) view.setUint32(at, value >>> 0);
  else view.setUint16(at, value & 0xffff);
}

function mutateBytes(bytes: Uint8Array, random: Random, times: number): Uint8Array {
  for (let n = times; n > 0 && bytes.length > 8; n--) {
    const at = random.below(bytes.length);
    switch (random.below(6)) {
      case 0:
        bytes = bytes.subarray(0, at);
        break;
      case 1: {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        if (at + 4 <= bytes.length) view.setUint32(at, random.pick(EDGES), random.once(2));
        break;
      }
      case 2: {
        const length = Math.min(random.below(64), bytes.length - at);
        bytes.copyWithin(random.below(bytes.length), at, at + length);
        break;
      }
      default:
        bytes[at] = bytes[at]! ^ (1 << random.below(8));
    }
  }
  return bytes;
}
