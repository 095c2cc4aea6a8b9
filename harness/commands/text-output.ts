import { once } from 'node:events';
import type { Writable } from 'node:stream';

const CHUNK = 1 << 15;

/** Gathers text into larger writes. A reader that went away (`| head`) ends the program without a word, as is the custom. */
export class TextOutput {
  readonly #out: Writable;
  #text = '';

  constructor(out: Writable) {
    this.#out = out;
    out.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }

  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= CHUNK) this.flush();
  }

  flush(): void {
    // As bytes: a stream that holds the text back would keep the thousands of strings that it was put together from.
    if (this.#text !== '') this.#out.write(Buffer.from(this.#text));
    this.#text = '';
  }

  /** Resolves when all has gone to the system. */
  async end(): Promise<void> {
    this.flush();
    if (this.#out.writableLength > 0) await once(this.#out, 'drain');
  }
}
