import { ByteCollector } from './bytes.ts';

/** How much content the responses of a capture may keep. */
export interface ContentLimits {
  /** Bytes of one response. */
  message: number;
  /** Bytes of all responses of the capture together. */
  capture: number;
}

/** Collects the content of responses, one at a time for each connection, within limits for all of them. */
export class ContentBudget {
  readonly #message: number;
  #left: number;

  constructor({ message, capture }: ContentLimits) {
    this.#message = message;
    this.#left = capture;
  }

  /** For a response whose content is at least so long; `null` where it is too long. */
  open(length: number): Content | null {
    return length > Math.min(this.#message, this.#left) ? null : new Content(this);
  }

  /** Takes bytes for content that has `before` already. False where there is no room for them. */
  take(before: number, bytes: number): boolean {
    if (before + bytes > this.#message || bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  /** Content that is not kept after all. */
  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}

/** The content of one response, without its transfer coding. */
export class Content {
  readonly #budget: ContentBudget;
  #collected: ByteCollector | null = new ByteCollector();

  constructor(budget: ContentBudget) {
    this.#budget = budget;
  }

  /** The next bytes. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const collected = this.#collected;
    if (collected === null) return;
    if (this.#budget.take(collected.length, end - start)) collected.append(bytes, start, end);
    else this.drop();
  }

  /** Bytes are missing, or it is too long: none of it is kept. */
  drop(): void {
    this.#budget.giveBack(this.#collected?.length ?? 0);
    this.#collected = null;
  }

  /** All of it so far; `null` where it was dropped. */
  get bytes(): Uint8Array | null {
    const collected = this.#collected;
    // No larger than it has to be.
    return collected === null ? null : Uint8Array.from(collected.bytes.subarray(0, collected.length));
  }
}
