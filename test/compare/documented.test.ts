import { describe, expect, it } from 'vitest';
import { documentedBeside, documentedTimers } from '../../harness/compare/documented.ts';
import type { ObservedValue, ValueJson } from '../../harness/model.ts';
import { renderDifferences, renderMarkdown } from '../../harness/report/markdown.ts';
import { renderTerminal } from '../../harness/report/terminal.ts';
import { documented, documentedOf } from '../../servers/documented.ts';
import { servers } from '../../servers/index.ts';
import { proxies } from '../../servers/proxies/index.ts';
import { cell, sampleRun } from '../report/sample-run.ts';

const open = (windowS: number): ObservedValue => ({ value: null, frames: [7], windowS });
const said = (value: number | null, atMost?: number) => ({
  value,
  setting: 'its setting',
  source: 'https://example.org/manual',
  read: '2026-01-02',
  ...(atMost === undefined ? {} : { atMost }),
});

function runOf(defaults: Partial<NonNullable<ReturnType<typeof documentedOf>>>, values: Record<string, ValueJson | ObservedValue>) {
  const run = sampleRun();
  const row = { ...run.servers[0]!, id: 'one', documented: { idle: null, head: null, requests: null, ...defaults } };
  return { ...run, servers: [row], cells: [cell('one/probe/idle-used', values)], differences: [] };
}

const verdict = (...given: Parameters<typeof runOf>) => documentedTimers(runOf(...given)).map((timer) => timer.verdict);

describe('a time-out as documented and as measured', () => {
  it.each([
    ['on time', said(5), 5.02, 'agrees'],
    ['looked at once a second', said(5), 6.1, 'agrees'],
    ['too late', said(10), 12.03, 'differs'],
    ['too early', said(20), 18, 'differs'],
    ['in the range', said(60, 90), 89.6, 'agrees'],
    ['after the range', said(60, 90), 110, 'differs'],
    ['open past it', said(5), open(95), 'differs'],
    ['open, and not watched long enough', said(75), open(8), 'unseen'],
    ['open at the very time', said(5), open(5.5), 'unseen'],
    ['open without a limit', said(null), open(95), 'agrees'],
    ['closed without a limit', said(null), 60, 'differs'],
    ['not documented', null, 5, 'undocumented'],
  ])('%s', (_name, idle, value, expected) => {
    expect(verdict({ idle }, { 'idle.used-s': value })).toEqual([expected]);
  });

  it.each([
    [said(100), 100, 'agrees'],
    [said(100), 101, 'differs'],
    [said(1_000), null, 'differs'],
    [said(10_000), null, 'unseen'],
    [said(null), null, 'agrees'],
  ])('a number of requests is exact: %j, %s', (requests, value, expected) => {
    expect(verdict({ requests }, { 'keepalive.max-requests': value })).toEqual([expected]);
  });

  it('is nothing where nothing was measured, or nothing is known', () => {
    expect(verdict({ idle: said(5) }, {})).toEqual([]);
    expect(documentedTimers(sampleRun())).toEqual([]);
  });
});

describe('the section of the reports', () => {
  const run = runOf({ idle: said(5), head: said(60, 90) }, { 'idle.used-s': 12, 'idle.partial-head-s': 70 });

  it('has both with the source and the frames, and marks a difference', () => {
    const markdown = renderDifferences({ run, language: 'en' });
    expect(markdown).toContain(
      '| one | idle after a response | 5 s (its setting) | 12 s (one/probe/idle-used frames 4, 9) | differs | https&#58;//example.org/manual, read 2026-01-02 |',
    );
    expect(markdown).toContain(
      '| one | incomplete request head | 60 s–90 s (its setting) | 70 s (one/probe/idle-used frames 5, 10) | agrees |',
    );
  });

  it('is in table.md where the two differ, and there alone', () => {
    const markdown = renderMarkdown({ run, language: 'en' });
    expect(markdown).toContain('## Time-outs that are not as documented');
    expect(markdown).toContain('| one | idle after a response | 5 s (its setting) | 12 s');
    expect(markdown).not.toContain('60 s–90 s');
  });

  it('names in the terminal what is not as documented', () => {
    const text = renderTerminal({ run, language: 'en', terminal: { columns: 120, color: false } });
    expect(text).toContain('one idle after a response: 5 s (its setting) → 12 s (probe/idle-used frames 4, 9)');
    expect(text).not.toContain('incomplete request head:');
  });

  it('is there in Chinese', () => {
    expect(renderDifferences({ run, language: 'zh' })).toContain('## 超时：文档所述与实测');
  });
});

describe('a value beside what is documented', () => {
  const { servers: rows } = runOf({ idle: said(5), looked: { source: 'its manual', read: '2026-01-03' } }, {});
  const row = rows[0]!;

  it('is judged where it is a timer, with the source, or with where it was looked for', () => {
    expect(documentedBeside(row, 'idle.used-s', { value: 12, frames: [4] })).toEqual({
      timer: 'idle',
      documented: said(5),
      source: said(5),
      verdict: 'differs',
    });
    expect(documentedBeside(row, 'idle.partial-head-s', { value: 12, frames: [4] })).toMatchObject({
      documented: null,
      source: { source: 'its manual' },
      verdict: 'undocumented',
    });
  });

  it('is nothing where it is no timer, or nothing is known of the server', () => {
    expect(documentedBeside(row, 'cache.etag', { value: 'weak', frames: [4] })).toBeNull();
    expect(documentedBeside({}, 'idle.used-s', { value: 12, frames: [4] })).toBeNull();
  });
});

describe('the documented defaults', () => {
  const rows = [...servers.filter(({ provenance }) => provenance === 'real'), ...proxies.map(({ id }) => ({ id: `${id}>node-http` }))];

  it('have every real server, variant, version and chain, and no server that is not there', () => {
    expect(rows.filter(({ id }) => documentedOf(id) === undefined).map(({ id }) => id)).toEqual([]);
    expect(Object.keys(documented).filter((id) => ![...servers, ...proxies].some((one) => one.id === id))).toEqual([]);
  });

  it('name their source for each timer, or where it was looked for', () => {
    for (const { id } of rows) {
      const { looked, ...timers } = documentedOf(id)!;
      for (const timer of Object.values(timers)) {
        const from = timer ?? looked;
        expect(from?.source, id).toMatch(/^https?:\/\/|\(\d|\.conf$|^servers\//);
        expect(from?.read, id).toMatch(/^\d{4}-\d\d-\d\d$/);
      }
    }
  });

  it('of a version are its base’s, of a chain its proxy’s, of a model none', () => {
    expect(documentedOf('node-http@18')).toBe(documented['node-http']);
    expect(documentedOf('varnish>express')).toBe(documented.varnish);
    expect(documentedOf('flask-model')).toBeUndefined();
  });

  it('of a variant that sets a timer are what it sets', () => {
    expect(documentedOf('express-keepalive-65s')?.idle).toMatchObject({ value: 65 });
    expect(documentedOf('nginx-no-keepalive')?.requests).toMatchObject({ value: 1 });
  });
});
