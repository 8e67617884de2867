import { defineConfig } from 'vitest/config';

/** Unit tests stand beside what they test; tests/e2e has a configuration of its own. */
export default defineConfig({
  test: {
    include: ['extension/**/*.test.ts', 'webview/**/*.test.ts', 'native/addon/**/*.test.ts', 'scripts/**/*.test.mjs'],
    passWithNoTests: true,
  },
});
