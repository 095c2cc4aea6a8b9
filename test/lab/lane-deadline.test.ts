import { describe, expect, it } from 'vitest';
import { scenarios } from '../../clients/scenarios/index.ts';
import { doing, LIMITS, longestSilenceMs } from '../../harness/lab/lane-deadline.ts';

const WINDOW_MS = 95_000;

describe('longestSilenceMs', () => {
  it('outlasts every limit that the lane holds itself', () => {
    for (const scenario of scenarios) {
      for (const step of scenario.steps) {
        const own = step.actions.reduce((sum, { do: what }) => sum + (what === 'watch' ? WINDOW_MS : LIMITS.actionMs), 0);
        expect(longestSilenceMs({ type: 'phase', phase: 'step', step: step.id }, scenario, WINDOW_MS)).toBeGreaterThan(own);
      }
      if (!scenario.steps.some(({ actions }) => actions.some((action) => action.do === 'watch'))) continue;
      expect(longestSilenceMs({ type: 'phase', phase: 'watch', untilEpochMs: 0 }, scenario, WINDOW_MS)).toBeGreaterThan(WINDOW_MS);
    }
    const [scenario] = scenarios;
    const silence = (phase: 'server' | 'capture' | 'client', readyMs?: number) =>
      longestSilenceMs({ type: 'phase', phase }, scenario!, WINDOW_MS, readyMs);
    expect(silence('server')).toBeGreaterThan(LIMITS.startMs + LIMITS.readyMs);
    expect(silence('server', 100_000)).toBeGreaterThan(LIMITS.startMs + 100_000);
    expect(silence('client')).toBeGreaterThan(LIMITS.openMs);
  });

  it('names what the lane was doing', () => {
    expect(doing(null)).toBe('it was starting');
    expect(doing({ type: 'phase', phase: 'step', step: 'revisit' })).toBe('it was in the step "revisit"');
  });
});
