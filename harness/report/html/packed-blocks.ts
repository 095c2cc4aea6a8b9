/** Data that the page unpacks when a view asks for them: several records share a block, packed by gzip, since those of neighbouring cells have much in common. */
import { packedBlock } from './document.ts';
import type { PlaceInBlocks } from './page-format.ts';

/** Bytes of the records in a block, before they are packed: it is unpacked as a whole for one of them. */
const BLOCK_BYTES = 384 * 1024;

export class PackedBlocks {
  /** The first part of the blocks' ids. */
  readonly #name: string;
  readonly #blocks: string[] = [];
  #records: Uint8Array[] = [];
  #recordBytes = 0;
  #bytes = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Bytes that the full blocks take in the page. */
  get bytes(): number {
    return this.#bytes;
  }

  add(record: Uint8Array): PlaceInBlocks {
    const place: PlaceInBlocks = [this.#blocks.length, this.#recordBytes, this.#recordBytes + record.length];
    this.#records.push(record);
    this.#recordBytes += record.length;
    if (this.#recordBytes >= BLOCK_BYTES) this.#pack();
    return place;
  }

  /** All blocks for the page. Once. */
  end(): string[] {
    this.#pack();
    return this.#blocks;
  }

  #pack(): void {
    if (this.#records.length === 0) return;
    const block = packedBlock(`${this.#name}-${this.#blocks.length}`, Buffer.concat(this.#records));
    this.#blocks.push(block);
    this.#bytes += block.length;
    this.#records = [];
    this.#recordBytes = 0;
  }
}
