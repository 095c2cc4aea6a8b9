import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { factsOf } from '../../harness/claims/facts.ts';
import { judgeClaims, ranOnly } from '../../harness/claims/index.ts';
import { ownCaptures, strayCaptures } from '../../harness/results/own-captures.ts';

const FIXTURES = path.join(import.meta.dirname, '..', 'fixtures', 'captures');
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'own-captures-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const put = (fixture: string, as: string) => copyFile(path.join(FIXTURES, fixture), path.join(dir, as));

describe('captures of one’s own', () => {
  it('are cells named by their files; the names of the reports are understood', async () => {
    await put('python-http.pcap', 'http.server__Chrome.pcap');
    await put('node-http.pcap', 'NodeJS__IE.pcap');
    const cells = await ownCaptures(dir);
    expect(cells.map(({ id }) => id)).toEqual(['express/ie11/capture', 'python-http/chromium/capture']);
    expect(cells.every(({ evidence }) => evidence.exchanges.length > 0)).toBe(true);
  });

  it('meet the needs of claims whatever the scenario, Edge in place of Chromium too', async () => {
    await put('python-http.pcap', 'python-http__edge.pcap');
    const facts = factsOf(await ownCaptures(dir), new Map());
    expect(facts.find({ server: 'python-http', client: 'chromium', scenario: 'reload' })?.id).toBe('python-http/edge/capture');
    expect(ranOnly(judgeClaims(facts), facts).map(({ claim }) => claim.id)).toEqual(['R2.1', 'R2.2']);
  });

  it('may be listed in a manifest with scenario and port', async () => {
    await put('node-http.pcap', 'a.pcap');
    const manifest = { captures: [{ file: 'a.pcap', server: 'iis', browser: 'edge', scenario: 'close', port: 8080 }] };
    await writeFile(path.join(dir, 'manifest.json'), JSON.stringify(manifest));
    expect((await ownCaptures(dir)).map(({ id }) => id)).toEqual(['iis/edge/close']);
  });

  it('that no claim can be about are named, with what was probably meant', async () => {
    for (const name of ['ngnix__chrome.pcap', 'express__netscape.pcap', 'visit.pcapng', 'express__chrome.pcap', 'notes.txt'])
      await put('python-http.pcap', name);
    expect(await strayCaptures(dir, ['nginx', 'express'], ['chromium', 'firefox'])).toEqual([
      'express__netscape.pcap: there is no browser "netscape"',
      'ngnix__chrome.pcap: there is no server "ngnix"; did you mean nginx?',
      'visit.pcapng: its name is not <server>__<browser>.pcapng',
    ]);
  });

  it('a folder without any, a bad manifest and a file that is no capture are reported', async () => {
    await expect(ownCaptures(dir)).rejects.toThrow(/<server>__<browser>/);
    await expect(ownCaptures(path.join(dir, 'not-there'))).rejects.toThrow(/can't read the folder/);
    await writeFile(path.join(dir, 'a__b.pcap'), 'no capture');
    await expect(ownCaptures(dir)).rejects.toThrow(/a__b\.pcap/);
    await writeFile(path.join(dir, 'manifest.json'), '{"captures": [{}]}');
    await expect(ownCaptures(dir)).rejects.toThrow(/captures\.0\.file/);
  });
});
