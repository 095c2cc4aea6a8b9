/** Numbers in the memory that TypeScript and WebAssembly share, at places that `layout.ts` names. */
export class SharedMemory {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(buffer: ArrayBuffer) {
    this.bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** An integer of 32 bits. */
  get(place: number): number {
    return this.#view.getInt32(place, true);
  }

  set(place: number, value: number): void {
    this.#view.setInt32(place, value, true);
  }

  /** A number of 64 bits, as times and byte counts are. */
  getTime(place: number): number {
    return this.#view.getFloat64(place, true);
  }

  setTime(place: number, value: number): void {
    this.#view.setFloat64(place, value, true);
  }

  /** `count` integers in a row. */
  getAll(place: number, count: number): number[] {
    if (count === 1) return [this.get(place)];
    const numbers = [this.get(place), this.get(place + 4)];
    for (let index = 2; index < count; index++) numbers.push(this.get(place + index * 4));
    return numbers;
  }

  /** Four bytes of an address, as on the wire. */
  setWord(place: number, value: number): void {
    this.#view.setInt32(place, value);
  }

  /** As on the wire. */
  setPort(place: number, value: number): void {
    this.#view.setUint16(place, value);
  }
}
