/** From a capture file, a stream or standard input to packets: recognises the format, unpacks gzip, and joins records that end in the next chunk. */
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CHUNK_BYTES, readChunks } from '../system/read-chunks.ts';
import { foreignFormat, isText } from './foreign-formats.ts';
import { type CaptureFacts, countFault, newFacts, type OnPacket, type PacketParser, type PlainPackets, uint32 } from './packet-reader.ts';
import { isPcap, PcapParser } from './pcap-reader.ts';
import { PcapngParser } from './pcapng-reader.ts';

/** A file name, `-` for standard input, or bytes from anywhere. */
export type CaptureSource = string | Readable | Uint8Array;

/** Not a capture file at all; `message` says what was found and what is understood. */
export class NotACaptureError extends Error {
  override name = 'NotACaptureError';
}

const PCAPNG_MAGIC = 0x0a0d0d0a;
const GZIP_MAGIC = 0x1f8b;
/** Room before each read for the start of a record that the read before did not complete. */
const HEADROOM = 512 * 1024;
/** Room that `PlainPackets.bytes` must have. */
export const READ_BUFFER_BYTES = HEADROOM + CHUNK_BYTES;

/**
 * Reads a capture, calling `onPacket` for each packet. Damage after which no record can be found ends the reading; it is named in the facts
 * that come back, with all that was read before it. `facts` fill up while the file is read. `plain` may take packets of a file that is not compressed
 * before `onPacket` sees them.
 * @throws NotACaptureError where the file begins with no known format; the file system's error where it can't be read
 */
export async function readCapture(
  source: CaptureSource,
  onPacket: OnPacket,
  facts: CaptureFacts = newFacts(),
  plain: PlainPackets | null = null,
): Promise<CaptureFacts> {
  const buffer = new RecordBuffer(onPacket, facts, plain);
  if (source instanceof Uint8Array) await readBytes(source, buffer, plain?.bytes);
  else if (typeof source === 'string' && source !== '-') await readFile(source, buffer, plain?.bytes);
  else await readStream(typeof source === 'string' ? process.stdin : source, buffer);
  return buffer.finish();
}

const isGzip = (bytes: Uint8Array): boolean => bytes.length >= 2 && ((bytes[0]! << 8) | bytes[1]!) === GZIP_MAGIC;

async function readBytes(bytes: Uint8Array, buffer: RecordBuffer, into?: Uint8Array): Promise<void> {
  if (!isGzip(bytes)) {
    if (into === undefined) buffer.push(bytes);
    else pushPieces(bytes, into, buffer);
    return;
  }
  const gunzip = createGunzip();
  gunzip.end(bytes);
  await pushUnpacked(gunzip, buffer);
}

function pushPieces(bytes: Uint8Array, into: Uint8Array, buffer: RecordBuffer): void {
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    const piece = bytes.subarray(from, from + CHUNK_BYTES);
    into.set(piece, HEADROOM);
    buffer.push(into, HEADROOM, HEADROOM + piece.length);
  }
}

async function readFile(path: string, buffer: RecordBuffer, into?: Uint8Array): Promise<void> {
  // A pipe or device can't be read again from its start: it is treated as a stream.
  if (!statSync(path).isFile()) return readStream(createReadStream(path), buffer);
  const fd = openSync(path, 'r');
  try {
    const magic = new Uint8Array(2);
    readSync(fd, magic, 0, 2, 0);
    if (isGzip(magic))
      await pushUnpacked(
        createReadStream(path, { highWaterMark: CHUNK_BYTES / 2 }).pipe(createGunzip({ chunkSize: CHUNK_BYTES / 2 })),
        buffer,
      );
    else await readDirectly(fd, buffer, into ?? new Uint8Array(READ_BUFFER_BYTES));
  } finally {
    closeSync(fd);
  }
}

/** The part of a record at the end of a chunk is put before the next one, for which the buffer keeps room. */
const readDirectly = (fd: number, buffer: RecordBuffer, bytes: Uint8Array): Promise<void> =>
  readChunks(fd, bytes, HEADROOM, (length) => buffer.push(bytes, HEADROOM, HEADROOM + length));

async function readStream(stream: Readable, buffer: RecordBuffer): Promise<void> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 2) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  const rest: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => chunks };
  if (!isGzip(head)) {
    buffer.push(head);
    for await (const chunk of rest) buffer.push(chunk);
    return;
  }
  const gunzip = createGunzip();
  const feed = async (): Promise<void> => {
    gunzip.write(head);
    for await (const chunk of rest)
      if (!gunzip.write(chunk) && !gunzip.destroyed) await new Promise((resolve) => gunzip.once('drain', resolve).once('close', resolve));
    gunzip.end();
  };
  await Promise.all([feed(), pushUnpacked(gunzip, buffer)]);
}

async function pushUnpacked(gunzip: Readable, buffer: RecordBuffer): Promise<void> {
  try {
    for await (const chunk of gunzip) buffer.push(chunk as Uint8Array);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== 'string' || !code.startsWith('Z_')) throw error;
    // zlib says Z_BUF_ERROR where the end is missing; all other codes are damage.
    buffer.fault(code === 'Z_BUF_ERROR' ? 'gzip-cut-short' : 'gzip-damaged');
  }
}

/** Parses chunks. The part of a record at the end of one is held for the next. */
class RecordBuffer {
  readonly #facts: CaptureFacts;
  readonly #onPacket: OnPacket;
  readonly #plain: PlainPackets | null;
  #parser: PacketParser | null = null;
  /** What is held is `#held[0, #count)`. */
  #held = new Uint8Array(0);
  #count = 0;

  constructor(onPacket: OnPacket, facts: CaptureFacts, plain: PlainPackets | null) {
    this.#onPacket = onPacket;
    this.#plain = plain;
    this.#facts = facts;
  }

  fault(name: string): void {
    countFault(this.#facts.faults, name);
  }

  /** Parses `chunk[start, end)`. What is held is put before `start` where there is room for it: then the chunk is not copied. */
  push(chunk: Uint8Array, start = 0, end = chunk.length): void {
    if (this.#count <= start) {
      start -= this.#count;
      chunk.set(this.#held.subarray(0, this.#count), start);
      this.#hold(chunk, this.#parse(chunk, start, end), end);
      return;
    }
    const total = this.#count + end - start;
    this.#reserve(total);
    this.#held.set(chunk.subarray(start, end), this.#count);
    this.#hold(this.#held, this.#parse(this.#held, 0, total), total);
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    this.#count = end - start;
    if (bytes === this.#held) {
      bytes.copyWithin(0, start, end);
    } else if (this.#count > 0) {
      this.#reserve(this.#count);
      this.#held.set(bytes.subarray(start, end));
    }
  }

  #reserve(length: number): void {
    if (length <= this.#held.length) return;
    const larger = new Uint8Array(Math.max(length, this.#held.length * 2));
    larger.set(this.#held);
    this.#held = larger;
  }

  finish(): CaptureFacts {
    if (!this.#parser) throw new NotACaptureError(this.#whyNone());
    this.#parser.finish(this.#count);
    return this.#facts;
  }

  #whyNone(): string {
    const { faults } = this.#facts;
    if (faults['gzip-damaged']) return 'its gzip data are damaged, and nothing could be unpacked; gzip -dc IN > OUT keeps what is whole';
    if (faults['gzip-cut-short']) return 'its gzip data are cut short, and nothing could be unpacked; copy the file again, whole';
    return this.#count === 0 ? 'the file is empty' : 'the file is too short for a capture';
  }

  #parse(bytes: Uint8Array, start: number, end: number): number {
    if (!this.#parser) {
      if (end - start < 4) return start;
      this.#parser = this.#parserFor(bytes, start, end);
    }
    return this.#parser.parse(bytes, start, end);
  }

  #parserFor(bytes: Uint8Array, start: number, end: number): PacketParser {
    const magic = uint32(bytes, start, false);
    if (magic === PCAPNG_MAGIC) return new PcapngParser(this.#facts, this.#onPacket, this.#plain);
    if (isPcap(magic)) return new PcapParser(this.#facts, this.#onPacket, this.#plain);
    throw new NotACaptureError(notUnderstood(bytes, start, end, magic));
  }
}

const UNDERSTOOD = 'pcap and pcapng are understood, plain or packed with gzip';

function notUnderstood(bytes: Uint8Array, start: number, end: number, magic: number): string {
  const foreign = foreignFormat(bytes, start, end);
  if (foreign) return `not a capture file that can be read: it is ${foreign.name}; convert it with: ${foreign.command} (${UNDERSTOOD})`;
  const hint = isText(bytes, start, end) ? '; this one is text: tcpdump writes a capture with -w FILE' : '';
  return `not a capture file: it begins with ${magic.toString(16).padStart(8, '0')}; ${UNDERSTOOD}${hint}`;
}
