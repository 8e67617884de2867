/**
 * Writes THIRD_PARTY_NOTICES.txt: the licences of what is linked into the native library and bundled into the
 * extension. Run it when a dependency comes, goes or is updated; its result is committed.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { buildBundles } from './build.mjs';
import { inRoot } from './lib/paths.mjs';
import { Stop, say, script } from './lib/run.mjs';

const bundledPackages = (files) =>
  [...new Set(files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))].sort();

function packageNotice(name) {
  const folder = inRoot('node_modules', name);
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(`${folder}/${file}`, 'utf8') : `Licence: ${license}`;
  return { title: `${name} ${version} (${license})`, text };
}

/** Debian's copyright files hold the licences of the libraries that are linked in statically. */
function libraryNotice(name) {
  const file = `/usr/share/doc/${name}/copyright`;
  if (!existsSync(file)) throw new Stop(`${file} is missing: install the Debian package ${name}.`);
  return { title: name.replace(/-dev$/, ''), text: readFileSync(file, 'utf8') };
}

script(async () => {
  const libraries = [
    ...['libzstd-dev', 'libxxhash-dev', 'robin-map-dev', 'nlohmann-json3-dev'],
    // alloclens-symbols
    ...['libdw-dev', 'libelf-dev', 'liblzma-dev', 'libbz2-dev', 'zlib1g-dev'],
  ].map(libraryNotice);
  const notices = [...libraries, ...bundledPackages(await buildBundles()).map(packageNotice)];
  const rule = '-'.repeat(100);
  const parts = notices.map(
    ({ title, text }) => `${rule}\n${title}\n${rule}\n\n${text.trim().replace(/[ \t]+$/gm, '')}\n`,
  );
  const head = 'AllocLens contains the following works, each under its own licence.\n';
  writeFileSync(inRoot('THIRD_PARTY_NOTICES.txt'), [head, ...parts].join('\n'));
  say(`THIRD_PARTY_NOTICES.txt: ${notices.length} works`);
});
