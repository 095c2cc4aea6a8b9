import { describe, expect, it } from 'vitest';
import type { Finding } from '../../harness/findings/finding.ts';
import { findingLines, lookLines } from '../../harness/report/finding-lines.ts';

const finding = (given: Partial<Finding> = {}): Finding => ({
  id: 'a.a',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.8.3',
  title: 'A title that is quite long, so that it has to be wrapped somewhere',
  seen: 'What was seen, in a sentence of some length that goes over more than one line.',
  consequence: 'What follows.',
  remedy: 'What mends it.',
  server: '10.0.0.1:80',
  where: [{ cell: null, stream: 3, frames: [7, 8] }],
  ...given,
});

describe('lookLines', () => {
  it('names what was seen, where, what follows and what mends it, within the width', () => {
    const lines = lookLines([finding()], 60);
    expect(lines[0]).toBe('Worth a look');
    expect(lines[1]).toMatch(/^ {2}fault {2}A title/);
    expect(lines).toContain('         10.0.0.1:80, connection #3, frames 7, 8');
    expect(lines).toContain('         frame.number in {7, 8}');
    expect(lines).toContain('         → What follows.');
    expect(lines).toContain('         remedy: What mends it.');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('keeps a note short, and names no place where there is none', () => {
    const note = finding({
      severity: 'note',
      title: 'T',
      level: null,
      spec: null,
      seen: 'S',
      server: '',
      where: [{ cell: null, stream: null, frames: [] }],
    });
    expect(lookLines([note], 80)).toEqual(['Worth a look', '  note   T', '         S']);
  });

  it('shows no more than ten, and says how many there are', () => {
    const many = Array.from({ length: 12 }, (_, index) => finding({ id: `a.${index}`, title: `T${index}` }));
    const lines = lookLines(many, 80);
    expect(lines.filter((line) => line.startsWith('  fault'))).toHaveLength(10);
    expect(lines.at(-1)).toBe('  2 more findings: --json has them all');
    expect(lookLines(many.slice(1), 80).at(-1)).toBe('  1 more finding: --json has it');
  });

  it('escapes what came from the wire', () => {
    expect(lookLines([finding({ seen: 'ETag: \u001b[31m' })], 80).join('\n')).not.toContain('\u001b');
  });

  it('says so where nothing was found', () => {
    expect(lookLines([], 80)).toEqual(['Worth a look: nothing wrong in what was captured']);
  });
});

describe('findingLines', () => {
  it('names the cell, and shows all of them', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      finding({ id: `a.${index}`, title: `T${index}`, where: [{ cell: 'yours/probe/range', stream: 0, frames: [4] }] }),
    );
    const lines = findingLines(many, 80, 'en');
    expect(lines.filter((line) => line.includes('fault'))).toHaveLength(12);
    expect(lines).toContain('         yours/probe/range, connection #0, frame 4');
  });

  it('speaks Chinese where it is asked to', () => {
    const lines = findingLines([finding({ title: '标题' })], 80, 'zh');
    expect(lines[0]).toBe('  错误   标题（RFC 9110 §8.8.3，MUST）');
    expect(lines).toContain('         10.0.0.1:80，连接 #3，帧 7、8');
  });
});
