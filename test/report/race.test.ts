import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../harness/model.ts';
import { parseBehind, predictFronts } from '../../harness/race/behind.ts';
import { raceReasons } from '../../harness/race/judge/gate.ts';
import type { Habits } from '../../harness/race/judge/habits.ts';
import type { Pair, RaceResult } from '../../harness/race/judge/pair.ts';
import { wilson } from '../../harness/race/judge/statistics.ts';
import { RACE_WORDS } from '../../harness/report/race/race-catalogue.ts';
import { cellText, marginText } from '../../harness/report/race/race-cell.ts';
import { factsOfRace } from '../../harness/report/race/race-facts.ts';
import { exampled, keyOf, renderRaceMarkdown } from '../../harness/report/race/race-markdown.ts';
import { gateTexts } from '../../harness/report/race/race-rows.ts';
import { renderFronts, renderRaceTerminal } from '../../harness/report/race/race-terminal.ts';
import { textWidth } from '../../harness/report/width.ts';
import { servers } from '../../servers/index.ts';

const habits: Habits = {
  idleS: { value: null, frames: [1] },
  openAfterS: 95.1,
  declinesAfterS: { value: 5.5, frames: [1, 2] },
  obeysHint: { value: 'no', frames: [1] },
  hintMarginS: null,
  seesFin: { value: 'yes', frames: [1, 2] },
  pool: { value: 32, frames: [3] },
  poolOpened: 64,
  get: { value: 'yes', on: 'new', gives: [], frames: [4] },
  post: { value: 'no', on: null, gives: ['502'], frames: [5] },
  postBody: { value: '2 of 3', on: 'idle', gives: ['502', 'hang-up'], frames: [6] },
};

const row = (id: string, title: string, variantOf: string | null = null) => ({
  id,
  title,
  summary: `${title} as it is`,
  variantOf,
  version: '1.0',
  skipped: null,
  reason: null,
});
const timer = (shortestS: number | null) => ({
  shortestS,
  longestS: shortestS,
  medianS: shortestS,
  openAfterS: shortestS === null ? 95 : null,
  closesEach: false,
  hintS: 5,
  limit: { requests: 100, isAnnounced: true, frames: [2, 3] },
  answeredMost: 100,
  lifetime: shortestS === 6 ? { shortestS: 2, longestS: 2.3, isAnnounced: true, frames: [5, 6] } : null,
  busyS: 95,
  stop: { closedMs: 12, frames: [4] },
  connections: 8,
  frames: [1],
});

const pair = (server: string, method: 'GET' | 'POST', more: Partial<Pair>): Pair => ({
  upstream: 'nginx-proxy-keepalive',
  server,
  method,
  upstreamIdleS: 60,
  serverIdleS: 6,
  predicted: 'races',
  marginS: -54,
  because: 'timers',
  ends: { limit: 'announced', lifetime: 'announced', stop: 'races' },
  tried: 64,
  onIdle: 60,
  raced: 0,
  unsent: 0,
  near: 0,
  answered: 64,
  repeated: 0,
  failed: {},
  otherwise: {},
  lostShare: wilson(0, 64),
  verdict: 'not-shown',
  example: null,
  state: 'tried',
  reason: null,
  ...more,
});

const detail = {
  target: '/?aimed-1-1',
  outcome: '502',
  stream: 3,
  clientStream: 1,
  repeatStream: null,
  frames: [7, 8, 9],
  request: 7,
  close: 8,
  reset: 9,
  answer: 12,
};
const lost = pair('express', 'POST', {
  raced: 16,
  answered: 48,
  failed: { 502: 15, 'hang-up': 1 },
  lostShare: wilson(16, 64),
  verdict: 'races',
  example: { capture: 'captures/pairs/nginx-proxy-keepalive/express.pcapng', frames: [7, 8, 9], detail },
});
const notAimed: Partial<Pair> = { tried: 0, onIdle: 0, answered: 0, predicted: 'safe', state: 'not-aimed', reason: 'too long to aim at' };
const result: RaceResult = {
  schemaVersion: 1,
  startedAt: '2026-11-28T23:00:00.000Z',
  durationMs: 300_000,
  windowS: 95,
  pathDelayMs: 15,
  upstreams: [{ ...row('nginx-proxy-keepalive', 'nginx, keepalive'), kind: 'proxy', habits, habitsCapture: 'captures/habits/a.pcapng' }],
  servers: [
    { ...row('express', 'Express'), timer: timer(6), timerCapture: null, endsCapture: null, endsReason: null },
    {
      ...row('express-keepalive-65s', 'Express, 65 s', 'express'),
      timer: timer(66),
      timerCapture: null,
      endsCapture: null,
      endsReason: null,
    },
    ...[
      { id: 'nginx', timer: timer(null) },
      { id: 'caddy', timer: timer(300) },
      { id: 'flask', timer: { ...timer(0.002), closesEach: true } },
    ].map(({ id, timer }) => ({ ...row(id, id), timer, timerCapture: null, endsCapture: null, endsReason: null })),
  ],
  pairs: [
    pair('express', 'GET', { raced: 16, repeated: 16, verdict: 'races' }),
    lost,
    pair('express-keepalive-65s', 'GET', { predicted: 'safe', marginS: 6, verdict: 'safe' }),
    pair('express-keepalive-65s', 'POST', { predicted: 'safe', marginS: 6, verdict: 'safe' }),
    ...['nginx', 'caddy', 'flask'].map((server) => pair(server, 'POST', notAimed)),
  ],
};

const ladders = new Map([[keyOf(lost), ['a ladder']]]);

describe.each(LANGUAGES)('race.md in %s', (language) => {
  const text = renderRaceMarkdown(result, ladders, language);
  const words = RACE_WORDS[language];

  it('says everything, with nothing left empty', () => {
    expect(text).not.toMatch(/undefined|NaN|\[object|null/);
    for (const heading of [words.matrix, words.habits, words.timers, words.examples, words.cures, words.pairs, words.documented])
      expect(text).toContain(`## ${heading}`);
  });

  it('tells the example with its frames, its filter and its ladder', () => {
    expect(text).toContain('frame.number in {7, 8, 9}');
    expect(text).toContain('```\na ladder\n```');
  });

  it('tells the cure beside what it cures, and the line of configuration', () => {
    expect(text).toContain('16/64');
    expect(text).toContain('keepAliveTimeout = 65');
  });

  it('names a lifetime: as seen, as documented, and of what stands in front', () => {
    expect(text).toContain(words.lifetime('2–2.3 s', true));
    expect(text).toContain(words.noLifetime(95));
    expect(text).toContain(words.documentedLifetime(words.age(3_600), 'keepalive\\_time'));
    expect(text).toMatch(new RegExp(`\`nginx\` .*\\| 60 s \\| ${words.age(3_600)} \\|`));
    expect(text).toMatch(new RegExp(`\`envoy\` .*\\| 3600 s \\| ${words.noLimit} \\|`));
  });

  it('says why a pair was not tried', () => {
    for (const [closesEach, shortestS, openAfterS] of [
      [false, null, 95],
      [false, 300, null],
      [true, 0.002, null],
    ] as const)
      expect(text).toContain(words.notAimed({ closesEach, shortestS, openAfterS }));
  });

  it('predicts for load balancers that can not run here', () => {
    expect(text).toMatch(new RegExp(`\`aws-alb\`.*\\| ${words.verdicts.races} −54 s \\| ${words.verdicts.safe} \\+6 s \\|`));
  });

  it('shows where no document says anything', () => {
    expect(text).toMatch(new RegExp(`\`aws-api-gateway\`.*${words.notDocumented}`));
  });
});

it.each([
  ['en', "frame 8 the server's close by RST, which was on its way"],
  ['zh', '第 8 帧是服务器以 RST 关闭（请求发出时它已在途中）'],
] as const)('names a close by RST once, not as the RST that answers the request too: %s', (language, said) => {
  const facts = { upstream: 'squid', server: 'express', method: 'GET', request: 7, outcome: '502', answer: 9, crossed: true };
  const text = RACE_WORDS[language].example({ ...facts, close: 8, reset: 8 });
  expect(text).toContain(said);
  expect(text.match(/RST/g)).toHaveLength(1);
});

describe('the Chinese of a race', () => {
  /** Half-width punctuation with Chinese on either side; and between two texts of which one is Chinese. */
  const half = /[\p{Script=Han}，。；：（）、] ?[,;:?!()]|[,;:?!()] ?[\p{Script=Han}，。；：（）、]/u;
  /** Code, addresses and what comes from documents as it is. */
  const foreign = /`[^`]*`|<[^>]*>|查阅于 .*$/g;
  const thresholds = ['race', 'lost', 'predicted'] as const;
  const fronts = predictFronts(parseBehind('nginx,aws-alb=4,apache').fronts, { idleS: 6, openAfterS: null, closesEach: false, hintS: 5 });
  const texts: [what: string, text: string][] = [
    ['race.zh.md', renderRaceMarkdown(result, ladders, 'zh')],
    ['the terminal', renderRaceTerminal(result, { columns: 500, color: false, page: 'out/race.html' }, 'zh')],
    ['what is in front', renderFronts(fronts, 500, 'zh')],
    ['the thresholds', thresholds.flatMap((one) => gateTexts(raceReasons(result, [one], null), RACE_WORDS.zh)).join('\n')],
    ['the baseline', gateTexts(raceReasons(result, [], [{ ...lost, failed: {} }]), RACE_WORDS.zh).join('\n')],
  ];

  it.each(texts)('has no half-width punctuation: %s', (_what, text) => {
    const lines = text.split('\n').map((line) => line.replaceAll(foreign, '`'));
    expect(lines.filter((line) => half.test(line))).toEqual([]);
    expect(text).toMatch(/\p{Script=Han}/u);
  });

  it('has none between the parts of a list', () => {
    const [, matrix = ''] = texts[0]![1].split('\n## ');
    expect(matrix).toContain('GET 重发，POST 丢失 16/64');
    expect(texts[0]![1]).toContain('15 × 502，1 × hang-up');
    const rows = texts[0]![1].split('\n').filter((line) => line.startsWith('| ') && !line.includes('`'));
    expect(rows.length).toBeGreaterThan(8);
    expect(rows.filter((line) => /[,;]/.test(line.replaceAll('nginx, keepalive', '').replaceAll('Express, 65 s', '')))).toEqual([]);
  });
});

it('has Chinese words that are not English ones', () => {
  const { en, zh } = RACE_WORDS;
  const same = Object.entries(zh).filter(([key, text]) => typeof text === 'string' && text === en[key as keyof typeof en]);
  expect(same).toEqual([]);
});

describe('the matrix', () => {
  it.each([60, 80, 140])('fits into %s columns', (columns) => {
    const lines = renderRaceTerminal(result, { columns, color: false, page: 'out/race.html' }, 'en').split('\n');
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(columns);
    expect(lines.join(' ')).toContain('nginx-proxy-keepalive');
    expect(lines.at(-2)).toBe('Each pair with its frames: out/race.html');
  });

  it('is followed by what else requests race, with the servers', () => {
    const [first, ...others] = result.pairs;
    const ends = { limit: 'none', lifetime: 'races', stop: 'races' } as const;
    const text = renderRaceTerminal(
      { ...result, pairs: [{ ...first!, ends }, ...others] },
      { columns: 500, color: false, page: 'p' },
      'en',
    );
    expect(text).toContain(`\nexpress: ${RACE_WORDS.en.ends.lifetime.races}\n`);
    expect(text).toContain(`\nexpress, express-keepalive-65s, nginx, caddy, flask: ${RACE_WORDS.en.ends.stop.races}\n`);
    expect(text).not.toContain(RACE_WORDS.en.ends.limit.races);
  });

  it('says of each pair what is lost, what is repeated, and what is safe', () => {
    const of = (server: string) =>
      cellText(
        result.pairs.filter((one) => one.server === server),
        RACE_WORDS.en,
      );
    expect(of('express')).toBe('GET repeated, POST lost 16/64');
    expect(of('express-keepalive-65s')).toBe('safe');
    expect(cellText([pair('a', 'GET', { tried: 0 }), pair('a', 'POST', { tried: 0 })], RACE_WORDS.en)).toBe('not tried');
    expect(cellText([], RACE_WORDS.en)).toBe('');
  });

  it.each([
    [-54, '−54 s'],
    [6, '+6 s'],
    [0.4, '+0.4 s'],
    [null, ''],
  ])('writes a margin of %s as "%s"', (marginS, text) => {
    expect(marginText(marginS)).toBe(text);
  });
});

it('tells an example of the worst pair of each upstream side', () => {
  expect(exampled(result.pairs)).toEqual([lost]);
});

it("says under probe's output what races the server", () => {
  const fronts = predictFronts(parseBehind('nginx,aws-alb=4,aws-api-gateway').fronts, {
    idleS: 6,
    openAfterS: null,
    closesEach: false,
    hintS: 5,
  });
  expect(renderFronts(fronts, 80, 'en')).toBe(
    [
      'What stands in front',
      '• nginx from 1.29.7 on, upstream {} (60 s): predicted to race, margin −54 s: by',
      '  the two timers; it also ends connections after 1 h, however busy',
      '• AWS Application Load Balancer (4 s, as you set it): predicted safe, margin',
      '  +2 s: by the two timers',
      '• AWS API Gateway, HTTP integration (not documented): not predicted: a timer is',
      '  not known',
      '',
    ].join('\n'),
  );
});

it('knows the line of configuration that cures, for every real server but those that have none', () => {
  // They end each connection with its response, or have no such setting.
  const without = ['flask', 'django', 'php', 'serve', 'deno', 'unicorn', 'busybox'];
  const rows = servers
    .filter(({ provenance, variantOf }) => provenance === 'real' && variantOf === null)
    .map(({ id, title }) => ({ ...row(id, title), timer: timer(5), timerCapture: null, endsCapture: null, endsReason: null }));
  const { settings } = factsOfRace({ servers: rows });
  expect(rows.map(({ id }) => id).filter((id) => settings[id] === undefined)).toEqual(without);
});
