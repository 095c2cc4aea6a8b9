import { once } from 'node:events';
import type { Writable } from 'node:stream';

const CHUNK = 1 << 16;

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
    if (this.#text !== '') this.#out.write(this.#text);
    this.#text = '';
  }

  /** Resolves when all has gone to the system. */
  async end(): Promise<void> {
    this.flush();
    if (this.#out.writableLength > 0) await once(this.#out, 'drain');
  }
}
