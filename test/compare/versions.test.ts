import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../harness/compare/matrix.ts';
import { neighbouringVersions } from '../../harness/compare/versions.ts';
import { renderMarkdown } from '../../harness/report/markdown.ts';
import { renderTerminal } from '../../harness/report/terminal.ts';
import { renderChanges } from '../../harness/report/what-changed.ts';
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

  it('is a file of its own, in words and with the frames of both', () => {
    const text = renderChanges({ run, language: 'en' })!.replaceAll('&#64;', '@');
    expect(text).toContain('# What changed from one version to the next\n\n## node-http@18, node-http@20, node-http@24\n');
    expect(text).toContain(
      '- **idle connection kept, used** (`idle.used-s`): 5 s in node-http@18; 6 s from node-http@20 to node-http@24\n',
    );
    expect(text).toMatch(/\| idle connection kept, used \(probe\/idle-used\) \| 5 s \(frames 4, 9\) \| 6 s \(frames 4, 9\) \| 6 s/);
    expect(text).toContain(
      '### node-http@18 → node-http@20\n\n- **idle connection kept, used** (`idle.used-s`): 5 s → 6 s (node-http@18/probe/idle-used frames 4, 9 → node-http@20/probe/idle-used frames 4, 9)',
    );
    expect(text).toContain('### node-http@20 → node-http@24\n\nnothing that was observed changed');
    expect(renderMarkdown({ run, language: 'en' })).toContain('what changed from version to version in what-changed.md');
  });

  it('is no file where there are no two versions', () => {
    expect(renderChanges({ run: sampleRun(), language: 'en' })).toBeNull();
  });

  it('is a section of the terminal', () => {
    const terminal = renderTerminal({ run, language: 'en', terminal: { columns: 200, color: false } });
    expect(terminal).toContain(
      'node-http@18 → node-http@20 idle.used-s: 5 s → 6 s (probe/idle-used frames 4, 9 → probe/idle-used frames 4, 9)',
    );
    expect(terminal).toContain('node-http@20 → node-http@24 nothing that was observed changed');
    expect(terminal).not.toContain('↳');
  });

  it('says so in Chinese', () => {
    expect(renderChanges({ run, language: 'zh' })).toContain('# 相邻两个版本之间的变化');
  });
});
