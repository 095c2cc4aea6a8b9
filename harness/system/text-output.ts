import { once } from 'node:events';
import type { Writable } from 'node:stream';

const CHUNK = 1 << 16;
/** Up to this length characters are copied one by one: a call into the runtime takes longer. */
const SHORT = 64;
/** Bytes of a UTF-16 unit in UTF-8, at most. */
const UTF8_MAX = 3;
/** Digits of a number below 2^31, at most. */
const DIGITS_MAX = 10;
const ZERO = 48;
const NON_ASCII = 128;

/**
 * Gathers text as bytes into larger writes. Joining strings would make a dozen short-lived ones for each line.
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
  bytes(encoded: Uint8Array): void {
    if (this.#length + encoded.length > CHUNK) this.flush();
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  /** A whole number, in decimal digits. */
  number(value: number): this {
    if (value < 0 || value > 0x7fff_ffff || value !== Math.floor(value)) return this.write(String(value));
    if (this.#length + DIGITS_MAX > CHUNK) this.flush();
    let rest = value | 0;
    let digits = 1;
    for (let power = 10; power <= rest; power *= 10) digits++;
    const bytes = this.#bytes;
    let at = this.#length + digits;
    this.#length = at;
    while (digits-- > 0) {
      const tens = (rest / 10) | 0;
      bytes[--at] = ZERO + rest - tens * 10;
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
    // The stream may still hold the old buffer.
    this.#bytes = Buffer.allocUnsafeSlow(CHUNK);
    this.#length = 0;
  }

  /** Resolves when everything has been handed to the operating system. */
  async end(): Promise<void> {
    this.flush();
    if (this.#out.writableLength > 0) await once(this.#out, 'drain');
  }
}
