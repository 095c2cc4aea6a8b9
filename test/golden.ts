import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const FOLDER = fileURLToPath(new URL('./golden/', import.meta.url));

/** Compares with a file in `test/golden/`; UPDATE_GOLDEN=1 writes it instead. */
export function expectGolden(name: string, content: string): void {
  const file = path.join(FOLDER, name);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  expect(content).toBe(readFileSync(file, 'utf8'));
}
