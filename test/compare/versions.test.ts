import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../harness/compare/matrix.ts';
import { neighbouringVersions } from '../../harness/compare/versions.ts';
import { renderMarkdown } from '../../harness/report/markdown.ts';
import { renderTerminal } from '../../harness/report/terminal.ts';
import { cell, sampleRun } from '../report/sample-run.ts';

describe('neighbouring versions', () => {
  it('are next to each other by number, kind by kind', () => {
    expect(
      neighbouringVersions(['node-http@26', 'express', 'node-http@18', 'express@node22', 'node-http@22', 'express@node9', 'express@4']),
    ).toEqual([
      ['node-http@18', 'node-http@22'],
      ['node-http@22', 'node-http@26'],
      ['express@node9', 'express@node22'],
    ]);
  });
});

describe('what changed from one version to the next', () => {
  const sample = sampleRun();
  const template = { ...sample.servers[0]!, variantOf: 'node-http' };
  const rows = {
    ...sample,
    servers: ['node-http@18', 'node-http@20', 'node-http@22', 'node-http@24'].map((id) => ({ ...template, id })),
    cells: [
      cell('node-http@18/probe/idle-used', { 'idle.used-s': 5, 'keepalive.advertised-s': 5 }),
      cell('node-http@20/probe/idle-used', { 'idle.used-s': 6, 'keepalive.advertised-s': 5 }),
      cell('node-http@24/probe/idle-used', { 'idle.used-s': 6.01, 'keepalive.advertised-s': 5 }),
    ],
  };
  const run = { ...rows, differences: differencesOf(rows) };

  it('is a difference with both cells, past a version that was not observed', () => {
    expect(run.differences.filter(({ against }) => against === 'earlier-version')).toMatchObject([
      {
        kind: 'differs',
        observation: 'idle.used-s',
        left: { cell: 'node-http@18/probe/idle-used', value: { value: 5 } },
        right: { cell: 'node-http@20/probe/idle-used', value: { value: 6 } },
      },
    ]);
  });

  it('is a section of table.md and of the terminal, with the frames of both', () => {
    const markdown = renderMarkdown({ run, language: 'en' }).replaceAll('&#64;', '@');
    expect(markdown).toContain('## What changed from one version to the next');
    expect(markdown).toContain(
      '- **node-http@18 → node-http@20**\n  - idle.used-s: 5 s → 6 s (node-http@18/probe/idle-used frames 4, 9 → node-http@20/probe/idle-used frames 4, 9)',
    );
    expect(markdown).toContain('- **node-http@20 → node-http@24**: nothing that was observed changed');
    const terminal = renderTerminal({ run, language: 'en', terminal: { columns: 200, color: false } });
    expect(terminal).toContain(
      'node-http@18 → node-http@20 idle.used-s: 5 s → 6 s (probe/idle-used frames 4, 9 → probe/idle-used frames 4, 9)',
    );
    expect(terminal).toContain('node-http@20 → node-http@24 nothing that was observed changed');
    expect(terminal).not.toContain('↳');
  });

  it('says so in Chinese', () => {
    expect(renderMarkdown({ run, language: 'zh' })).toContain('## 相邻两个版本之间的变化');
  });
});
