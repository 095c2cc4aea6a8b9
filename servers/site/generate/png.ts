import { crc32 } from './crc32.ts';

/** An indexed-colour picture: one byte a pixel, an index into `palette` (256 RGB triples). */
export interface IndexedImage {
  width: number;
  height: number;
  pixels: Uint8Array;
  palette: Uint8Array;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** Adler-32 (RFC 1950 section 9). */
function adler32(data: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}

/**
 * A zlib stream of stored blocks (RFC 1951 section 3.2.4). Not compressed on purpose: the bytes are then the same with every version of zlib,
 * and the size follows from the picture's width and height alone.
 */
function zlibStored(data: Uint8Array): Buffer {
  const parts: Buffer[] = [Buffer.from([0x78, 0x01])];
  for (let at = 0; at < data.length; at += 0xffff) {
    const block = data.subarray(at, at + 0xffff);
    const head = Buffer.alloc(5);
    head[0] = at + block.length === data.length ? 1 : 0;
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(~block.length & 0xffff, 3);
    parts.push(head, Buffer.from(block));
  }
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(adler32(data));
  return Buffer.concat([...parts, sum]);
}

/** Encodes an indexed PNG (W3C PNG, third edition: colour type 3, bit depth 8, filter 0 on every row). */
export function encodePng(image: IndexedImage): Buffer {
  const { width, height, pixels, palette } = image;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = 3;
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('PLTE', palette), chunk('IDAT', zlibStored(rows)), chunk('IEND', new Uint8Array())]);
}
