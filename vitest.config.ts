import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Unit tests stand beside what they test; tests/e2e has a configuration of its own. */
export default defineConfig({
  test: {
    include: ['extension/**/*.test.ts', 'webview/**/*.test.ts', 'native/addon/**/*.test.ts', 'scripts/**/*.test.mjs'],
    // The editor's API exists in its extension host alone.
    alias: { vscode: fileURLToPath(new URL('tests/fakes/vscode.ts', import.meta.url)) },
    passWithNoTests: true,
  },
});
