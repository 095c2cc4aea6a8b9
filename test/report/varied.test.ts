/** What the reports say of values that varied between the runs of one cell. */

import path from 'node:path';
import { expect, it } from 'vitest';
import { parseRunResult, type RunResult, writtenRun } from '../../harness/compare/run-result.ts';
import type { ObservedValue, Spread } from '../../harness/model.ts';
import { explained, renderExplanation } from '../../harness/report/explanation.ts';
import { renderDifferences } from '../../harness/report/markdown.ts';
import { renderTerminal } from '../../harness/report/terminal.ts';
import { readFoundCapture } from '../../harness/results/find-capture.ts';
import { cell, sampleRun } from './sample-run.ts';

const value = (what: ObservedValue['value'], spread: Spread, more: Partial<ObservedValue> = {}): ObservedValue => ({
  value: what,
  frames: [4],
  spread,
  ...more,
});

/** The sample run as of three runs of each cell. */
function repeatedRun(values: Record<string, ObservedValue>): RunResult {
  const run = sampleRun();
  const repeats = [2, 3].map((index) => ({
    capture: `repeats/${index}/captures/express/probe/idle-used.pcapng`,
    captureSha256: '0',
    reason: null,
  }));
  return { ...run, run: { ...run.run, repeat: 3 }, cells: [{ ...cell('express/probe/idle-used', values), repeats }] };
}

const VALUES = {
  'close.how': value('FIN', {
    runs: 3,
    values: [
      { value: 'FIN', times: 2 },
      { value: 'RST', times: 1 },
    ],
  }),
  'connections.used': value(3, {
    runs: 3,
    min: 2,
    max: 3,
    values: [
      { value: 3, times: 2 },
      { value: 2, times: 1 },
    ],
  }),
  'idle.used-s': value(
    null,
    {
      runs: 3,
      values: [
        { value: null, times: 2 },
        { value: 7.5, times: 1 },
      ],
    },
    { windowS: 8 },
  ),
  'handshake.ms': value(0.1, { runs: 3, min: 0.1, median: 0.2, max: 0.3 }),
  'load.ms': value(400, { runs: 3, min: 400, median: 500, max: 900, absent: 1 }),
};
const terminal = (run: RunResult, language: 'en' | 'zh' = 'en') =>
  renderTerminal({ run, language, terminal: { columns: 100, color: false } });

it('terminal and differences.md name each value that varied beyond its tolerance, and which are races', () => {
  const run = repeatedRun(VALUES);
  const text = terminal(run);
  expect(text).toContain('What varied in 3 runs of each cell, beyond the tolerance');
  expect(text).toContain('close.how FIN × 2, RST × 1 (express/probe/idle-used)');
  expect(text).toContain('connections.used (race) 3 × 2, 2 × 1');
  expect(text).toContain('idle.used-s still open after 8 s × 2, 7.5 s × 1');
  expect(text).toContain('load.ms 400 ms – 500 ms – 900 ms, no value × 1');
  expect(text).not.toContain('handshake.ms 0.1');
  expect(text).toMatch(/A race varies although nothing has changed/);
  expect(renderDifferences({ run, language: 'en' })).toContain('| express/probe/idle-used | close.how | FIN × 2, RST × 1 |');
  expect(terminal(run, 'zh')).toContain('各单元格重复 3 次，超出容差的变化');
  // run.json keeps it.
  expect(parseRunResult(JSON.parse(JSON.stringify(writtenRun(run))), '').cells).toEqual(run.cells);
});

it('say where nothing varied, and nothing where cells were run once', () => {
  const steady = repeatedRun({ 'close.first': value('server', { runs: 3 }), 'handshake.ms': VALUES['handshake.ms'] });
  expect(terminal(steady)).toContain('Nothing varied beyond its tolerance in 3 runs of each cell.');
  expect(renderDifferences({ run: steady, language: 'en' })).toContain('Nothing varied beyond its tolerance in 3 runs of each cell.');
  expect(terminal(sampleRun())).not.toMatch(/varied/);
});

it('explain shows it below the value', async () => {
  const capture = path.join(import.meta.dirname, '../fixtures/runs/idle/captures/express/probe/idle-used.pcapng');
  const shown = explained(
    await readFoundCapture(capture),
    repeatedRun({ 'idle.used-s': value(6, { runs: 3, min: 5.9, median: 6, max: 6.2 }) }),
    capture,
  );
  const text = renderExplanation({ ...shown, language: 'en', ascii: false, columns: 100 });
  expect(text).toMatch(/\nidle\.used-s .*\n +in 3 runs: 5\.9 s – 6 s – 6\.2 s\n/);
  expect(renderExplanation({ ...shown, language: 'en', ascii: true, columns: 100 })).toMatch(/in 3 runs: 5\.9 s - 6 s - 6\.2 s/);
});
