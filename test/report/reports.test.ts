import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../harness/compare/run-result.ts';
import { cellTable, valueTable } from '../../harness/report/csv.ts';
import { reporters } from '../../harness/report/index.ts';
import { renderDifferences, renderMarkdown, renderMatrices } from '../../harness/report/markdown.ts';
import { renderTerminal } from '../../harness/report/terminal.ts';
import { textWidth } from '../../harness/report/width.ts';
import { terminalOf } from '../../harness/system/terminal.ts';
import { expectGolden } from '../golden.ts';
import { cell, sampleRun } from './sample-run.ts';

const render = (run: RunResult, columns: number, color = false) => renderTerminal({ run, language: 'en', terminal: { columns, color } });

/** What a server could send to do harm in a report. */
const hostileRun = (): RunResult => {
  const run = sampleRun();
  const evil = '\x1b]0;owned\x07\x1b[2J|<img src=x onerror=alert(1)>`[x](javascript:y)\r\n=cmd()';
  return {
    ...run,
    cells: [
      ...run.cells,
      cell('iis/chromium/revisit', { 'cache.control': evil }),
      cell('iis/probe/idle-used', { 'http.connection': evil }),
    ],
  };
};

describe('the terminal table', () => {
  it.each([60, 80, 100, 140])('is the golden one at %i columns', (columns) => {
    expectGolden(`table-${columns}.txt`, render(sampleRun(), columns));
  });

  it.each([40, 80, 100])('is nowhere wider than %i columns, commands excepted', (columns) => {
    const lines = render(sampleRun(), columns).split('\n');
    for (const line of lines.filter((one) => !one.includes('remedy: '))) expect(textWidth(line), line).toBeLessThanOrEqual(columns);
  });

  it('says the same with and without colour', () => {
    const coloured = render(sampleRun(), 100, true);
    expect(coloured).toContain('\x1b[33m');
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(render(sampleRun(), 100));
    expect(render(sampleRun(), 100)).not.toContain('\x1b');
  });

  it('marks a model and a variant, and names what is skipped with its remedy', () => {
    const text = render(sampleRun(), 100);
    expect(text).toMatch(/^iis \[model\] /m);
    expect(text).toMatch(/^↳ express-no-etag /m);
    expect(text).toContain('caddy skipped: caddy is not installed');
    expect(text).toContain('remedy: apt-get install -y caddy');
    expect(text).toContain('open after 95 s');
    expect(text).toContain('fastify/chromium/revisit failed: the capture is incomplete');
  });

  it('shows what came from the wire as text', () => {
    const text = render(hostileRun(), 200, false);
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  });

  it('has a table for a run without a browser, and says something for an empty run', () => {
    const run = sampleRun();
    const probeOnly = { ...run, cells: run.cells.filter((one) => one.client === 'probe') };
    expect(render(probeOnly, 100)).toMatch(/^express +6 s +5 s$/m);
    expect(render({ ...run, cells: [], differences: [] }, 100)).toContain('0 cells observed');
  });
});

describe('NO_COLOR, FORCE_COLOR and the width', () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{ isTTY: true }, { NO_COLOR: '' }, true],
    [{ isTTY: true }, { TERM: 'dumb' }, false],
    [{}, {}, false],
    [{}, { FORCE_COLOR: '1' }, true],
  ])('%j with %j: colour %s', (stream, env, color) => {
    expect(terminalOf(stream, env).color).toBe(color);
  });

  it('takes the width of the terminal, of COLUMNS, or 100', () => {
    expect(terminalOf({ columns: 133 }, { COLUMNS: '90' }).columns).toBe(133);
    expect(terminalOf({}, { COLUMNS: '90' }).columns).toBe(90);
    expect(terminalOf({}, { COLUMNS: 'wide' }).columns).toBe(100);
  });
});

describe('table.md', () => {
  it('is the golden one', () => {
    expectGolden('table.md', renderMarkdown({ run: sampleRun(), language: 'en' }));
  });

  it('has the rest in files of their own, the golden ones', () => {
    expectGolden('differences.md', renderDifferences({ run: sampleRun(), language: 'en' }));
    expectGolden('matrices.md', renderMatrices({ run: sampleRun(), language: 'en' }));
  });

  it('keeps every row of a table to its columns, whatever came from the wire', () => {
    const input = { run: hostileRun(), language: 'en' } as const;
    const text = [renderMarkdown(input), renderDifferences(input), renderMatrices(input)].join('\n\n');
    expect(text).not.toMatch(/<img|\x1b/);
    const tables = text.split('\n\n').filter((block) => block.startsWith('| '));
    expect(tables.length).toBeGreaterThan(2);
    for (const table of tables) expect(new Set(table.split('\n').map((line) => line.split('|').length)).size, table).toBe(1);
  });
});

describe('table.csv and values.csv', () => {
  it('are the golden ones', () => {
    expectGolden('table.csv', cellTable(sampleRun()));
    expectGolden('values.csv', valueTable(sampleRun()));
  });
});

describe('the reporters', () => {
  it('have ids of their own and write files of their own', async () => {
    const ids = reporters.map((reporter) => reporter.id);
    expect(new Set(ids).size).toBe(ids.length);
    const paths: string[] = [];
    const input = {
      run: sampleRun(),
      found: [],
      language: 'en' as const,
      terminal: { columns: 100, color: false },
      linksOf: ({ capture }: { capture: string }) => ({ capture, har: null }),
      evidenceOf: () => Promise.reject(new Error('this test has no captures')),
    };
    for (const reporter of reporters.filter((one) => ['json', 'markdown', 'csv', 'terminal'].includes(one.id))) {
      for await (const file of reporter.files(input)) paths.push(file.path);
    }
    expect(paths).toEqual(['run.json', 'table.md', 'differences.md', 'matrices.md', 'table.csv', 'values.csv', '-']);
  });
});
