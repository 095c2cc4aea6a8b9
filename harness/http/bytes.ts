/** Bytes collected from several segments. `clear` frees the memory, so that an idle connection keeps none. */
export class ByteCollector {
  #store: Buffer | null = null;
  length = 0;

  get bytes(): Buffer {
    return this.#store ?? EMPTY;
  }

  /** Makes room for so many bytes, where it is known how many will come. */
  reserve(count: number): void {
    this.#store = Buffer.allocUnsafeSlow(count);
  }

  /** The bytes, in memory that is no larger than they are. */
  exact(): Uint8Array {
    const { bytes, length } = this;
    return bytes.length === length ? bytes : Uint8Array.prototype.slice.call(bytes, 0, length);
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.length + end - start;
    if (this.#store === null || this.#store.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.length, 512));
      this.#store?.copy(larger, 0, 0, this.length);
      this.#store = larger;
    }
    this.#store.set(bytes.subarray(start, end), this.length);
    this.length = needed;
  }

  clear(): void {
    this.#store = null;
    this.length = 0;
  }
}

const EMPTY = Buffer.alloc(0);

let viewed: Uint8Array | null = null;
let view: Buffer = EMPTY;

/** `bytes[start, end)` as a string with one character for each byte. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  // The capture's read buffer is the same object for thousands of segments: they share one view.
  if (bytes !== viewed) {
    viewed = bytes;
    view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  return view.toString('latin1', start, end);
}
