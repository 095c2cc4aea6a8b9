import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** SHA-256 of all that the binary depends on: `layout.ts`, which TypeScript reads too, `assembly/`, and the compiler's options. `folder`: `harness/fast-path` of the sources. */
export function hashOfSources(folder: string): string {
  const sources = readdirSync(path.join(folder, 'assembly')).map((name) => path.join('assembly', name));
  // Where the build has noted the hash nobody calls this, and loading the module takes as long as a small capture.
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  for (const name of ['asconfig.json', 'layout.ts', ...sources.sort()])
    hash.update(`${name}\n`).update(readFileSync(path.join(folder, name)));
  return hash.digest('hex');
}

/** The custom section of the binary (WebAssembly Core Specification §5.5.3) that has the hash of its sources. */
export const HASH_SECTION = 'source-hash';
