import { ByteCollector } from './bytes.ts';

/** How much content the responses of a capture may keep. */
export interface ContentLimits {
  /** Bytes of one response. */
  message: number;
  /** Bytes of all responses of the capture together. */
  capture: number;
}

/** Bytes that the content of responses may take, all of them together. */
export class ContentBudget {
  readonly #message: number;
  #left: number;

  constructor({ message, capture }: ContentLimits) {
    this.#message = message;
    this.#left = capture;
  }

  /** For a response whose content is so long; 0: it is not known. `null` where there is no room for it. */
  open(length: number): Content | null {
    return this.take(0, length) ? new Content(this, length) : null;
  }

  /** Takes bytes for content that has `before` already. False where there is no room for them. */
  take(before: number, bytes: number): boolean {
    if (before + bytes > this.#message || bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  /** Bytes that are not needed after all. */
  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}

/** The content of one response under way, without its transfer coding. */
export class Content {
  readonly #budget: ContentBudget;
  readonly #collected = new ByteCollector();
  /** Bytes that it has of the budget. */
  #taken: number;
  #isDropped = false;

  constructor(budget: ContentBudget, length: number) {
    this.#budget = budget;
    this.#taken = length;
    if (length > 0) this.#collected.reserve(length);
  }

  /** The next bytes. */
  add(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isDropped) return;
    const more = this.#collected.length + end - start - this.#taken;
    if (more <= 0 || this.#budget.take(this.#taken, more)) {
      this.#taken += Math.max(0, more);
      this.#collected.append(bytes, start, end);
    } else this.drop();
  }

  /** Bytes are missing, or it is too long: none of it is kept. */
  drop(): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    this.#budget.giveBack(this.#taken);
    this.#collected.clear();
  }

  /** There is no more of it. Gives all that came; `null` where it was dropped. */
  end(): Uint8Array | null {
    if (this.#isDropped) return null;
    this.#budget.giveBack(this.#taken - this.#collected.length);
    return this.#collected.exact();
  }
}
