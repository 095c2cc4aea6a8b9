import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../harness/compare/matrix.ts';
import type { RunResult } from '../../harness/compare/run-result.ts';
import { TABLE_WORDS } from '../../harness/report/phrases/tables.ts';
import { differencesThatMatter } from '../../harness/report/that-matter.ts';
import { cell, sampleRun } from './sample-run.ts';

/** A run in which ten servers keep a connection for 5 s, and these for other times. */
function runOf(others: Record<string, number>, more: Record<string, number> = {}) {
  const base = sampleRun();
  const usual = Array.from({ length: 10 }, (_, index): [string, number] => [`s${index}`, 5]);
  const all = [...usual, ...Object.entries(others)];
  const servers = all.map(([id]) => ({ ...base.servers[0]!, id, title: id, variantOf: null }));
  const cells = all.map(([id, idle]) => cell(`${id}/probe/idle-used`, { 'idle.used-s': idle, ...more }));
  const rows = { ...base, servers, cells };
  return { ...rows, differences: differencesOf(rows) };
}

const shown = (run: RunResult) => differencesThatMatter(run, TABLE_WORDS.en);

describe('the differences that matter', () => {
  it('name the usual value, the others with their servers, those of the most first', () => {
    const [first] = shown(runOf({ a: 60, b: 75, c: 75 }));
    expect(first).toMatchObject({ observation: 'idle.used-s', usual: '5\u00a0s', agreeing: 10, voting: 13, more: 0 });
    expect(first?.values.map(({ text, servers }) => [text, servers])).toEqual([
      ['75\u00a0s', ['b', 'c']],
      ['60\u00a0s', ['a']],
    ]);
  });

  it('count servers and values for which there is no room', () => {
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`m${index}`, 75]));
    const [first] = shown(runOf({ ...many, a: 20, b: 30, c: 40, d: 50 }));
    expect(first?.values[0]).toMatchObject({ servers: ['m0', 'm1', 'm2', 'm3', 'm4', 'm5'], others: 2 });
    expect(first).toMatchObject({ more: 1 });
  });

  it('leave out variants beside their base, versions beside each other, and models', () => {
    const run = runOf({ a: 75, 'a@18': 60, 'a@20': 60, v: 30, model: 20 });
    const rows = run.servers.map((server) =>
      server.id === 'v' ? { ...server, variantOf: 's0' } : server.id === 'model' ? { ...server, provenance: 'model' as const } : server,
    );
    const [first] = shown({ ...run, servers: rows });
    expect(first?.values.flatMap(({ servers }) => servers)).toEqual(['a']);
  });

  it('begin with what ends connections, whatever the order of the observations', () => {
    const ids = differencesThatMatter(sampleRun(), TABLE_WORDS.en).map(({ observation }) => observation);
    expect(ids[0]).toBe('idle.used-s');
    expect(ids.indexOf('close.first')).toBeLessThan(ids.indexOf('http.version'));
    expect(ids.length).toBeLessThanOrEqual(30);
  });
});
