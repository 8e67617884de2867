import { defineConfig } from 'vitest/config';

/** The bench uses the editor, the server and the browser of the tests: tests/e2e. */
export default defineConfig({
  test: {
    include: ['bench/editor/*.bench.ts'],
    globalSetup: ['tests/e2e/harness/server.ts'],
    setupFiles: ['tests/e2e/harness/picture-of-failure.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    reporters: ['verbose'],
  },
});
