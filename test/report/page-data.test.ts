/** What the page's index says of claims, models and races, and how its tables leave it as text. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clients } from '../../clients/index.ts';
import { sourcesOfClient } from '../../clients/sources.ts';
import { factsOf } from '../../harness/claims/facts.ts';
import { judgeClaims } from '../../harness/claims/index.ts';
import { FIDELITY_SCORES } from '../../harness/compare/fidelity-scores.ts';
import type { ConnectionRow, ObservedCell, RunResult } from '../../harness/compare/run-result.ts';
import { documentEnd } from '../../harness/report/html/document.ts';
import { csvTable, markdownTable } from '../../harness/report/html/page/markdown.ts';
import { aboutOf } from '../../harness/report/html/page-about.ts';
import { pageClaims } from '../../harness/report/html/page-claims.ts';
import { pageIndex } from '../../harness/report/html/page-data.ts';
import { sourcesIn } from '../../harness/results/assemble.ts';
import { servers } from '../../servers/index.ts';
import { MODEL_SOURCES } from '../../servers/models/sources.ts';
import { sampleRun } from './sample-run.ts';

const REFERENCE = new URL('../../results/reference/', import.meta.url);

describe('claims in the page', () => {
  const judged = judgeClaims(factsOf([], new Map()));

  it('are not tested, rather than not observable, where the run lacks their cells', () => {
    const [first] = pageClaims(sampleRun(), judged);
    expect(first).toMatchObject({ id: 'S4.1', verdict: 'not-observable' });
    expect(first?.missing).toContain('flask/chromium/first-visit');
    expect(first?.words?.zh.title).not.toBe(first?.words?.en.title);
  });

  it('are left out of a run of servers that no claim speaks of', () => {
    const run = sampleRun();
    const own = { ...run, claims: [], servers: run.servers.slice(0, 1).map((row) => ({ ...row, id: 'yours' })) };
    expect(pageClaims(own, judged)).toEqual([]);
  });
});

describe('models and emulated browsers', () => {
  it('have the scores that the reference files have', () => {
    const files = ['fidelity.md', 'fidelity-more.md', 'fidelity-models.md'];
    const text = files.map((name) => readFileSync(new URL(name, REFERENCE), 'utf8')).join('\n');
    for (const [id, score] of Object.entries(FIDELITY_SCORES)) {
      const found = [...text.matchAll(new RegExp(`^\\| ${id} \\| ([\\d.]+) % \\| (\\d+) \\|$`, 'gm'))];
      const judged = found.reduce((sum, [, , count]) => sum + Number(count), 0);
      const right = found.reduce((sum, [, percent, count]) => sum + Number(percent) * Number(count), 0);
      expect([id, Math.round((right / judged) * 10), judged]).toEqual([id, Math.round(score.share * 1000), score.judged]);
    }
  });

  it('name what they were written from', () => {
    for (const { id, provenance } of servers) expect(Object.hasOwn(MODEL_SOURCES, id), id).toBe(provenance === 'model');
    const emulated = clients.filter(({ provenance, id }) => provenance === 'emulated' && id !== 'probe');
    for (const { id } of emulated) expect(sourcesOfClient(id)?.sources.length, id).toBeGreaterThan(2);
    for (const { url } of Object.values(MODEL_SOURCES).flat()) expect(url ?? 'https://').toMatch(/^https:\/\//);
  });

  it('are scored against the real one where the run has both', () => {
    const run = sampleRun();
    const [cell] = run.cells.filter((one): one is ObservedCell => one.state === 'observed');
    const [row] = run.servers;
    if (!cell || !row) throw new Error('the sample run has no observed cell');
    const model = { ...row, id: 'nginx-model', provenance: 'model' as const, modelOf: cell.server, ...sourcesIn('nginx-model') };
    const both: RunResult = { ...run, servers: [...run.servers, model], cells: [...run.cells, { ...cell, server: model.id }] };
    const about = aboutOf(both)['nginx-model'];
    expect(about?.ofRun?.share).toBe(1);
    expect(about?.reference?.date).toBe(FIDELITY_SCORES['nginx-model']?.date);
    expect(about?.sources.length).toBeGreaterThan(0);
  });
});

describe('a race', () => {
  const closed = (by: 'server' | 'client', idleMs: number): ConnectionRow =>
    ({ exchanges: 1, firstClose: { by, how: 'FIN', frame: 9, idleMs } }) as unknown as ConnectionRow;
  const raceOf = (connections: ConnectionRow[]): unknown => {
    const run = sampleRun();
    const cells = run.cells.map((cell) => (cell.state === 'observed' ? { ...cell, connections } : cell)) as RunResult['cells'];
    const { cells: packed } = pageIndex({
      run: { ...run, cells },
      language: 'en',
      found: [],
      linksOf: () => ({ capture: null, har: null }),
    });
    return packed.find(({ state }) => state === 'observed')?.race;
  };

  it('is one where both sides close first, each at once', () => {
    expect(raceOf([closed('server', 0.2), closed('client', 0.1), closed('client', 0.3)])).toEqual([1, 2]);
  });

  it('is none where one side always closes, or waits', () => {
    expect(raceOf([closed('server', 0.2), closed('server', 0.1)])).toBeUndefined();
    expect(raceOf([closed('server', 5_000), closed('client', 0.1)])).toBeUndefined();
  });
});

describe('a table as text', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '|', '\\', '`', '*', '[', '<', '\n', ',', '"', '=', '+', ' ') });

  it('keeps its rows and columns in Markdown, whatever the texts', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), (rows) => {
        const lines = markdownTable(rows).split('\n');
        expect(lines.length).toBe(rows.length + 1);
        // Bars that are not escaped part the cells: three in a row of two.
        for (const line of lines) expect(line.replace(/\\./g, '').split('|').length - 1).toBe(3);
      }),
    );
  });

  it('gives a spreadsheet no formula, and quotes what RFC 4180 wants quoted', () => {
    expect(csvTable([['=1+1', 'a,b', 'say "x"', '-5', '+6']])).toBe(`'=1+1,"a,b","say ""x""",-5,'+6\r\n`);
  });
});

it('leaves the schema of run.json and its library out of the script: the page shows what was checked', () =>
  expect(documentEnd()).not.toMatch(/\$?Zod[A-Z]/));
