import { describe, expect, it } from 'vitest';
import { againstBaseline } from '../../harness/compare/baseline.ts';
import type { RunResult } from '../../harness/compare/run-result.ts';
import { parseRunResult, writtenRun } from '../../harness/compare/run-result.ts';
import { renderMarkdown } from '../../harness/report/markdown.ts';
import { renderTerminal } from '../../harness/report/terminal.ts';
import { cell, sampleRun } from '../report/sample-run.ts';

const changed = (name: string, values: Parameters<typeof cell>[1]): RunResult => {
  const run = sampleRun();
  return { ...run, cells: run.cells.map((one) => (`${one.server}/${one.client}/${one.scenario}` === name ? cell(name, values) : one)) };
};

describe('againstBaseline', () => {
  it('finds nothing between a run and itself', () => {
    const comparison = againstBaseline(sampleRun(), sampleRun());
    expect(comparison).toMatchObject({ run: 'sample', differences: [], lost: [], added: [] });
  });

  it('finds a value that changed by more than its tolerance, the baseline on the left', () => {
    const now = changed('express/probe/idle-used', { 'idle.used-s': 6.3, 'keepalive.advertised-s': 9 });
    const comparison = againstBaseline(now, sampleRun());
    expect(comparison.differences).toMatchObject([
      {
        against: 'baseline',
        kind: 'differs',
        observation: 'keepalive.advertised-s',
        left: { value: { value: 5 } },
        right: { value: { value: 9 } },
      },
    ]);
  });

  it('names what is no longer observed, and what was not before', () => {
    const lost = againstBaseline(sampleRun(), changed('fastify/chromium/revisit', { 'revisit.requests': 4 }));
    expect(lost.lost).toEqual(['fastify/chromium/revisit']);
    const added = againstBaseline(changed('fastify/chromium/revisit', { 'revisit.requests': 4 }), sampleRun());
    expect(added).toMatchObject({ added: ['fastify/chromium/revisit'], lost: [] });
  });

  it('says nothing of cells that this run did not plan, nor of observations that the baseline did not know', () => {
    const now = sampleRun();
    now.cells = now.cells.slice(0, 1);
    const baseline = sampleRun();
    baseline.observations = baseline.observations.filter((observation) => observation.id !== 'cache.etag');
    for (const one of baseline.cells) delete (one.values as Record<string, unknown>)['cache.etag'];
    expect(againstBaseline(now, baseline)).toMatchObject({ differences: [], lost: [], added: [] });
  });

  it('is part of run.json and of the reports', () => {
    const now = changed('express/probe/idle-used', { 'idle.used-s': 6, 'keepalive.advertised-s': 9 });
    const run = { ...now, baseline: againstBaseline(now, sampleRun()) };
    expect(parseRunResult(JSON.parse(JSON.stringify(writtenRun(run))), 'run.json').baseline).toEqual(run.baseline);
    const line = 'express/probe/idle-used keepalive.advertised-s: 5 s → 9 s (frames 5, 10)';
    const text = renderTerminal({ run, language: 'en', terminal: { columns: 200, color: false } });
    expect(text).toContain(
      'Changed since the baseline: express, advertised idle timeout: 5 s → 9 s (express/probe/idle-used, frames 5, 10).',
    );
    expect(text).toMatch(/^1 change since the baseline of .*: table\.md$/m);
    expect(renderMarkdown({ run, language: 'en' })).toContain(`- ${line}\n`);
  });
});
