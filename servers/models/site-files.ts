import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

/** One file that a model serves. */
export interface StoredFile {
  name: string;
  /** With the dot. */
  extension: string;
  bytes: Buffer;
  /** Seconds since the epoch. */
  modified: number;
}

/** The files in a folder by name, without its subfolders. Read once: a model serves what was there when it started. */
export function readSite(folder: string): Map<string, StoredFile> {
  const files = new Map<string, StoredFile>();
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = statSync(path);
    if (stat.isFile()) {
      files.set(name, { name, extension: extname(name), bytes: readFileSync(path), modified: Math.floor(stat.mtimeMs / 1000) });
    }
  }
  return files;
}

/** The path of a request, percent-decoded to Latin-1; `null` where an escape is malformed. */
export function decodePath(path: string): string | null {
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return null;
  return path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The bytes in pieces of at most `size`, as a server writes a file through a buffer of that size. */
export function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
