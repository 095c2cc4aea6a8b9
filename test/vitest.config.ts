import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    // The machines are shared and have two cores; a live test waits for real servers.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Live tests wait more than they compute; the default leaves one of two cores idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', './test/counts-reporter.ts'],
  },
});
