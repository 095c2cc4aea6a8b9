/** The packets that the page of a capture holds: they are read from the file again, when it is known which connections the page details. */
import { statSync } from 'node:fs';
import { newFacts, type PacketCursor } from '../capture-file/packet-reader.ts';
import { enhancedPacketBlock, interfaceDescriptionBlock, sectionHeaderBlock } from '../capture-file/pcapng-blocks.ts';
import { readCapture } from '../capture-file/read-capture.ts';
import type { Exchange, FrameRecord, LinkType } from '../model.ts';
import type { ConnectionPackets } from '../report/html/capture-page.ts';
import { Heads } from '../report/html/cut-capture.ts';

/** Frames of one connection, in the order of the capture, and bytes to leave out at the end of each. */
export interface WantedPackets {
  frames: Uint32Array;
  cut: Uint32Array;
  /** What they take, about. */
  bytes: number;
}

/** Bytes of packets before they are packed, of all connections together: memory holds them until the page is written. */
const BYTES_HELD = 12_000_000;
/** About as many come before the payload of a segment, and before a packet in its block. */
const HEADERS_BYTES = 110;
/** Frames of one connection. */
const FRAMES_OF_A_CONNECTION = 2_000;

/** What is wanted of a connection: heads whole, of content the first bytes. @param records its frames, in order @param exchanges those whose heads are known */
export function wantedPackets(records: readonly FrameRecord[], exchanges: readonly Exchange[]): WantedPackets {
  const heads = new Heads();
  for (const exchange of new Set(exchanges)) heads.add(exchange);
  const kept = records.length > FRAMES_OF_A_CONNECTION ? endsOf(records) : records;
  const payloads = kept.map((record) => heads.payloadKept(record));
  return {
    frames: Uint32Array.from(kept, ({ frame }) => frame),
    cut: Uint32Array.from(kept, ({ payload }, at) => payload - payloads[at]!),
    bytes: payloads.reduce((sum, payload) => sum + payload + HEADERS_BYTES, 0),
  };
}

/** The first ones, and as many at the end as a ladder draws. */
const endsOf = (records: readonly FrameRecord[]): FrameRecord[] => [
  ...records.slice(0, FRAMES_OF_A_CONNECTION - LAST_FRAMES),
  ...records.slice(-LAST_FRAMES),
];
const LAST_FRAMES = 200;

interface Gathered {
  blocks: Uint8Array[];
  frames: number[];
  linkType: LinkType;
}

/** Ends a reading that has found all it wanted. */
const ENOUGH = Symbol('enough');

/**
 * The packets of connections, the first streams first, as many as memory may hold.
 * @returns none where the capture is no file that can be read again
 */
export async function packetsOf(
  source: string,
  streams: readonly number[],
  wanted: ReadonlyMap<number, WantedPackets>,
): Promise<Map<number, ConnectionPackets>> {
  if (!isFile(source)) return new Map();
  const order = inOrder(streams, wanted);
  const gathered = new Map<number, Gathered>();
  const facts = newFacts();
  let next = 0;
  const take = (packet: PacketCursor): void => {
    if (packet.frame !== order[next]?.frame) return;
    const { stream, cut } = order[next++]!;
    const own = gathered.get(stream) ?? { blocks: [], frames: [], linkType: packet.linkType };
    gathered.set(stream, own);
    // A connection has one link type: a file of several interfaces would name the wrong one.
    if (packet.linkType === own.linkType) {
      own.blocks.push(blockOf(packet, cut, facts.baseEpochNs ?? 0n));
      own.frames.push(packet.frame);
    }
    if (next === order.length) throw ENOUGH;
  };
  try {
    if (order.length > 0) await readCapture(source, take, facts);
  } catch (error) {
    // It was read a moment ago: where it is gone, the page has no packets.
    if (error !== ENOUGH && (error as NodeJS.ErrnoException).code === undefined) throw error;
  }
  return new Map([...gathered].map(([stream, own]) => [stream, { file: fileOf(own), frames: own.frames }]));
}

/** Standard input and pipes can't be read again. */
function isFile(source: string): boolean {
  return source !== '-' && (statSync(source, { throwIfNoEntry: false })?.isFile() ?? false);
}

interface Wanted {
  frame: number;
  stream: number;
  cut: number;
}

/** The frames of as many connections as memory may hold, in the order of the capture. */
function inOrder(streams: readonly number[], wanted: ReadonlyMap<number, WantedPackets>): Wanted[] {
  const order: Wanted[] = [];
  let held = 0;
  for (const stream of streams) {
    const own = wanted.get(stream);
    if (!own || held + own.bytes > BYTES_HELD) continue;
    held += own.bytes;
    for (const [at, frame] of own.frames.entries()) order.push({ frame, stream, cut: own.cut[at]! });
  }
  return order.sort((a, b) => a.frame - b.frame);
}

function blockOf({ bytes, start, end, originalLength, timeNs }: PacketCursor, cut: number, baseEpochNs: bigint): Uint8Array {
  const kept = Math.max(0, Math.min(end - start, originalLength - cut));
  return enhancedPacketBlock({
    epochNs: baseEpochNs + BigInt(Math.round(timeNs)),
    originalLength,
    bytes: bytes.subarray(start, start + kept),
  });
}

const fileOf = ({ blocks, linkType }: Gathered): Uint8Array =>
  Buffer.concat([
    sectionHeaderBlock({ hardware: '', os: '', application: 'wirematrix', comments: [] }),
    interfaceDescriptionBlock({ linkType, name: '', os: '' }),
    ...blocks,
  ]);
