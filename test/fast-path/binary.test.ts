import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINARY, instantiate } from '../../harness/fast-path/binary.ts';
import { hashOfSources } from '../../harness/fast-path/source-hash.ts';
import { projectRoot } from '../../harness/system/project-root.ts';

const SOURCES = path.join(projectRoot(), 'harness', 'fast-path');
const built = readFileSync(BINARY);
const hash = hashOfSources(SOURCES);
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wirematrix-binary-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(bytes: Uint8Array): string {
  const file = path.join(folder, 'fast-path.wasm');
  writeFileSync(file, bytes);
  return file;
}

describe('a binary', () => {
  it('that was built from these sources is used', () => {
    expect(instantiate(BINARY), 'npm run build compiles it').not.toBeNull();
  });

  it('that was built from other sources is not used', () => {
    const at = built.indexOf(hash);
    expect(at).toBeGreaterThan(0);
    const other = Buffer.from(built);
    other.write(hash[0] === '0' ? '1' : '0', at);
    expect(instantiate(write(other))).toBeNull();
  });

  it('without a hash is not used', () => {
    const sectionBytes = 3 + 'source-hash'.length + hash.length;
    expect(instantiate(write(built.subarray(0, built.length - sectionBytes)))).toBeNull();
  });

  it('that is missing is not used', () => {
    expect(instantiate(path.join(folder, 'none.wasm'))).toBeNull();
  });
});

describe('the hash of the sources', () => {
  it.each(['layout.ts', 'asconfig.json', 'assembly/index.ts', 'assembly/sequence.ts'])('changes with %s', (name) => {
    const copy = path.join(folder, 'sources');
    cpSync(SOURCES, copy, { recursive: true });
    expect(hashOfSources(copy)).toBe(hash);
    writeFileSync(path.join(copy, name), `${readFileSync(path.join(copy, name), 'utf8')}\n`);
    expect(hashOfSources(copy)).not.toBe(hash);
  });

  it('is what the build wrote into the code that loads the binary', () => {
    const compiled = readFileSync(path.join(path.dirname(BINARY), 'compiled-from.js'), 'utf8');
    expect(compiled).toContain(hash);
  });
});
