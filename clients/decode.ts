import type { Duplex } from 'node:stream';
import zlib from 'node:zlib';

/** Transforms that undo a `Content-Encoding` (RFC 9110 §8.4), outermost first. zstd needs Node 22.15. */
export function decodersOf(contentEncoding: string | undefined): Duplex[] {
  const codings = (contentEncoding ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  return codings.reverse().flatMap((coding) => decoder(coding) ?? []);
}

function decoder(coding: string): Duplex | null {
  // What came until a connection broke is shown, as browsers do: hence the lenient flush.
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
      throw new Error(`the server sent the content coding "${coding}", which no browser asks for`);
  }
}
