import { describe, expect, it } from 'vitest';
import type { CapturedPacket } from '../../harness/capture-file/captured-packet.ts';
import type { RunningCapture } from '../../harness/lab/capture/backend.ts';
import { redacting } from '../../harness/lab/redact.ts';

const packet = (text: string): CapturedPacket => ({ epochNs: 0n, originalLength: text.length, bytes: Buffer.from(text, 'latin1') });
const capture = (...texts: string[]): RunningCapture => ({
  linkType: 1,
  now: () => 7n,
  stop: async () => ({ received: 1, dropped: 0 }),
  packets: (async function* () {
    yield texts.map(packet);
  })(),
});

async function texts(of: RunningCapture): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of of.packets) found.push(...batch.map(({ bytes }) => Buffer.from(bytes).toString('latin1')));
  return found;
}

describe('redacting', () => {
  it('covers each secret wherever it is whole in a packet, and changes no length', async () => {
    const covered = redacting(capture('a s3cret b s3cret', 'none'), ['s3cret', '']);
    expect(await texts(covered)).toEqual(['a ****** b ******', 'none']);
    expect(covered.now()).toBe(7n);
  });

  it('leaves the capture as it is without secrets', () => {
    const plain = capture('x');
    expect(redacting(plain, [''])).toBe(plain);
  });
});
