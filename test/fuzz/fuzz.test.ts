import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { check } from './check.ts';
import { makeInput, seedsOf } from './mutate.ts';
import { seedOfRun } from './random.ts';

// The runs are many and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

const fixtures = new URL('../fixtures/', import.meta.url);
const read = (folder: string, name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${folder}/${name}`, fixtures)));
const seeds = seedsOf(
  readdirSync(new URL('captures/', fixtures))
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .sort()
    .map((name) => read('captures', name)),
);

describe('inputs that once broke the decoder', () => {
  test.each(readdirSync(new URL('fuzz/', fixtures)))('%s', async (name) => {
    await check(read('fuzz', name));
  });
});

describe('the fuzzer', () => {
  test('a few hundred runs hold every promise', async () => {
    for (let run = 0; run < 300; run++) await check(makeInput(seeds, seedOfRun(1, run)));
  });

  test('makes the same input from the same seed, and another from another', () => {
    expect(Buffer.compare(makeInput(seeds, 5), makeInput(seeds, 5))).toBe(0);
    expect(Buffer.compare(makeInput(seeds, 5), makeInput(seeds, 6))).not.toBe(0);
  });
});
