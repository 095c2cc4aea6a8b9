/**
 * Start lines and field lines are most often those of an earlier message, byte for byte: a client repeats its own, and a server nearly all of them.
 * The meaning of the last ones is kept, so that bytes that begin with one of them need not be read again.
 */

/** Byte sequences that are kept; the one that was found last is tried first. */
const ENTRIES = 6;
/** Longer ones are read anew each time: keeping them would cost more memory than it saves time. */
const BYTES_MAX = 2048;

/** Bytes seen before: how many they are, and what they mean. */
export interface Known<T> {
  readonly length: number;
  readonly value: T;
}

interface Entry<T> extends Known<T> {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** What the last few byte sequences meant. */
export class RecentBytes<T> {
  readonly #entries: Entry<T>[] = [];

  /** What `bytes[start, end)` begins with, where that is known. */
  find(bytes: Uint8Array, start: number, end: number): Known<T> | null {
    const entries = this.#entries;
    for (let place = 0; place < entries.length; place++) {
      const entry = entries[place]!;
      if (entry.length > end - start || !beginsWith(entry, bytes, start)) continue;
      if (place > 0) {
        entries[place] = entries[place - 1]!;
        entries[place - 1] = entry;
      }
      return entry;
    }
    return null;
  }

  /** Keeps what `bytes[start, end)` means, and forgets what has not been found for longest. */
  keep(bytes: Uint8Array, start: number, end: number, value: T): void {
    const length = end - start;
    if (length > BYTES_MAX || length < 1) return;
    // Not `slice`, which shares memory in a Buffer: the next read would overwrite it.
    const own = new Uint8Array(length);
    own.set(bytes.subarray(start, end));
    const entry: Entry<T> = { length, value, bytes: own, view: new DataView(own.buffer) };
    this.#entries.unshift(entry);
    if (this.#entries.length > ENTRIES) this.#entries.pop();
  }
}

let viewed: Uint8Array | null = null;
let view: DataView = new DataView(new ArrayBuffer(0));

/** Compares four bytes at a time, from the end on: what differs (dates, tags, lengths) is seldom in the first lines. */
function beginsWith({ bytes: known, view: knownView, length }: Entry<unknown>, bytes: Uint8Array, start: number): boolean {
  // The capture's read buffer is the same object for thousands of segments: they share one view.
  if (bytes !== viewed) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  const current = view;
  let at = length;
  while (at >= 4) {
    at -= 4;
    if (knownView.getInt32(at, true) !== current.getInt32(start + at, true)) return false;
  }
  while (at > 0) {
    at--;
    if (known[at] !== bytes[start + at]) return false;
  }
  return true;
}
