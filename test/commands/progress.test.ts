import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressOn } from '../../harness/commands/progress.ts';

const CELL = { server: 'express', client: 'probe', scenario: 'idle-used' };
const OTHER = { ...CELL, server: 'koa' };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv('TERM', 'xterm');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

function terminal(isTTY: boolean, columns = 80) {
  let text = '';
  const stream = Object.assign(new PassThrough(), { isTTY, columns });
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

describe('progressOn', () => {
  it('writes a line now and then where there is no terminal: what works, what waits, and for how much longer', () => {
    const { stream, text } = terminal(false);
    const progress = progressOn(stream, 3);
    progress.begins(CELL);
    progress.event(CELL, { type: 'phase', phase: 'watch', untilEpochMs: Date.now() + 30_000 });
    progress.begins(OTHER);
    progress.event(OTHER, { type: 'phase', phase: 'step', step: 'idle-used' });
    vi.advanceTimersByTime(9_000);
    expect(text()).toBe('');
    vi.advanceTimersByTime(1_000);
    const until = new Date(Date.now() + 20_000).toLocaleTimeString('en-GB', { hour12: false });
    expect(text()).toBe(
      `0:10 · 0/3 cells · express/probe/idle-used watches idle connections until ${until} (20 s) · koa/probe/idle-used: step idle-used\n`,
    );
    progress.stop();
  });

  it('reports a failure at once, and counts it', () => {
    const { stream, text } = terminal(false);
    const progress = progressOn(stream, 2);
    progress.begins(CELL);
    progress.ends({ cell: CELL, state: 'failed', reason: 'the server did not start', capture: null });
    expect(text()).toBe('failed: express/probe/idle-used: the server did not start\n');
    progress.begins(OTHER);
    vi.advanceTimersByTime(10_000);
    expect(text()).toContain('0:10 · 1/2 cells · 1 failed · koa/probe/idle-used: starting');
    progress.stop();
  });

  it('sends a terminal that knows no control sequences none', () => {
    vi.stubEnv('TERM', 'dumb');
    const { stream, text } = terminal(true);
    const progress = progressOn(stream, 1);
    progress.begins(CELL);
    vi.advanceTimersByTime(10_000);
    progress.ends({ cell: CELL, state: 'failed', reason: 'it wrote:\n\x1b]0;owned\x07 \u009b31m', capture: null });
    progress.stop();
    expect(text()).toBe(
      '0:10 · 0/1 cells · express/probe/idle-used: starting\nfailed: express/probe/idle-used: it wrote:\n\\x1b]0;owned\\x07 \\x9b31m\n0:10 · 1/1 cells · 1 failed\n',
    );
  });

  it('draws one line on a terminal, never wider than that, and clears it away', () => {
    const { stream, text } = terminal(true, 30);
    const progress = progressOn(stream, 1);
    progress.begins(CELL);
    progress.event(CELL, { type: 'phase', phase: 'step', step: 'a-step-with-a-very-long-name-indeed' });
    vi.advanceTimersByTime(600);
    progress.stop();
    const lines = text().split('\r\x1b[2K');
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line.length).toBeLessThan(30);
    expect(lines.at(-1)).toBe('');
    vi.advanceTimersByTime(10_000);
    expect(text().endsWith('\r\x1b[2K')).toBe(true);
  });

  it('leaves a line that says how long it took', () => {
    const { stream, text } = terminal(true, 80);
    const progress = progressOn(stream, 1);
    progress.begins(CELL);
    vi.advanceTimersByTime(3_725_000);
    progress.ends({ cell: CELL, state: 'observed', capture: 'x.pcapng', attempts: 1 } as never);
    progress.stop();
    expect(text().split('\r\x1b[2K').at(-1)).toBe('1:02:05 · 1/1 cells\n');
  });
});
