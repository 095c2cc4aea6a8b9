import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    // The machines are shared and have two cores; a live test waits for real servers.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/counts-reporter.ts'],
  },
});
