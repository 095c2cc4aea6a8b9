import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cutPackets } from '../../harness/capture-file/cut-packets.ts';
import { readEvidence } from '../../harness/decode/cell-evidence.ts';
import { decodeFile } from '../../harness/decode/decode-capture.ts';

const CAPTURE = path.join(import.meta.dirname, '../fixtures/runs/idle/captures/express/probe/idle-used.pcapng');

describe('cutPackets', () => {
  it('keeps frames, times, comments, sizes and the end; only bytes of packets go', async () => {
    const whole = await readFile(CAPTURE);
    const cut = cutPackets(whole, 90);
    expect(cut.length).toBeLessThan(whole.length);
    const [before, after] = await Promise.all([decodeFile(whole), decodeFile(cut)]);
    const { undecoded, ...rest } = after.capture;
    expect({ ...rest, undecoded: {} }).toEqual(before.capture);
    expect(undecoded['cut-by-snap-length']).toBeGreaterThan(0);
    expect(
      after.connections.map(({ frameCount, startNs, endNs, sides }) => [frameCount, startNs, endNs, sides.server.payloadBytes]),
    ).toEqual(before.connections.map(({ frameCount, startNs, endNs, sides }) => [frameCount, startNs, endNs, sides.server.payloadBytes]));
  });

  it('leaves a capture alone whose packets are shorter', async () => {
    const whole = await readFile(CAPTURE);
    expect(Buffer.compare(cutPackets(whole, 100_000), whole)).toBe(0);
  });

  it('refuses one that ends within a block', async () => {
    const whole = await readFile(CAPTURE);
    expect(() => cutPackets(whole.subarray(0, whole.length - 4), 90)).toThrow(/the block at byte \d+ is not whole/);
  });

  it('is read like any capture', async () => {
    expect((await readEvidence(CAPTURE)).header?.server).toBe('express');
  });
});
