import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { unableHere } from '../system/coded-error.ts';
import { reasonOf } from '../system/reason.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';

/** Up to this many bytes wait in memory. */
const IN_MEMORY = 1 << 20;
/** Bytes of the largest piece that is read. */
const PIECE = 1 << 16;

/** Holds text that is written before its turn: in memory first, then in a temporary file, so that memory does not grow with the capture. */
export class Spool extends Writable {
  #chunks: Buffer[] = [];
  #waiting = 0;
  #file: number | null = null;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting > IN_MEMORY) this.#toFile();
    done();
  }

  /** Gives what was written to `take`, in order and in pieces of 64 KiB at most. @throws CodedError (unable-here) where the disk is full */
  read(take: (bytes: Uint8Array) => void): void {
    if (this.#file !== null) {
      this.#toFile();
      for (let position = 0; ; ) {
        const chunk = Buffer.allocUnsafe(PIECE);
        const count = readSync(this.#file, chunk, 0, chunk.length, position);
        if (count === 0) return;
        position += count;
        take(chunk.subarray(0, count));
      }
    }
    for (const chunk of this.#chunks) for (let at = 0; at < chunk.length; at += PIECE) take(chunk.subarray(at, at + PIECE));
  }

  /** Closes the temporary file, which frees its space; `read` need not have been called. */
  dispose(): void {
    if (this.#file === null) return;
    closeSync(this.#file);
    this.#file = null;
  }

  #toFile(): void {
    const file = this.#file ?? openNameless();
    this.#file = file;
    try {
      for (const chunk of this.#chunks) for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
    } catch (error) {
      throw unableHere(
        `a temporary file can't be written: ${reasonOf(error)}; free some space in ${os.tmpdir()}, or name another place by the environment variable TMPDIR`,
      );
    }
    this.#chunks = [];
    this.#waiting = 0;
  }
}

/** A temporary file that goes on without its name, so that nothing is left however this process ends. */
function openNameless(): number {
  const folder = temporaryFolder('wirematrix-analyze-');
  try {
    return openSync(path.join(folder.path, 'spool'), 'w+');
  } finally {
    folder.removeNow();
  }
}
