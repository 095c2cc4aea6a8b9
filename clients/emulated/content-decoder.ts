import type { Duplex } from 'node:stream';
import zlib from 'node:zlib';
import { isOwnFailure, ShownOnWire } from '../own-failure.ts';

/** More content than this is not searched for resources: a few kilobytes on the wire can become any number of bytes. */
const DECODED_LIMIT = 64 * 2 ** 20;

/**
 * Transforms that undo a `Content-Encoding` (RFC 9110 §8.4), outermost first. @throws ShownOnWire where a coding is unknown; Error for zstd before Node 22.15
 */
export function decodersOf(contentEncoding: string | undefined): Duplex[] {
  const codings = (contentEncoding ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  return codings.reverse().flatMap((coding) => decoder(coding) ?? []);
}

function decoder(coding: string): Duplex | null {
  // Lenient, because browsers show what arrived before a connection broke.
  const lenient = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip(lenient);
    case 'deflate':
      return zlib.createInflate(lenient);
    case 'br':
      return zlib.createBrotliDecompress({ finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH });
    case '':
    case 'identity':
      return null;
    case 'zstd': {
      const create = (zlib as { createZstdDecompress?: () => Duplex }).createZstdDecompress;
      if (create) return create();
      throw new Error('the server sent zstd, which needs Node 22.15 or later to be read');
    }
    default:
      throw new ShownOnWire(`the server sent the content coding "${coding}", which no browser accepts`);
  }
}

/** Undoes the content coding of a body while it arrives. */
export class ContentDecoder {
  readonly #onChunk: (chunk: Buffer) => void;
  #first: NodeJS.WritableStream | null = null;
  #ended: Promise<void> = Promise.resolve();
  #plain = false;

  constructor(onChunk: (chunk: Buffer) => void) {
    this.#onChunk = onChunk;
  }

  /** Takes the next bytes of the body. @throws as `decodersOf` */
  write(chunk: Buffer, contentEncoding: string | undefined): void {
    if (!this.#first && !this.#plain) this.#begin(contentEncoding);
    if (this.#first) this.#first.write(chunk);
    else this.#onChunk(chunk);
  }

  #begin(contentEncoding: string | undefined): void {
    const [first, ...rest] = decodersOf(contentEncoding);
    if (!first) {
      this.#plain = true;
      return;
    }
    this.#first = first;
    const last = rest.reduce((from, to) => from.pipe(to), first);
    this.#ended = new Promise((resolve, reject) => {
      for (const stream of [first, ...rest]) stream.on('error', (error) => (isOwnFailure(error) ? reject(error) : resolve()));
      let size = 0;
      last.on('data', (chunk: Buffer) => {
        try {
          size += chunk.length;
          if (size > DECODED_LIMIT) throw new Error(`a page or stylesheet has more than ${DECODED_LIMIT / 2 ** 20} MiB of decoded content`);
          this.#onChunk(chunk);
        } catch (error) {
          reject(error);
          first.destroy();
        }
      });
      last.on('end', resolve);
    });
    // It is awaited later, by `end`.
    this.#ended.catch(() => {});
  }

  /** Resolves when all bytes are decoded, or can't be. @throws where decoding fails by itself, or what the content is given to */
  async end(): Promise<void> {
    this.#first?.end();
    await this.#ended;
  }
}

/** A whole body as text, its content coding undone. */
export async function decoded(body: Buffer, contentEncoding: string | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  const decoding = new ContentDecoder((chunk) => chunks.push(chunk));
  decoding.write(body, contentEncoding);
  await decoding.end();
  return Buffer.concat(chunks).toString('utf8');
}
