import { defineConfig } from 'vitest/config';

/** Tests in a real VS Code. One server and one browser serve them all, one file after the other. */
export default defineConfig({
  test: {
    include: ['tests/e2e/**/*.test.ts'],
    globalSetup: ['tests/e2e/harness/server.ts'],
    setupFiles: ['tests/e2e/harness/picture-of-failure.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A machine that is busy with other things is slow, not wrong.
    expect: { poll: { timeout: 30_000 } },
    sequence: { concurrent: false },
    reporters: ['verbose'],
  },
});
