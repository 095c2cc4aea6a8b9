import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { type TemporaryFolder, temporaryFolder } from '../system/temporary-folder.ts';

/** Up to this many bytes wait in memory. */
const IN_MEMORY = 1 << 20;
/** Bytes of the largest piece that is read. */
const PIECE = 1 << 16;

/** Holds text that is written before its turn: in memory first, then in a temporary file, so that memory does not grow with the capture. */
export class Spool extends Writable {
  #chunks: Buffer[] = [];
  #waiting = 0;
  #file: { folder: TemporaryFolder; descriptor: number } | null = null;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting > IN_MEMORY) this.#toFile();
    done();
  }

  /** Gives what was written to `take`, in order and in pieces. */
  read(take: (bytes: Uint8Array) => void): void {
    if (this.#file !== null) {
      this.#toFile();
      let position = 0;
      for (;;) {
        const chunk = Buffer.allocUnsafe(PIECE);
        const count = readSync(this.#file.descriptor, chunk, 0, chunk.length, position);
        if (count === 0) return;
        position += count;
        take(chunk.subarray(0, count));
      }
    }
    for (const chunk of this.#chunks) for (let at = 0; at < chunk.length; at += PIECE) take(chunk.subarray(at, at + PIECE));
  }

  /** Removes the temporary file, if there is one. */
  dispose(): void {
    if (this.#file === null) return;
    closeSync(this.#file.descriptor);
    this.#file.folder.removeNow();
    this.#file = null;
  }

  #toFile(): void {
    if (this.#file === null) {
      const folder = temporaryFolder('wirematrix-analyze-');
      this.#file = { folder, descriptor: openSync(path.join(folder.path, 'spool'), 'w+') };
    }
    for (const chunk of this.#chunks) writeSync(this.#file.descriptor, chunk);
    this.#chunks = [];
    this.#waiting = 0;
  }
}
