/** The packets of a cell within the page, so that every frame can be shown and saved where the captures are not. */
import { cutPackets, type KeptOf } from '../../capture-file/cut-packets.ts';
import type { Exchange, FrameRecord, Message, Side } from '../../model.ts';
import type { CapturedEvidence } from '../reporter.ts';

/** Bytes kept of a segment's content, so that one sees what it is. */
const BODY_BYTES = 32;
/** Bytes of a head that are kept. A probe sends some of 64 kB. */
const HEAD_BYTES = 8_192;
/** Bytes kept of a frame that is no TCP segment. */
const OTHER_BYTES = 256;
/**
 * A cell's capture file for the page: heads are whole, bodies are cut.
 * @param file as the lanes write it @returns `null` where it is another file, which can't be cut
 */
export function cutCapture(file: Uint8Array, evidence: CapturedEvidence): Uint8Array | null {
  try {
    return cutPackets(file, keptOf(evidence));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** A stretch of one side's stream. */
type Stretch = readonly [start: number, end: number];

/** Where the heads are in what one side of a connection sent. */
export class Heads {
  readonly #of: Readonly<Record<Side, Stretch[]>> = { client: [], server: [] };

  add({ request, interim, response }: Pick<Exchange, 'request' | 'interim' | 'response'>): void {
    this.#add('client', request);
    for (const message of [...interim, response]) this.#add('server', message);
  }

  #add(side: Side, message: Message | null): void {
    if (message) this.#of[side].push([message.offset, message.offset + Math.min(message.headBytes, HEAD_BYTES)]);
  }

  /** Bytes to keep of a segment's payload: up to the end of the last head in it, and of content the first bytes. */
  payloadKept({ from, seq, payload }: Pick<FrameRecord, 'from' | 'seq' | 'payload'>): number {
    // The SYN has the sequence number 0: the stream's first byte is 1.
    const start = seq - 1;
    const headEnd = this.#of[from].findLast(([begin, end]) => begin < start + payload && end > start)?.[1] ?? start;
    return Math.min(payload, headEnd - start + BODY_BYTES);
  }
}

/** Headers and heads in full, of content the first bytes. */
function keptOf({ frames = [], connections, behind = [] }: CapturedEvidence): KeptOf {
  const heads = new Map<number, Heads>();
  for (const { stream, exchanges } of [...connections, ...behind]) {
    const own = new Heads();
    for (const exchange of exchanges) own.add(exchange);
    heads.set(stream, own);
  }
  const none = new Heads();
  const records = new Map(frames.map((record) => [record.frame, record]));
  return (frame, originalLength) => {
    const record = records.get(frame);
    return record ? originalLength - record.payload + (heads.get(record.stream) ?? none).payloadKept(record) : OTHER_BYTES;
  };
}
