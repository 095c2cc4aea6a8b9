import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPcapngWriter } from '../../harness/capture-file/pcapng-writer.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-writer-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = { linkType: 1, interfaceName: 'lo', comments: ['hello'] };
const end = { endEpochNs: 10n, received: 1, dropped: 0 };

/** Types of the blocks, walked by their lengths. */
function blockTypes(file: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) types.push(file.readUInt32LE(at));
  return types;
}

test('writes section, interface, packets in order and statistics, and makes the folder', async () => {
  const file = path.join(folder, 'a/b/c.pcapng');
  const writer = await createPcapngWriter(file, options);
  // More than one flush.
  const writes = Array.from({ length: 1000 }, (_, i) =>
    writer.write({ epochNs: BigInt(i), originalLength: 1000, bytes: Buffer.alloc(1000, i % 256) }, i === 3 ? ['step'] : []),
  );
  await Promise.all(writes);
  await writer.end(end);
  const bytes = await readFile(file);
  expect(blockTypes(bytes)).toEqual([0x0a0d0d0a, 1, ...Array(1000).fill(6), 5]);
  expect(bytes.includes('step')).toBe(true);
});

test('says that a closed file is closed', async () => {
  const file = path.join(folder, 'closed.pcapng');
  const writer = await createPcapngWriter(file, options);
  await writer.end(end);
  await expect(writer.write({ epochNs: 1n, originalLength: 0, bytes: Buffer.alloc(0) })).rejects.toThrow(
    `can't write the capture ${file}: it has been closed`,
  );
  await expect(writer.end(end)).rejects.toThrow('it has been closed');
});

test('says that a folder is no file', async () => {
  await expect(createPcapngWriter(folder, options)).rejects.toThrow(`can't write the capture ${folder}: it is a folder`);
});

test.skipIf(!existsSync('/dev/full'))('says that the disk is full, at the write or at the end', async () => {
  const small = await createPcapngWriter('/dev/full', options);
  await expect(small.end(end)).rejects.toThrow("can't write the capture /dev/full: the disk is full");

  const large = await createPcapngWriter('/dev/full', options);
  const packet = { epochNs: 1n, originalLength: 1 << 19, bytes: Buffer.alloc(1 << 19) };
  await expect(large.write(packet)).rejects.toThrow('the disk is full');
  await expect(large.write(packet)).rejects.toThrow('the disk is full');
  await expect(large.end(end)).rejects.toThrow('the disk is full');
});
