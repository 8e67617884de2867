/**
 * `npm run build`: native parts through CMake and Ninja into build/, bundles into dist/. Both are incremental.
 * Sets up first what a build needs.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeTranslatableTexts } from './lib/l10n.mjs';
import { inRoot } from './lib/paths.mjs';
import { run, script, timed } from './lib/run.mjs';
import { setUp } from './setup.mjs';

/** What ships. Tests are targets too, once `npm test` has asked for them. */
const products = ['alloclens_tracker', 'alloclens_addon', 'alloclens_symbols_copies'];

/** Configures when needed (Ninja itself notices changed CMake files) and builds; two builds at once take turns. */
export async function buildNative({ folder = inRoot('build'), options = [], targets = products } = {}) {
  mkdirSync(folder, { recursive: true });
  const locked = (command, ...args) => run('flock', [`${folder}/.lock`, command, ...args]);
  if (!existsSync(`${folder}/build.ninja`) || options.length > 0) {
    const fixed = ['-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release', '-Wno-dev', '--log-level=WARNING'];
    await locked('cmake', '-S', inRoot('native'), '-B', folder, ...fixed, ...options);
  }
  await locked('ninja', '-C', folder, '--quiet', ...targets);
}

/** The manifest is the one place of our colours. */
const contributedColours = () => JSON.parse(readFileSync(inRoot('package.json'), 'utf8')).contributes.colors;

const bundles = [
  {
    entry: 'extension/client/extension.ts',
    outfile: 'dist/extension.cjs',
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  },
  {
    // Apart, or activation would compile five times as much.
    entry: 'extension/client/language/languageClient.ts',
    outfile: 'dist/languageClient.cjs',
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  },
  {
    entry: 'extension/server/main.ts',
    outfile: 'dist/server.cjs',
    platform: 'node',
    format: 'cjs',
    external: ['vscode', '*.node'],
    // Other editors start it as alloclens-language-server.
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    entry: 'extension/server/mcp/main.ts',
    outfile: 'dist/mcp.cjs',
    platform: 'node',
    format: 'cjs',
    external: ['*.node'],
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    // For programs in Node that read captures: require('alloclens/api').
    entry: 'native/addon/api.ts',
    outfile: 'dist/api.cjs',
    platform: 'node',
    format: 'cjs',
    external: ['*.node'],
  },
  { entry: 'webview/main.ts', outfile: 'dist/webview/main.js', platform: 'browser', format: 'iife', external: [] },
  {
    // The page of `alloclens flamegraph`: it ships with the Python package, which puts it into one HTML file.
    entry: 'webview/standalone/main.ts',
    outfile: 'native/python/alloclens/page/main.js',
    platform: 'browser',
    format: 'iife',
    external: [],
    sourcemap: false,
    define: { CONTRIBUTED_COLOURS: JSON.stringify(contributedColours()) },
  },
];

/** Returns the files that went into them. */
export async function buildBundles() {
  const { build } = await import('esbuild');
  const inputs = new Set();
  for (const { entry, ...output } of bundles) {
    const { metafile } = await build({
      sourcemap: 'linked',
      ...output,
      metafile: true,
      absWorkingDir: inRoot(),
      entryPoints: [entry],
      bundle: true,
      target: output.platform === 'node' ? 'node20' : 'chrome122',
      // d3-flame-graph tells its nodes by the name of their class.
      keepNames: true,
      minify: true,
      sourcesContent: false,
      loader: { '.ttf': 'file', '.svg': 'text' },
      logLevel: 'warning',
    });
    for (const file of Object.keys(metafile.inputs)) inputs.add(file);
  }
  return [...inputs];
}

export async function build() {
  await timed('Native build', () => buildNative());
  await timed('Bundles', buildBundles);
  writeTranslatableTexts();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  script(async () => {
    await timed('Set-up', () => setUp('build'));
    await build();
  });
}
