import type { HeaderField } from '../model.ts';
import { ByteCollector, latin1 } from './bytes.ts';
import type { Content } from './content-budget.ts';
import { HeadScan, parseFields } from './head.ts';
import type { Fault } from './head-fields.ts';
import { MAX_CHUNK_LINE_BYTES, MAX_CHUNK_SIZE_DIGITS, MAX_HEAD_BYTES } from './limits.ts';
import type { ChunkPlace } from './snapshots.ts';
import { mayBeStatusLine } from './start-line.ts';

const CR = 13;
const LF = 10;

type State = 'size' | 'extension' | 'data' | 'data-end' | 'trailers' | 'done' | 'response-instead' | 'failed';

/** The chunked transfer coding (RFC 9112 §7.1). Content is counted, and given to `content` where there is one. */
export class ChunkedDecoder {
  #state: State = 'size';
  #size = 0;
  #digits = 0;
  #lineBytes = 0;
  #remaining = 0;
  #sawCr = false;
  #bareLf = false;
  /** The chunk-size line at hand has a `;`; a line that is not as RFC 9112 §7.1 has it has been noted. */
  #hasExtension = false;
  #oddLine = false;
  readonly #section = new ByteCollector();
  readonly #scan = new HeadScan();
  content: Content | null = null;
  /** Content bytes seen. */
  bodyBytes = 0;
  trailers: HeaderField[] = [];
  faults: Fault[] = [];

  /** Begins another body. */
  reset(): void {
    this.#state = 'size';
    this.content = null;
    this.#size = 0;
    this.#digits = 0;
    this.#lineBytes = 0;
    this.#remaining = 0;
    this.#sawCr = false;
    this.#bareLf = false;
    this.#hasExtension = false;
    this.#oddLine = false;
    this.#section.clear();
    this.#scan.controls = false;
    this.bodyBytes = 0;
    this.trailers = [];
    this.faults = [];
  }

  /** Where the coding has been read to; `null` inside a line. */
  get place(): ChunkPlace | null {
    const state = this.#state;
    const between = (state === 'size' && this.#digits === 0) || state === 'data' || (state === 'data-end' && !this.#sawCr);
    return between ? { state, remaining: this.#remaining } : null;
  }

  /** Goes on from a place, up to which `bodyBytes` of content have been read. */
  resume({ state, remaining }: ChunkPlace, bodyBytes: number): void {
    this.#beginLine();
    this.#state = state;
    this.#remaining = remaining;
    this.bodyBytes = bodyBytes;
  }

  /** The last chunk and the trailer section have been read. */
  get done(): boolean {
    return this.#state === 'done';
  }

  /** The coding is broken: where later bytes belong can't be known. */
  get failed(): boolean {
    return this.#state === 'failed';
  }

  /** The last chunk has been read, and the body has not ended: its trailer section, or the empty line after it, is missing (RFC 9112 §7.1). */
  get isAfterLastChunk(): boolean {
    return this.#digits > 0 && this.#size === 0 && (this.#state === 'trailers' || this.#state === 'response-instead');
  }

  /** A status line has come where a chunk, or the empty line after the last one, should begin. */
  get isLastMissing(): boolean {
    return this.#state === 'response-instead';
  }

  /** Whether a status line is at `bytes[at]`, and a chunk or the empty line after the last one should begin there. No trailer field has such a name. */
  isResponseInstead(bytes: Uint8Array, at: number, end: number): boolean {
    const isAtStart = this.#state === 'size' ? this.#digits === 0 : this.#state === 'trailers' && this.#section.length === 0;
    return isAtStart && mayBeStatusLine(bytes, at, end);
  }

  /** Takes what belongs to the body; returns the offset after it. */
  push(bytes: Uint8Array, at: number, end: number): number {
    while (at < end) {
      switch (this.#state) {
        case 'data': {
          const take = Math.min(this.#remaining, end - at);
          this.content?.add(bytes, at, at + take);
          at += take;
          this.bodyBytes += take;
          this.#remaining -= take;
          if (this.#remaining === 0) this.#state = 'data-end';
          break;
        }
        case 'size':
          if (this.isResponseInstead(bytes, at, end)) {
            this.#state = 'response-instead';
            return at;
          }
          at = this.#readSize(bytes, at, end);
          break;
        case 'extension':
          at = this.#readExtension(bytes, at, end);
          break;
        case 'data-end': {
          const byte = bytes[at]!;
          if (byte === CR && !this.#sawCr) {
            this.#sawCr = true;
            at++;
          } else if (byte === LF) {
            if (!this.#sawCr) this.#noteBareLf();
            at++;
            this.#beginLine();
          } else return this.#fail(at, 'missing-chunk-crlf', 'chunk data is not followed by CRLF');
          break;
        }
        case 'trailers':
          if (this.isResponseInstead(bytes, at, end)) {
            this.#state = 'response-instead';
            return at;
          }
          at = this.#readTrailers(bytes, at, end);
          break;
        default:
          return at;
      }
    }
    return at;
  }

  /** `count` bytes are missing. True where it is certain how the body goes on: all of them are chunk data. */
  skip(count: number): boolean {
    if (this.#state !== 'data' || count > this.#remaining) return false;
    this.#remaining -= count;
    if (this.#remaining === 0) this.#state = 'data-end';
    return true;
  }

  #beginLine(): void {
    this.#state = 'size';
    this.#size = 0;
    this.#digits = 0;
    this.#lineBytes = 0;
    this.#sawCr = false;
    this.#hasExtension = false;
  }

  #readSize(bytes: Uint8Array, at: number, end: number): number {
    while (at < end) {
      const digit = hexValue(bytes[at]!);
      if (digit === -1) {
        if (this.#digits === 0) return this.#fail(at, 'invalid-chunk-size', 'a chunk-size line without a hexadecimal digit');
        this.#state = 'extension';
        return at;
      }
      this.#size = this.#size * 16 + digit;
      this.#digits++;
      if (this.#digits > MAX_CHUNK_SIZE_DIGITS) {
        return this.#fail(at, 'invalid-chunk-size', `more digits than MAX_CHUNK_SIZE_DIGITS (${MAX_CHUNK_SIZE_DIGITS})`);
      }
      if (!Number.isSafeInteger(this.#size)) return this.#fail(at, 'invalid-chunk-size', 'a chunk size above 2^53 - 1');
      at++;
    }
    return at;
  }

  /** From the last digit to the line's end: blanks and chunk extensions (RFC 9112 §7.1.1), which mean nothing here. */
  #readExtension(bytes: Uint8Array, at: number, end: number): number {
    while (at < end) {
      const byte = bytes[at]!;
      if (byte === LF) {
        if (!this.#sawCr) this.#noteBareLf();
        if (this.#lineBytes > 1 && !this.#hasExtension) this.#noteOddLine('blanks after the chunk size, without an extension');
        at++;
        this.#remaining = this.#size;
        this.#state = this.#size === 0 ? 'trailers' : 'data';
        this.#sawCr = false;
        return at;
      }
      // RFC 9112 §7.1.1: after the size only blanks may come, then `;` begins an extension.
      if (this.#lineBytes === 0 && byte !== CR && byte !== 59 && byte !== 32 && byte !== 9) {
        return this.#fail(at, 'invalid-chunk-size', `character ${byte} after the chunk size`);
      }
      if (this.#sawCr) this.#noteOddLine('a CR without its LF in a chunk-size line');
      else if (byte === 59) this.#hasExtension = true;
      else if (byte < 32 && byte !== 9 && byte !== CR) this.#noteOddLine('a control character in a chunk-size line');
      this.#sawCr = byte === CR;
      at++;
      if (++this.#lineBytes > MAX_CHUNK_LINE_BYTES) {
        return this.#fail(at, 'invalid-chunk-size', `a chunk-size line longer than MAX_CHUNK_LINE_BYTES (${MAX_CHUNK_LINE_BYTES})`);
      }
    }
    return at;
  }

  #readTrailers(bytes: Uint8Array, at: number, end: number): number {
    const section = this.#section;
    if (section.length === 0 && bytes[at] === CR && at + 1 < end && bytes[at + 1] === LF) {
      this.#state = 'done';
      return at + 2;
    }
    const before = section.length;
    const taken = Math.min(end, at + MAX_HEAD_BYTES - before);
    section.append(bytes, at, taken);
    const sectionEnd = endOfTrailers(this.#scan, section.bytes, Math.max(0, before - 2), section.length);
    if (sectionEnd === -1) {
      if (section.length < MAX_HEAD_BYTES) return taken;
      return this.#fail(taken, 'head-too-large', `a trailer section longer than MAX_HEAD_BYTES (${MAX_HEAD_BYTES})`);
    }
    const { headers, faults } = parseFields(latin1(section.bytes, 0, sectionEnd), 0, this.#scan.controls);
    this.trailers = headers;
    this.faults.push(...faults);
    section.clear();
    this.#state = 'done';
    return at + sectionEnd - before;
  }

  #noteBareLf(): void {
    if (!this.#bareLf) this.faults.push({ kind: 'bare-lf', detail: 'a chunk line ends with LF alone' });
    this.#bareLf = true;
  }

  #noteOddLine(detail: string): void {
    if (!this.#oddLine) this.faults.push({ kind: 'invalid-chunk-line', detail });
    this.#oddLine = true;
  }

  #fail(at: number, kind: Fault['kind'], detail: string): number {
    this.faults.push({ kind, detail });
    this.#section.clear();
    this.#state = 'failed';
    return at;
  }
}

/** As `HeadScan`, but the section may be empty: then its first line is the empty one. */
function endOfTrailers(scan: HeadScan, bytes: Uint8Array, from: number, end: number): number {
  if (from === 0) {
    if (bytes[0] === LF) return 1;
    if (bytes[0] === CR && end > 1 && bytes[1] === LF) return 2;
  }
  return scan.findEnd(bytes, from, end);
}

function hexValue(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
