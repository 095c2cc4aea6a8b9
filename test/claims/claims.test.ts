import { beforeAll, describe, expect, it } from 'vitest';
import { clients } from '../../clients/index.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { type CellFacts, type PrintedName, standInsOf, type Verdict } from '../../harness/claims/claim.ts';
import { factsOf } from '../../harness/claims/facts.ts';
import { claimResults, claims, judgeClaims, ranOnly, wordsOf } from '../../harness/claims/index.ts';
import { printedCells } from '../../harness/claims/printed/printed-evidence.ts';
import { CLAIM_WORDS } from '../../harness/claims/wording/index.ts';
import { type Connection, LANGUAGES } from '../../harness/model.ts';
import { servers } from '../../servers/index.ts';
import { as, cell, djangoVisit, factsOfWorld, flaskVisit, idle, kept, revisit, short, slow, type World, world } from './world.ts';

let printed: ReadonlyMap<PrintedName, CellFacts>;
beforeAll(async () => {
  printed = await printedCells();
});

const judge = (cells: World, rows = printed): Map<string, Verdict> =>
  new Map(judgeClaims(factsOfWorld(cells, rows)).map(({ claim, judgement }) => [claim.id, judgement.verdict]));

/** What the evidence of `world` shows. */
const EXPECTED: Record<string, Verdict> = {
  'S4.1': 'reproduced-other-cause',
  'S4.2': 'contradicted',
  'S4.3': 'reproduced',
  'S4.4': 'contradicted',
  'R0.1': 'reproduced',
  'R0.2': 'reproduced',
  'R0.3': 'reproduced',
  'R0.4': 'reproduced',
  'R1.1': 'reproduced',
  'R1.2': 'reproduced',
  'R1.3': 'reproduced',
  'R1.4': 'reproduced',
  'R1.5': 'reproduced',
  'R2.1': 'reproduced',
  'R2.2': 'reproduced',
  'R3.1': 'reproduced',
  'R3.2': 'reproduced',
  'R3.3': 'reproduced',
  'R4.1': 'reproduced',
  'R4.2': 'reproduced',
};

const put = (cells: World, ...changed: CellFacts[]): World => {
  for (const one of changed) cells.set(one.id, one);
  return cells;
};
const files = (headers: [string, string][] = []) => ['/', '/style.css', '/logo.png', '/audio.wav'].map((target) => ({ target, headers }));
const LASTING = { connections: [kept([{ target: '/' }, { target: '/style.css' }, { target: '/logo.png' }, { target: '/audio.wav' }])] };
const SPARE_WITHOUT_PROBES = { connections: [kept([{ target: '/' }]), { syn: 50 }] };

/** For each claim evidence that differs in what the claim is about: the verdict must be another. */
const CONTROLS: { id: string; what: string; change(cells: World): World; verdict: Verdict; rows?: 'none' }[] = [
  {
    id: 'S4.1',
    what: 'the header alone makes connections last',
    change: (cells) =>
      put(cells, cell('flask-header-only/chromium/first-visit', { connections: [kept(files([['Connection', 'keep-alive']]))] })),
    verdict: 'reproduced',
  },
  {
    id: 'S4.1',
    what: 'Flask itself keeps connections',
    change: (cells) => put(cells, cell('flask/chromium/first-visit', LASTING)),
    verdict: 'contradicted',
  },
  {
    id: 'S4.2',
    what: 'every file gets 304 by ETag, except with IE',
    change: (cells) => everything304(cells, 200),
    verdict: 'reproduced',
  },
  {
    id: 'S4.2',
    what: 'every file gets 304, without ETag too',
    change: (cells) => everything304(cells, 304),
    verdict: 'reproduced-other-cause',
  },
  {
    id: 'S4.3',
    what: 'one connection makes nothing wait',
    change: (cells) =>
      put(
        cells,
        cell('express/chromium-one-connection/slow-link', {
          connections: [
            {
              syn: 5,
              requests: [
                { frame: 10, atMs: 10, target: '/', responseMs: 12 },
                { frame: 20, atMs: 20, target: '/style.css', responseMs: 22 },
                { frame: 30, atMs: 40, target: '/favicon.ico', responseMs: 42 },
                { frame: 50, atMs: 50, target: '/audio.wav', responseMs: 2050 },
              ],
            },
          ],
        }),
      ),
    verdict: 'reproduced-other-cause',
  },
  {
    id: 'S4.3',
    what: 'all comes over one connection where several are allowed',
    change: (cells) => put(cells, slow('express/chromium/slow-link', 1)),
    verdict: 'contradicted',
  },
  {
    id: 'S4.4',
    what: 'nothing but the header ends a connection',
    change: (cells) =>
      put(
        cells,
        idle('nginx/chromium/close', null, 95),
        idle('nginx-header-only/chromium/close', 'server', 5, [['Keep-Alive', 'timeout=5']]),
      ),
    verdict: 'reproduced',
  },
  {
    id: 'S4.4',
    what: 'the watch was too short',
    change: (cells) => put(cells, idle('nginx/chromium/close', null, 8, [], 8)),
    verdict: 'not-observable',
  },
  {
    id: 'R0.1',
    what: 'the response in one segment',
    change: (cells) => put(cells, djangoVisit('django/chromium/first-visit', [1660])),
    verdict: 'contradicted',
  },
  {
    id: 'R0.2',
    what: 'a 304 without Content-Length',
    change: (cells) => put(cells, cell('django/probe/conditional', { connections: [kept([{ target: '/', status: 304 }])] })),
    verdict: 'contradicted',
  },
  {
    id: 'R0.3',
    what: 'no probes',
    change: (cells) => put(cells, cell('django/chromium/idle', SPARE_WITHOUT_PROBES)),
    verdict: 'contradicted',
  },
  {
    id: 'R0.4',
    what: 'the server closes after 5 s',
    change: (cells) =>
      put(cells, cell('django/chromium/idle', { connections: [kept([{ target: '/' }], { by: 'server', frame: 90, atMs: 5000 })] })),
    verdict: 'contradicted',
  },
  {
    id: 'R1.1',
    what: 'one connection',
    change: (cells) => put(cells, cell('flask/chromium/first-visit', LASTING)),
    verdict: 'contradicted',
  },
  {
    id: 'R1.2',
    what: 'head and body together',
    change: (cells) => put(cells, together(flaskVisit('flask/chromium/first-visit'))),
    verdict: 'contradicted',
  },
  {
    id: 'R1.2',
    what: 'the server closes a second later',
    change: (cells) => put(cells, late(flaskVisit('flask/chromium/first-visit'))),
    verdict: 'contradicted',
  },
  {
    id: 'R1.3',
    what: 'other segments',
    change: (cells) => put(cells, cell('flask/chromium/first-visit', { connections: short(files()) })),
    verdict: 'contradicted',
  },
  {
    id: 'R1.4',
    what: 'the logo comes again',
    change: (cells) => put(cells, revisit('flask/chromium/revisit', [], 200)),
    verdict: 'contradicted',
  },
  { id: 'R1.5', what: 'the rows are not there', change: (cells) => cells, verdict: 'not-observable', rows: 'none' },
  {
    id: 'R2.1',
    what: 'the connection is kept',
    change: (cells) => put(cells, cell('python-http/chromium/reload', { connections: [kept([{ target: '/', status: 304 }])] })),
    verdict: 'contradicted',
  },
  {
    id: 'R2.2',
    what: 'no probes',
    change: (cells) => put(cells, cell('python-http/chromium/reload', { ...SPARE_WITHOUT_PROBES, endMs: 95_000 })),
    verdict: 'contradicted',
  },
  {
    id: 'R3.1',
    what: 'the server closes long after the time it names',
    change: (cells) =>
      put(
        cells,
        cell('express/chromium/idle', {
          connections: [kept([{ target: '/', headers: [['Keep-Alive', 'timeout=5']] }], { by: 'server', frame: 90, atMs: 60_000 })],
        }),
      ),
    verdict: 'contradicted',
  },
  { id: 'R3.2', what: 'no Range', change: (cells) => put(cells, cell('express/chromium/first-visit', LASTING)), verdict: 'contradicted' },
  {
    id: 'R3.3',
    what: 'two connections carry data',
    change: (cells) => put(cells, cell('express/firefox/first-visit', { connections: [kept(files()), kept(files(), undefined, 80)] })),
    verdict: 'contradicted',
  },
  {
    id: 'R4.1',
    what: 'one connection for all',
    change: (cells) => put(cells, cell('flask/chromium/first-visit', LASTING)),
    verdict: 'contradicted',
  },
  {
    id: 'R4.2',
    what: 'no RST',
    change: (cells) => put(cells, cell('flask/chromium/media-seek', { scenario: 'media-seek', connections: [kept(files())] })),
    verdict: 'contradicted',
  },
];

const ETAG: [string, string][] = [['ETag', '"1"']];

function everything304(cells: World, withoutEtag: number): World {
  for (const server of ['express', 'django', 'nginx', 'apache-php', 'iis', 'flask'])
    for (const client of ['chromium', 'edge', 'firefox', 'ie11'])
      put(cells, revisit(`${server}/${client}/revisit`, ETAG, client === 'ie11' ? 200 : 304));
  return put(cells, revisit('express-no-etag/chromium/revisit', [], withoutEtag));
}

const pageConnection = (visit: CellFacts): Connection =>
  visit.evidence.connections.find(({ exchanges }) => exchanges[0]?.request?.target === '/')!;

function late(visit: CellFacts): CellFacts {
  pageConnection(visit).sides.server.finNs! += 1_000_000_000;
  return visit;
}

function together(visit: CellFacts): CellFacts {
  const response = visit.evidence.exchanges.find(({ request }) => request?.target === '/')!.response!;
  Object.assign(response, { segmentSizes: [737], headEndsWithBody: true });
  return visit;
}

describe('claims', () => {
  it('have the verdicts that the evidence calls for', () => {
    expect(Object.fromEntries(judge(world()))).toEqual(EXPECTED);
  });

  it('each have a control', () => {
    expect([...new Set(CONTROLS.map(({ id }) => id))].sort()).toEqual(claims.map(({ id }) => id).sort());
  });

  it.each(CONTROLS)('$id: another verdict where $what', ({ id, change, verdict, rows }) => {
    expect(verdict).not.toBe(EXPECTED[id]);
    expect(judge(change(world()), rows === 'none' ? new Map() : printed).get(id)).toBe(verdict);
  });

  it('stay the same where the browser is a moment faster to close than a server that closes at once: that is a race', () => {
    const cells = world();
    for (const id of ['flask/chromium/first-visit', 'python-http/chromium/reload'])
      for (const { firstClose } of cells.get(id)!.evidence.connections) if (firstClose) firstClose.by = 'client';
    expect(Object.fromEntries(judge(cells))).toEqual(EXPECTED);
  });

  it.each([
    ['flask-header-only', 'flask', ['S4.1']],
    ['flask-persistent', 'flask', ['S4.1']],
    ['express-no-etag', 'express', ['S4.2']],
    ['nginx-header-only', 'nginx', ['S4.4']],
    ['nginx-timer-only', 'nginx', ['S4.4']],
  ] as const)('change with %s run as %s: only those that depend on it', (variant, base, depend) => {
    const cells = world();
    for (const id of [...cells.keys()]) {
      const [server, client, scenario] = id.split('/');
      const instead = cells.get(`${base}/${client}/${scenario}`);
      if (server === variant && instead) put(cells, as(id, instead));
    }
    const verdicts = judge(cells);
    const changed = claims.map(({ id }) => id).filter((id) => verdicts.get(id) !== EXPECTED[id]);
    expect(changed).toEqual([...depend]);
  });

  it('change with the browser of one connection run as the one of six: only the claim about it', () => {
    const cells = world();
    put(cells, as('express/chromium-one-connection/slow-link', cells.get('express/chromium/slow-link')!));
    const verdicts = judge(cells);
    expect(claims.map(({ id }) => id).filter((id) => verdicts.get(id) !== EXPECTED[id])).toEqual(['S4.3']);
  });

  it('are not observable without their cells, and say which', () => {
    for (const { claim, judgement } of judgeClaims(factsOf([], new Map()))) {
      expect([claim.id, judgement.verdict]).toEqual([claim.id, 'not-observable']);
      expect(judgement.needed?.(CLAIM_WORDS.en)).toMatch(
        claim.cells[0] && claim.printed.length === 0 ? new RegExp(claim.cells[0].server) : /tsv|\//,
      );
    }
  });

  it('are judged alone where a run has their cells', () => {
    const one = factsOf([flaskVisit('flask/chromium/first-visit')], printed);
    expect(ranOnly(judgeClaims(one), one).map(({ claim }) => claim.id)).toEqual(['S4.1', 'R1.1', 'R1.2', 'R1.3', 'R1.4', 'R4.1']);
  });

  it('name frames for every verdict', () => {
    for (const { id, verdict, evidence } of claimResults(judgeClaims(factsOfWorld(world(), printed)))) {
      expect([id, verdict, evidence.length > 0 && evidence.every(({ frames }) => frames.length > 0)]).toEqual([id, verdict, true]);
    }
  });

  it('give the same verdicts for the same facts, whatever the order of the cells', () => {
    const reversed = new Map([...world()].reverse());
    expect(judge(reversed)).toEqual(judge(world()));
  });

  it('have no sentence left empty in any language', () => {
    const judged = judgeClaims(factsOfWorld(world(), printed));
    for (const language of LANGUAGES) {
      const words = CLAIM_WORDS[language];
      for (const { claim, judgement } of judged) {
        const said = [wordsOf(claim, words).statement, judgement.because(words), ...judgement.seen.map((say) => say(words))];
        for (const sentence of said) expect(sentence).not.toMatch(/^\s*$|undefined|NaN|\[object|null/);
        if (language === 'zh') for (const sentence of said) expect(sentence).toMatch(/[\u4e00-\u9fff]/);
      }
    }
  });

  it('name servers, clients and scenarios that there are', () => {
    const ids = { server: servers.map(({ id }) => id), client: clients.map(({ id }) => id), scenario: scenarios.map(({ id }) => id) };
    for (const need of claims.flatMap((claim) => claim.cells)) {
      for (const id of standInsOf(need.server)) expect(ids.server).toContain(id);
      for (const id of standInsOf(need.client)) expect(ids.client).toContain(id);
      expect(ids.scenario).toContain(need.scenario);
    }
  });
});
