import { describe, expect, test } from 'vitest';
import { compareCell, compareTrait, type FidelityCell, REAL_RUNS, summarise } from '../../harness/compare/fidelity.ts';
import { type Trait, type TraitItem, traits, traitsOf } from '../../harness/compare/fidelity-traits.ts';
import { modelCells, modelShares } from '../../harness/compare/model-fidelity.ts';
import type { HeaderField } from '../../harness/model.ts';
import { fidelityMarkdown } from '../../harness/report/fidelity-report.ts';
import { expectGolden } from '../golden.ts';
import { evidence } from '../observe/evidence-builder.ts';

const HEAD: HeaderField[] = [
  ['Host', '127.0.0.1:8080'],
  ['Connection', 'keep-alive'],
  ['Accept', '*/*'],
];

interface Visit {
  /** The image takes a connection of its own. */
  second?: boolean;
  accept?: HeaderField[];
  closedAtMs?: number;
  favicon?: boolean;
  port?: number;
}

/** A page with one image, seen at `port`, and what its server and browser did. */
function visit({ second = false, accept = HEAD, closedAtMs = 5_020, favicon = true, port = 8080 }: Visit = {}) {
  const headers = accept.map(([name, text]): HeaderField => [name, text.replace('8080', String(port))]);
  const image = { frame: 8, target: '/logo.png', headers };
  const icon = { frame: 12, target: '/favicon.ico', headers, response: { status: 404 } };
  const close = { by: 'client' as const, frame: 20, atMs: closedAtMs };
  return evidence({
    connections: [
      {
        syn: 1,
        requests: [{ frame: 4, headers }, ...(second ? [] : [image]), ...(favicon ? [icon] : [])],
        close,
      },
      ...(second ? [{ syn: 5, requests: [image], close: { ...close, frame: 21 } }] : []),
    ],
  });
}

const score = (emulated: Visit, real: Visit[]) =>
  compareCell(
    traitsOf(visit(emulated)),
    real.map((one) => traitsOf(visit(one))),
  );

const wrong = (emulated: Visit, real: Visit[]) => [...new Set(score(emulated, real).misses.map(({ trait }) => trait))];

test('probes are counted on the connection that has most, not once more for each connection', () => {
  const probed = (syn: number, frames: number[]) => ({
    syn,
    requests: [{ frame: syn + 3 }],
    probes: { side: 'client' as const, frames, timesMs: frames.map((frame) => frame * 1_000) },
  });
  const probes = traits.find(({ id }) => id === 'keepalive.probes');
  const items = probes?.items(evidence({ connections: [probed(1, [50]), probed(11, [51, 60]), probed(21, [52])] }));
  expect(items).toEqual([{ key: 'probes', value: 2, frames: [51, 60] }]);
});

describe('a cell', () => {
  test('is right in everything when it is one of the real runs', () => {
    const { scores, misses } = score({}, [{}, { second: true }, {}]);
    expect(misses).toEqual([]);
    expect(scores.every(({ right, total }) => right === total && total > 0)).toBe(true);
  });

  test('is right in a count that lies between those of the real runs, and wrong beside them', () => {
    expect(wrong({ second: true }, [{}, { second: true }])).toEqual([]);
    expect(wrong({ second: true }, [{}, {}, {}])).toEqual([
      'connections.opened',
      'connections.used',
      'connections.max-concurrent',
      'requests.shared-connection',
    ]);
  });

  test('is wrong in a head that differs in case, order or value', () => {
    const real = [{}, {}, {}];
    const lower: HeaderField[] = [['host', '127.0.0.1:8080'], ...HEAD.slice(1)];
    const order: HeaderField[] = [HEAD[1] as HeaderField, HEAD[0] as HeaderField, HEAD[2] as HeaderField];
    const text: HeaderField[] = [...HEAD.slice(0, 2), ['Accept', 'image/*']];
    expect(wrong({ accept: lower }, real)).toEqual(['head.names', 'head.values']);
    expect(wrong({ accept: order }, real)).toEqual(['head.names', 'head.values']);
    expect(wrong({ accept: text }, real)).toEqual(['head.values']);
  });

  test('is right at another port: the address is no trait of the browser', () => {
    expect(wrong({ port: 40_001 }, [{}, {}, {}])).toEqual([]);
  });

  test('is wrong without a request that every real run has, and with one that none has; not where some have it', () => {
    expect(wrong({ favicon: false }, [{}, {}, {}])).toEqual(['requests.sent']);
    expect(wrong({}, [{ favicon: false }, { favicon: false }])).toEqual(['requests.sent']);
    expect(wrong({ favicon: false }, [{}, { favicon: false }])).toEqual([]);
    expect(wrong({ favicon: false }, [{}, {}, { favicon: false }])).toEqual([]);
    expect(wrong({}, [{}, { favicon: false }])).toEqual([]);
  });

  test('may be 15 % beside the range of times, not more', () => {
    const real = [{ closedAtMs: 5_010 }, { closedAtMs: 5_100 }];
    expect(wrong({ closedAtMs: 5_700 }, real)).toEqual([]);
    expect(wrong({ closedAtMs: 8_000 }, real)).toEqual(['close.idle-ms']);
  });

  test.each([
    [1_000, 850, true],
    [1_000, 849, false],
    [1_000, 1_150, true],
    [1_000, 1_151, false],
    [100, 50, true],
    [100, 49, false],
    [100, 150, true],
    [100, 151, false],
  ])('of %s ms in the real runs, %s ms is right: %s', (shown, value, right) => {
    const trait = traits.find(({ id }) => id === 'close.idle-ms') as Trait;
    const item = (ms: number): TraitItem[] => [{ key: 'used, client FIN: shortest', value: ms, frames: [9] }];
    expect(compareTrait(trait, item(value), [item(shown)]).score).toMatchObject({ right: right ? 1 : 0, total: 1 });
  });

  test('names the frames of both sides of a miss', () => {
    const { misses } = score({ second: true }, [{}, {}]);
    expect(misses.find(({ trait }) => trait === 'connections.opened')).toEqual({
      trait: 'connections.opened',
      key: 'opened',
      emulated: { value: 2, frames: [3, 7] },
      real: [
        { run: 1, value: 1, frames: [3] },
        { run: 2, value: 1, frames: [3] },
      ],
    });
  });
});

test('a validator that repeats what the server sent is the same whatever its value', () => {
  const withTag = (tag: string) =>
    traitsOf(
      evidence({
        connections: [
          {
            requests: [
              { frame: 4, headers: HEAD, response: { headers: [['ETag', tag]] } },
              { frame: 6, headers: [...HEAD, ['If-None-Match', tag]], response: { status: 304 } },
            ],
          },
        ],
      }),
    );
  expect(compareCell(withTag('"a"'), [withTag('"b"'), withTag('"c"')]).misses).toEqual([]);
  const items = withTag('"a"').get('requests.cache') ?? [];
  expect(items.map(({ value }) => value)).toEqual(['none', 'If-None-Match: ‹as the server sent it›']);
});

test('a time that only the emulated browser has is judged by the trait that says who closed', () => {
  const trait = traits.find(({ id }) => id === 'close.idle-ms') as Trait;
  const mine: TraitItem[] = [{ key: 'used, client FIN: shortest', value: 5_000, frames: [9] }];
  expect(compareTrait(trait, mine, [[], []]).score).toEqual({ trait: 'close.idle-ms', right: 0, total: 0 });
});

describe('the summary', () => {
  const cell = (emulated: string, rights: [right: number, total: number][]): FidelityCell => ({
    server: 'express',
    emulated,
    real: `real-${emulated}`,
    scenario: 'first-visit',
    realRuns: REAL_RUNS,
    scores: rights.map(([right, total], index) => ({ trait: traits[index]?.id ?? '', right, total })),
    misses: [],
  });

  test('weighs every trait of every cell alike', () => {
    const summary = summarise([
      cell('chromium', [
        [1, 1],
        [1, 4],
      ]),
      cell('firefox', [[1, 1]]),
    ]);
    expect(summary.overall).toEqual({ id: 'all', share: 0.75, judged: 3 });
    expect(summary.browsers).toEqual([
      { id: 'chromium', share: 0.625, judged: 2 },
      { id: 'firefox', share: 1, judged: 1 },
    ]);
    expect(summary.traits.map(({ share }) => share)).toEqual([1, 0.25]);
  });

  test('of no cell is nothing right', () => {
    expect(summarise([]).overall).toEqual({ id: 'all', share: 0, judged: 0 });
  });
});

test('the report names scores, what is declared, and misses', () => {
  const compared = score({ second: true, accept: [['host', '127.0.0.1:8080'], ...HEAD.slice(1)] }, [{}, {}, {}]);
  const cells: FidelityCell[] = [
    { server: 'express', emulated: 'chromium', real: 'real-chromium', scenario: 'first-visit', realRuns: 3, ...compared },
  ];
  expectGolden(
    'fidelity.md',
    fidelityMarkdown({
      schemaVersion: 1,
      kind: 'browsers',
      startedAt: '2026-01-01T00:00:00.000Z',
      windowS: 8,
      realRuns: 3,
      versions: { clients: { chromium: '1.0', 'real-chromium': '1.0' }, servers: { express: '5.3.0' } },
      declared: { chromium: [{ what: 'a <difference>', because: 'it is known' }] },
      summary: summarise(cells),
      cells,
    }),
  );
});

describe('a model', () => {
  const row = (id: string, modelOf: string | null) => ({
    id,
    title: id,
    provenance: modelOf ? ('model' as const) : ('real' as const),
    version: '1',
    variantOf: null,
    modelOf,
    summary: null,
    skipped: null,
  });
  const cellOf = (server: string, values: Record<string, { value: string | number; frames: number[] }>) => ({
    server,
    client: 'chromium',
    scenario: 'first-visit',
    state: 'observed' as const,
    reason: null,
    capture: `captures/${server}/chromium/first-visit.pcapng`,
    captureSha256: '',
    windowS: 8,
    notes: [],
    connections: [],
    exchanges: [],
    exchangeCount: 0,
    values,
  });
  const observations = ['close.first', 'cache.etag', 'http.version'].map((id) => ({
    id,
    title: id,
    unit: null,
    definition: '',
    spec: null,
    tolerance: { kind: 'exact' as const },
  }));

  test('is held against the server that it imitates, value by value', () => {
    const run = {
      servers: [row('nginx', null), row('nginx-model', 'nginx'), row('iis', null)],
      observations,
      cells: [
        cellOf('nginx', { 'close.first': { value: 'server', frames: [9] }, 'cache.etag': { value: 'strong', frames: [5] } }),
        cellOf('nginx-model', { 'close.first': { value: 'server', frames: [8] }, 'cache.etag': { value: 'weak', frames: [6] } }),
        cellOf('iis', {}),
      ],
    };
    const [cell, ...rest] = modelCells(run);
    expect(rest).toEqual([]);
    expect(cell).toMatchObject({ model: 'nginx-model', real: 'nginx', equal: 1, compared: 2 });
    expect(cell?.misses).toEqual([
      {
        observation: 'cache.etag',
        kind: 'differs',
        model: { value: 'weak', frames: [6] },
        real: { value: 'strong', frames: [5] },
        declared: null,
      },
    ]);
    expect(modelShares(cell ? [cell] : [])).toEqual([{ id: 'nginx-model', share: 0.5, judged: 2 }]);
  });
});
