import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** What aims at moments of milliseconds has the machine to itself. */
const ALONE = ['test/live/race.test.ts'];

const LIVE = 'test/live/**/*.test.ts';
// Live tests wait more than they compute; the default leaves one of two cores idle.
const TOGETHER = { sequence: { groupOrder: 0 }, maxWorkers: Math.max(2, availableParallelism() - 1) };

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    // The machines are shared and have two cores; a live test waits for real servers.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/counts-reporter.ts'],
    projects: [
      { extends: true, test: { name: 'pure', include: ['test/**/*.test.ts'], exclude: [LIVE], ...TOGETHER } },
      { extends: true, test: { name: 'live', include: [LIVE], exclude: ALONE, ...TOGETHER } },
      { extends: true, test: { name: 'alone', include: ALONE, sequence: { groupOrder: 1 }, maxWorkers: 1 } },
    ],
  },
});
