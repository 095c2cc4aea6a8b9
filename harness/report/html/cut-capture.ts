/** The packets of a cell within the page, so that every frame can be shown and saved where the captures are not. */
import { cutPackets, type KeptOf } from '../../capture-file/cut-packets.ts';
import type { FrameRecord, Message, Side } from '../../model.ts';
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
