import { readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Bytes of a chunk, the last one excepted. */
export const CHUNK_BYTES = 1024 * 1024;
/** After so many bytes others get their turn: signals, timers, output. */
const YIELD_BYTES = 16 * CHUNK_BYTES;

/**
 * Reads an open regular file from its start into `bytes[at, at + CHUNK_BYTES)`, and has each chunk taken before the next comes. It reads on this thread: the bytes then lie in the cache of the
 * core that looks at them, which costs less than waiting for a thread that reads ahead (the kernel does that anyway).
 * @param take gets the length of the chunk
 */
export async function readChunks(fd: number, bytes: Uint8Array, at: number, take: (length: number) => void): Promise<void> {
  for (let position = 0; ; ) {
    const read = readSync(fd, bytes, at, CHUNK_BYTES, position);
    if (read === 0) return;
    position += read;
    take(read);
    if (position % YIELD_BYTES < CHUNK_BYTES) await nextTurn();
  }
}
