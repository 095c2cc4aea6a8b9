import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseThresholds, raceReasons, splitThresholds } from '../../harness/race/judge/gate.ts';
import type { Pair } from '../../harness/race/judge/pair.ts';
import { earlierPairsBeside, readEarlierPairs } from '../../harness/race/judge/race-file.ts';
import { wilson } from '../../harness/race/judge/statistics.ts';
import { RACE_WORDS } from '../../harness/report/race/race-catalogue.ts';
import { gateTexts } from '../../harness/report/race/race-rows.ts';

const pair = (lost: number, tried: number, more: Partial<Pair> = {}): Pair => ({
  upstream: 'requests',
  server: 'yours',
  method: 'POST',
  upstreamIdleS: null,
  serverIdleS: 6,
  predicted: 'races',
  marginS: null,
  because: 'timers',
  ends: null,
  tried,
  onIdle: tried,
  raced: lost,
  unsent: 0,
  near: 0,
  answered: tried - lost,
  repeated: 0,
  failed: lost > 0 ? { ConnectionError: lost } : {},
  otherwise: {},
  lostShare: wilson(lost, tried),
  verdict: lost > 0 ? 'races' : 'not-shown',
  example: null,
  state: 'tried',
  reason: null,
  ...more,
});
const safe = (tried: number): Pair => pair(0, tried, { predicted: 'safe', verdict: 'safe' });
const repeated = pair(0, 50, { raced: 4, repeated: 4, verdict: 'races' });

const kinds = (now: Pair, earlier: Pair[] | null, list = ''): string[] =>
  raceReasons({ pairs: [now] }, list === '' ? [] : parseThresholds(list.split(',')), earlier).map(({ kind }) => kind);

describe('the thresholds of a race', () => {
  it('hold where none is asked for', () => {
    expect(kinds(pair(5, 50), null)).toEqual([]);
  });

  it.each([
    ['race', pair(5, 50), ['race']],
    ['race', repeated, ['race']],
    ['lost', repeated, []],
    ['lost', pair(1, 50), ['lost']],
    ['predicted', pair(0, 50), ['predicted']],
    ['lost,predicted', safe(50), []],
  ])('by %s', (list, now, wanted) => {
    expect(kinds(now, null, list)).toEqual(wanted);
  });

  it('are named where one is mistyped', () => {
    expect(() => parseThresholds(['race', 'races'])).toThrow(/there is no "races"; there are: race, lost, predicted/);
    expect(() => parseThresholds([])).toThrow(/names nothing; there are: race, lost, predicted/);
  });
});

it('are told from those of findings', () => {
  expect(splitThresholds(['fault', 'race', 'idle.short', 'lost'])).toEqual({ race: ['race', 'lost'], others: ['fault', 'idle.short'] });
});

describe('beside an earlier race', () => {
  it('one that was safe may lose nothing', () => {
    expect(kinds(pair(1, 200), [safe(200)])).toEqual(['no-longer-safe']);
  });

  it('one that lost before may lose as many again, as far as chance goes', () => {
    const lostOf30 = (lost: number) => pair(lost, 50, { raced: 30, repeated: 30 - lost, verdict: 'races' });
    expect(kinds(lostOf30(8), [lostOf30(5)])).toEqual([]);
    expect(kinds(lostOf30(28), [lostOf30(5)])).toEqual(['more-lost']);
    // Better aimed: more met the close, and all that did were lost before too.
    expect(kinds(pair(30, 50), [pair(5, 50)])).toEqual([]);
    expect(kinds(pair(30, 50), [pair(0, 50)])).toEqual([]);
  });

  it('one that is new counts where it races; one that was not tried was not there', () => {
    expect(kinds(pair(3, 50), [])).toEqual(['new']);
    expect(kinds(pair(3, 50), [pair(0, 0)])).toEqual(['new']);
    expect(kinds(pair(3, 50), [pair(3, 50, { method: 'GET' })])).toEqual(['new']);
    expect(kinds(safe(50), [])).toEqual([]);
  });

  it('a threshold that is named is the one that counts', () => {
    expect(kinds(repeated, [safe(50)])).toEqual(['no-longer-safe']);
    expect(kinds(repeated, [safe(50)], 'lost')).toEqual([]);
  });

  it('is told with both counts', () => {
    const reasons = raceReasons({ pairs: [pair(30, 50)] }, [], [pair(0, 50, { raced: 20, repeated: 20, verdict: 'races' })]);
    expect(gateTexts(reasons, RACE_WORDS.en)).toEqual([
      'requests > yours, POST: of the requests that met the close lost 0/20 in the baseline, now lost 30/30',
    ]);
  });
});

describe('a baseline', () => {
  let folder = '';
  const file = (text: string): string => {
    const name = path.join(folder, 'race.json');
    writeFileSync(name, text);
    return name;
  };
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'wirematrix-baseline-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read for what is compared', async () => {
    expect(await readEarlierPairs(file(JSON.stringify({ schemaVersion: 1, pairs: [pair(3, 50)], more: 1 })))).toMatchObject([
      { tried: 50, raced: 3 },
    ]);
  });

  it.each([
    ['{', /can't read the baseline .*name the race.json of an earlier run/],
    ['{"schemaVersion":1,"cells":[]}', /is not a race.json \(pairs: .*name the race.json/],
    ['{"schemaVersion":2,"pairs":[]}', /is not a race.json \(schemaVersion: /],
  ])('that is none is refused: %s', async (text, message) => {
    await expect(readEarlierPairs(file(text))).rejects.toMatchObject({ code: 'bad-argument', message: expect.stringMatching(message) });
  });

  it('may be named by its folder; and is looked for beside the run.json of an earlier run', async () => {
    const name = file(JSON.stringify({ schemaVersion: 1, pairs: [pair(3, 50)] }));
    expect(await readEarlierPairs(folder)).toHaveLength(1);
    for (const beside of [folder, name, path.join(folder, 'run.json')]) expect(await earlierPairsBeside(beside)).toHaveLength(1);
    rmSync(name);
    for (const beside of [folder, path.join(folder, 'run.json')]) expect(await earlierPairsBeside(beside)).toBeNull();
    await expect(readEarlierPairs(folder)).rejects.toThrow(/there is no baseline .*: name the race.json/);
  });

  it('that is missing is named', async () => {
    await expect(readEarlierPairs(path.join(folder, 'none.json'))).rejects.toThrow(/there is no baseline .*none.json: name the race.json/);
  });
});
