/** The compiled `assembly/`. */
import { existsSync, readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../system/project-root.ts';
import { COMPILED_FROM } from './compiled-from.ts';
import { HASH_SECTION, hashOfSources } from './source-hash.ts';

/** What `assembly/index.ts` exports. */
export interface Assembly {
  memory: WebAssembly.Memory;
  linkLayer(bytes: number, etherTypeAt: number): void;
  pcap(tickNs: number, seconds: number, ns: number): void;
  pcapng(id: number, tickNs: number, high: number, low: number, baseNs: number): void;
  run(start: number, end: number, before: number): number;
  allocate(): number;
  insert(connection: number): void;
  remove(connection: number): void;
}

/** Where the build puts it. */
export const BINARY = path.join(projectRoot(), 'dist', 'harness', 'fast-path', 'fast-path.wasm');

/**
 * A fresh instance of the binary; `null` where there is none, or it was compiled from other sources than those that run here. The memory of
 * WebAssembly is little-endian: on other machines JavaScript's arrays would read other numbers in it.
 *
 * Nothing is awaited: while WebAssembly compiles in the background nothing else may be under way, and for a thread without work Node waits until V8's
 * compiler is through, which in turn may wait for that thread to collect garbage, forever (nodejs/node#54918).
 */
export function instantiate(file = BINARY): Assembly | null {
  if (endianness() !== 'LE' || !existsSync(file)) return null;
  const module = new WebAssembly.Module(readFileSync(file));
  const sources = COMPILED_FROM ?? hashOfSources(path.dirname(fileURLToPath(import.meta.url)));
  return hashIn(module) === sources ? (new WebAssembly.Instance(module, {}).exports as Assembly) : null;
}

function hashIn(module: WebAssembly.Module): string | null {
  const [section] = WebAssembly.Module.customSections(module, HASH_SECTION);
  return section === undefined ? null : new TextDecoder().decode(section);
}
