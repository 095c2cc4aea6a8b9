/** Numbers in the memory that the fast path shares with the rest, at places that `layout.ts` names. */
export class SharedMemory {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(buffer: ArrayBuffer) {
    this.bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  get(place: number): number {
    return this.#view.getInt32(place, true);
  }

  set(place: number, value: number): void {
    this.#view.setInt32(place, value, true);
  }

  getTime(place: number): number {
    return this.#view.getFloat64(place, true);
  }

  setTime(place: number, value: number): void {
    this.#view.setFloat64(place, value, true);
  }

  /** `count` numbers, one behind the other. */
  getAll(place: number, count: number): number[] {
    if (count === 1) return [this.get(place)];
    const numbers = [this.get(place), this.get(place + 4)];
    for (let index = 2; index < count; index++) numbers.push(this.get(place + index * 4));
    return numbers;
  }

  /** In the order of the bytes on the wire: four of an address, two of a port. */
  getWord(place: number): number {
    return this.#view.getInt32(place);
  }

  setWord(place: number, value: number): void {
    this.#view.setInt32(place, value);
  }

  getPort(place: number): number {
    return this.#view.getUint16(place);
  }

  setPort(place: number, value: number): void {
    this.#view.setUint16(place, value);
  }

  /** ASCII, and before it the number of characters. */
  setText(lengthAt: number, place: number, text: string): void {
    this.set(lengthAt, text.length);
    for (let index = 0; index < text.length; index++) this.bytes[place + index] = text.charCodeAt(index);
  }
}
