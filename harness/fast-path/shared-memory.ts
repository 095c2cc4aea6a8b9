/** Numbers in the memory that TypeScript and WebAssembly share, at places that `layout.ts` names. */
export class SharedMemory {
  readonly bytes: Uint8Array;
  // Elements of arrays are read at once, and a DataView's numbers by a call, before V8 has compiled what reads them.
  readonly #integers: Int32Array;
  readonly #numbers: Float64Array;
  readonly #view: DataView;

  constructor(buffer: ArrayBuffer) {
    this.bytes = new Uint8Array(buffer);
    this.#integers = new Int32Array(buffer);
    this.#numbers = new Float64Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** An integer of 32 bits. */
  get(place: number): number {
    return this.#integers[place >> 2]!;
  }

  set(place: number, value: number): void {
    this.#integers[place >> 2] = value;
  }

  /** A number of 64 bits, as times and byte counts are. */
  getTime(place: number): number {
    return this.#numbers[place >> 3]!;
  }

  setTime(place: number, value: number): void {
    this.#numbers[place >> 3] = value;
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
