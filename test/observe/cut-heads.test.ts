import { describe, expect, it } from 'vitest';
import { observeAll } from '../../harness/compare/cell-result.ts';
import { toEvidence } from '../../harness/decode/cell-evidence.ts';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import { observations } from '../../harness/observe/index.ts';
import { fixtures } from '../packets/fixtures.ts';

async function observed(name: string): Promise<Record<string, unknown>> {
  const bytes = fixtures.find((fixture) => fixture.name.startsWith(`${name}.`))!.bytes;
  const { capture, connections } = await decodeFile(bytes);
  const values = observeAll(toEvidence(capture, connections), observations);
  return Object.fromEntries(Object.entries(values).map(([id, { value }]) => [id, value]));
}

/** What can't be known of heads that are not whole. */
const OF_FIELDS =
  /^(cache|coding|conditional|framing|keepalive|range)\.|^http\.(connection|version)$|^load\.(bytes|overhead-bytes)$|duplicate-date|self-request/;

describe('heads that the snap length cut', () => {
  it('say nothing of the fields that they may have had', async () => {
    const values = await observed('http-lines-cut');
    expect(Object.keys(values).filter((id) => OF_FIELDS.test(id))).toEqual([]);
    expect(values).toMatchObject({ 'http.statuses': '200 416 301', 'load.requests': 3, 'connections.reuse': 3 });
  });

  it('nor of why the connection was closed', async () => {
    expect(await observed('http-lines-cut')).not.toHaveProperty('close.cause');
    expect(await observed('http-status-99')).toHaveProperty('close.cause');
  });

  it('and where they are whole, they speak', async () => {
    const values = await observed('http-status-99');
    expect(Object.keys(values).filter((id) => OF_FIELDS.test(id)).length).toBeGreaterThan(5);
  });
});
