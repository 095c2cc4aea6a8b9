import { describe, expect, it } from 'vitest';
import type { ObservedValue, ValueJson } from '../../harness/model.ts';
import { judgedObservations } from '../../harness/report/conformance.ts';
import { renderDifferences } from '../../harness/report/markdown.ts';
import { TABLE_WORDS } from '../../harness/report/phrases/tables.ts';
import { judgeById as judge } from '../observe/judge-by-id.ts';
import { cell, sampleRun } from './sample-run.ts';

const judged = (id: string, value: ValueJson, frames: number[]): ObservedValue => ({
  value,
  frames,
  conformance: judge(id, { value }) ?? { verdict: 'unspecified', section: '', because: '' },
});
const star = (value: ValueJson, frames: number[]) => ({ 'conditional.star': judged('conditional.star', value, frames) });

const run = () => ({
  ...sampleRun(),
  cells: [
    cell('express/probe/conditional', star(304, [4, 6])),
    cell('iis/probe/conditional', star(304, [5, 7])),
    cell('python-http/probe/conditional', { ...star(200, [8, 9]), 'idle.used-s': judged('idle.used-s', 0, [1]) }),
    // The same again in another scenario says nothing new.
    cell('python-http/probe/range', star(200, [90])),
  ],
});

describe('what the RFCs say', () => {
  it('names servers of one value together, what deviates first, a model as a model', () => {
    const [only, ...others] = judgedObservations(run(), TABLE_WORDS.en);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ observation: 'conditional.star', section: 'RFC 9110 §13.1.2' });
    expect(
      only?.values.map(({ verdict, text, servers }) => [verdict, text, servers.map(({ server, frames }) => `${server} ${frames}`)]),
    ).toEqual([
      ['deviates', '200', ['python-http probe/conditional frames 8, 9']],
      ['conforms', '304', ['express probe/conditional frames 4, 6', 'iis [model] probe/conditional frames 5, 7']],
    ]);
  });

  it('is a section of differences.md only where there is something to say', () => {
    const text = renderDifferences({ run: run(), language: 'en' });
    expect(text).toContain('## What the RFCs say');
    expect(text).toMatch(/deviates: 200: python-http \(probe\/conditional frames 8, 9\); .*MUST be 304/);
    expect(text).toMatch(/conforms: 304: express, iis/);
    expect(renderDifferences({ run: sampleRun(), language: 'en' })).not.toContain('What the RFCs say');
  });
});
