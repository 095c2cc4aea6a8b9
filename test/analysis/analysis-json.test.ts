/** What `analyze --json` writes of a connection that other connections tell about. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { analyze } from '../../harness/analysis/analyze.ts';
import { answer, ask, talk } from '../findings/talk.ts';
import { type Packet, pcap } from '../packets/captures.ts';

async function causesOf(packets: readonly Packet[]): Promise<string[]> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'wirematrix-json-'));
  try {
    const file = path.join(dir, 'capture.pcap');
    writeFileSync(file, pcap(packets));
    const parts: Buffer[] = [];
    const out = new Writable({
      write(part: Buffer, _encoding, done) {
        parts.push(Buffer.from(part));
        done();
      },
    });
    await analyze(file, { json: true }, out);
    const { connections } = JSON.parse(Buffer.concat(parts).toString()) as { connections: { closeCause: { cause: string } }[] };
    return connections.map(({ closeCause }) => closeCause.cause);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

it('an error closes no connection of a server that closes each', async () => {
  const closes = 'Connection: close\r\n';
  const visits = (headers: string) =>
    [answer(headers), answer(closes, { status: '404 Not Found' })].flatMap(
      (response, place) => talk([[ask(), response]], (one) => one.close('server'), { clientPort: 40_000 + place }).packets,
    );
  expect(await causesOf(visits(closes))).toEqual(['connection-close', 'connection-close']);
  expect(await causesOf(visits(''))).toEqual(['after-response', 'error-response']);
});
