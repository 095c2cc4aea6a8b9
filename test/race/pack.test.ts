import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { keepPackets } from '../../harness/capture-file/keep-packets.ts';
import { toEvidence } from '../../harness/decode/cell-evidence.ts';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import { raceOf } from '../../harness/race/judge/hops.ts';
import { packRace } from '../../harness/race/judge/pack.ts';
import { hopsOf } from '../../harness/report/race/race-ladders.ts';
import { madeRace } from '../report/made-race.ts';

const CAPTURE = path.join(import.meta.dirname, '../fixtures/runs/idle/captures/express/probe/idle-used.pcapng');

it('keeps the packets that are asked for, and counts no others', async () => {
  const whole = await readFile(CAPTURE);
  const { capture } = await decodeFile(keepPackets(whole, (frame) => frame <= 3));
  expect([capture.frames, capture.received]).toEqual([3, null]);
  expect(() => keepPackets(whole.subarray(0, whole.length - 4), () => true)).toThrow(/is not whole/);
});

it('packs of each example the connections that it names, and names their frames', async () => {
  const { dir, result } = await madeRace();
  try {
    const read = (capture: string) => readFile(path.join(dir, capture));
    const packed = await packRace(result, read);
    const pairs = packed.result.pairs.filter(({ example }) => example !== null);
    expect(pairs.map(({ server, method }) => `${server} ${method}`)).toEqual(['express GET', 'express POST']);
    for (const pair of pairs) {
      const bytes = packed.captures.get(pair.example!.capture)!;
      expect(bytes.length).toBeLessThan((await read(result.pairs[0]!.example!.capture)).length);
      const { capture, connections, frames = [] } = await decodeFile(bytes, { frames: true });
      const [race, client, repeat] = hopsOf(pair, { ...toEvidence(capture, connections), frames });
      expect([race?.of, client?.of, repeat?.of]).toEqual(['race', 'client', pair.method === 'GET' ? 'repeat' : undefined]);
      const { request, close, reset } = pair.example!.detail;
      expect(raceOf({ ...race!, request: race!.exchange.request! })).toMatchObject({ close, reset });
      expect(race?.frame).toBe(request);
      // What else was in the capture is not.
      expect(connections.length).toBe(pair.method === 'GET' ? 3 : 2);
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});
