/** What the page holds of a cell's packets. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCapture } from '../../harness/capture-file/read-capture.ts';
import type { RunResult } from '../../harness/compare/run-result.ts';
import { readEvidence } from '../../harness/decode/cell-evidence.ts';
import { cutCapture } from '../../harness/report/html/cut-capture.ts';
import { renderHtml } from '../../harness/report/html.ts';
import { madeRun } from './made-run.ts';
import { packedDataOf } from './page-blocks.ts';

let dir = '';
let run: RunResult;

beforeAll(async () => {
  ({ dir, run } = await madeRun());
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const captureOf = ({ capture }: { capture: string }): Promise<Uint8Array> => Promise.resolve(readFileSync(path.join(dir, capture)));

interface Length {
  captured: number;
  original: number;
}

async function lengthsOf(capture: Uint8Array): Promise<Length[]> {
  const lengths: Length[] = [];
  await readCapture(capture, ({ start, end, originalLength }) => lengths.push({ captured: end - start, original: originalLength }));
  return lengths;
}

describe('a capture cut for the page', () => {
  it.each(['plain', 'evil'])('of %s has every frame, its headers and heads whole, and little of the bodies', async (server) => {
    const file = path.join(dir, 'captures', server, 'chromium', 'first-visit.pcapng');
    const evidence = await readEvidence(file, { frames: true });
    const whole = readFileSync(file);
    const cut = cutCapture(whole, evidence) ?? new Uint8Array();
    const [before, after] = [await lengthsOf(whole), await lengthsOf(cut)];
    expect(after.map(({ original }) => original)).toEqual(before.map(({ original }) => original));
    const again = await readEvidenceOf(cut);
    expect(again.sectionComments).toEqual(evidence.capture.sectionComments);
    expect(again.frameComments).toEqual(evidence.capture.frameComments);
    for (const { request, response } of evidence.exchanges) {
      for (const message of [request, response]) {
        if (!message) continue;
        const [frame] = message.frames;
        const { captured = 0, original = 0 } = after[frame - 1] ?? {};
        // These messages are of one segment each: 54 bytes of headers stand before it.
        expect(captured).toBe(Math.min(original, 54 + message.headBytes + 32));
      }
    }
  });

  it('is left out where it is no file of a lane', async () => {
    const evidence = await readEvidence(path.join(dir, 'captures/plain/chromium/first-visit.pcapng'), { frames: true });
    expect(cutCapture(new Uint8Array(Buffer.from('no capture at all')), evidence)).toBeNull();
  });

  it('is in the page for each cell that was observed, and for none where the report is given no captures', async () => {
    const input = { run, found: [], language: 'en' as const, linksOf: () => ({ capture: null, har: null }) };
    const evidenceOf = (cell: { capture: string }): ReturnType<typeof readEvidence> =>
      readEvidence(path.join(dir, cell.capture), { frames: true });
    const packetsIn = async (page: Promise<string>): Promise<unknown[]> =>
      packedDataOf<{ packets: unknown[] }>(await page, 'index').packets;
    const withPackets = await packetsIn(renderHtml({ ...input, evidenceOf, captureOf }));
    expect(withPackets.length).toBe(run.cells.length);
    expect(withPackets).not.toContain(null);
    expect((await packetsIn(renderHtml({ ...input, evidenceOf }))).every((one) => one === null)).toBe(true);
  });
});

async function readEvidenceOf(capture: Uint8Array): Promise<{ sectionComments: string[]; frameComments: { text: string }[] }> {
  return readCapture(capture, () => {});
}
