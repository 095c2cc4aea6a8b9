/**
 * The packets of each cell within the page: its capture file with the bodies cut, so that every frame can be shown and saved where the captures are not.
 * Several files share a block, packed by gzip, since those of one server have much in common.
 */
import { gzipSync } from 'node:zlib';
import { cutPackets, type KeptOf } from '../../capture-file/cut-packets.ts';
import type { FrameRecord, Message, Side } from '../../model.ts';
import type { CapturedEvidence } from '../reporter.ts';
import { dataBlock } from './document.ts';
import type { EmbeddedPackets } from './page-format.ts';

/** Bytes kept of a segment's content, so that one sees what it is. */
const BODY_BYTES = 48;
/** Bytes of a head that are kept. A probe sends some of 64 kB. */
const HEAD_BYTES = 8_192;
/** Bytes kept of a frame that is no TCP segment. */
const OTHER_BYTES = 256;
/** Bytes of the files in a block, before they are packed: it is unpacked as a whole when a frame of one is asked for. */
const BLOCK_BYTES = 512 * 1024;
/** Bytes of all blocks in the page: with everything else it stays below 8 MB. */
export const PACKETS_BYTES = 4_000_000;

/** Collects the packets of cells. */
export class PacketBlocks {
  readonly blocks: string[] = [];
  readonly #limit: number;
  #files: Uint8Array[] = [];
  #fileBytes = 0;
  #bytes = 0;

  constructor(limit = PACKETS_BYTES) {
    this.#limit = limit;
  }

  /** @param file a capture as the lanes write it @returns where it is in the page; `null` where it can't be cut, or the page is full */
  add(file: Uint8Array, evidence: CapturedEvidence): EmbeddedPackets | null {
    if (this.#bytes >= this.#limit) return null;
    let cut: Uint8Array;
    try {
      cut = cutPackets(file, keptOf(evidence));
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
    const place: EmbeddedPackets = [this.blocks.length, this.#fileBytes, this.#fileBytes + cut.length];
    this.#files.push(cut);
    this.#fileBytes += cut.length;
    if (this.#fileBytes >= BLOCK_BYTES) this.#pack();
    return place;
  }

  /** The data blocks for the page. */
  end(): string[] {
    this.#pack();
    return this.blocks;
  }

  #pack(): void {
    if (this.#files.length === 0) return;
    const block = dataBlock(`packets-${this.blocks.length}`, gzipSync(Buffer.concat(this.#files), { level: 9 }).toString('base64'));
    this.blocks.push(block);
    this.#bytes += block.length;
    this.#files = [];
    this.#fileBytes = 0;
  }
}

/** A stretch of one side's stream. */
type Stretch = readonly [start: number, end: number];

/** Headers and heads in full, of content the first bytes. */
function keptOf({ frames = [], connections, behind = [] }: CapturedEvidence): KeptOf {
  const heads = new Map<string, Stretch[]>();
  const add = (stream: number, side: Side, message: Message | null): void => {
    if (!message) return;
    const key = `${stream} ${side}`;
    const stretch: Stretch = [message.offset, message.offset + Math.min(message.headBytes, HEAD_BYTES)];
    const known = heads.get(key);
    if (known) known.push(stretch);
    else heads.set(key, [stretch]);
  };
  for (const { stream, exchanges } of [...connections, ...behind])
    for (const { request, interim, response } of exchanges) {
      add(stream, 'client', request);
      for (const message of [...interim, response]) add(stream, 'server', message);
    }
  const records = new Map(frames.map((record) => [record.frame, record]));
  return (frame, originalLength) => {
    const record = records.get(frame);
    return record ? originalLength - record.payload + payloadKept(record, heads.get(`${record.stream} ${record.from}`) ?? []) : OTHER_BYTES;
  };
}

/** The payload that is kept: up to the end of the last head in it. */
function payloadKept({ seq, payload }: FrameRecord, heads: readonly Stretch[]): number {
  // The SYN has the sequence number 0: the stream's first byte is 1.
  const start = seq - 1;
  const headEnd = heads.findLast(([from, to]) => from < start + payload && to > start)?.[1] ?? start;
  return Math.min(payload, headEnd - start + BODY_BYTES);
}
