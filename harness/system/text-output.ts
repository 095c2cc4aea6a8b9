import { once } from 'node:events';
import type { Writable } from 'node:stream';

const CHUNK = 1 << 16;
/** Up to this length characters are copied one by one: a call into the runtime takes longer. */
const SHORT = 64;
/** Bytes of a UTF-16 unit in UTF-8, at most. */
const UTF8_MAX = 3;
const ZERO = 48;
const NON_ASCII = 128;

/**
 * Gathers text into larger writes, as bytes: a line put together from strings would leave a dozen of them behind.
 */
export class TextOutput {
  readonly #out: Writable;
  #bytes = Buffer.allocUnsafeSlow(CHUNK);
  #length = 0;

  constructor(out: Writable) {
    this.#out = out;
  }

  write(text: string): this {
    if (text.length > SHORT) return this.#writeLong(text);
    if (this.#length + text.length > CHUNK) this.flush();
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= NON_ASCII) return this.#writeLong(text);
      bytes[at++] = unit;
    }
    this.#length = at;
    return this;
  }

  /** Text that is encoded already, at most `CHUNK` bytes of it. */
  bytes(encoded: Uint8Array, start: number, end: number): void {
    if (this.#length + end - start > CHUNK) this.flush();
    this.#bytes.set(encoded.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  /** A whole number, in decimal digits. */
  number(value: number): this {
    if (value < 0 || value > 0x7fff_ffff || value !== Math.floor(value)) return this.write(String(value));
    let digits = 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
    if (this.#length + digits > CHUNK) this.flush();
    let at = this.#length + digits;
    this.#length = at;
    let rest = value | 0;
    while (digits-- > 0) {
      const tens = (rest / 10) | 0;
      this.#bytes[--at] = ZERO + rest - tens * 10;
      rest = tens;
    }
    return this;
  }

  #writeLong(text: string): this {
    const most = text.length * UTF8_MAX;
    if (this.#length + most > CHUNK) this.flush();
    if (most > CHUNK) this.#out.write(Buffer.from(text));
    else this.#length += this.#bytes.write(text, this.#length);
    return this;
  }

  flush(): void {
    if (this.#length === 0) return;
    this.#out.write(this.#bytes.subarray(0, this.#length));
    // What was written may still wait in the stream: its bytes are left alone.
    this.#bytes = Buffer.allocUnsafeSlow(CHUNK);
    this.#length = 0;
  }

  /** Resolves when all has gone to the system. */
  async end(): Promise<void> {
    this.flush();
    if (this.#out.writableLength > 0) await once(this.#out, 'drain');
  }
}
