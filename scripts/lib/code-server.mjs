/** One running VS Code server with a data folder of its own, on the loopback address. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { editorEntry, editorNode } from './editor.mjs';
import { run, Stop } from './run.mjs';

/** Nothing is asked of the network, and nothing covers the code. */
const quietSettings = {
  'git.openRepositoryInParentFolders': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'editor.minimap.enabled': false,
};

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const status = (url) =>
  new Promise((resolve) => {
    const request = http.get(url, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', () => resolve(0));
  });

/**
 * Starts a server. `vsix` is installed first; `password` null leaves it open (for tests); `env` is added to the
 * environment of the server and so of the extension host; `home` replaces the user's home folder.
 *
 * @param {{ vsix?: string[], settings?: Record<string, unknown>, password?: string | null, env?: Record<string, string>, home?: string }} options
 */
export async function startCodeServer({ vsix = [], settings = {}, password = null, env = {}, home } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'alloclens-editor-'));
  const userData = path.join(folder, 'user-data');
  const extensions = path.join(folder, 'extensions');
  mkdirSync(extensions);
  writeFileSync(path.join(folder, 'config.yaml'), 'cert: false\n');
  // In a window on a server, settings of scope "machine" count only in the second file.
  for (const place of ['User', 'Machine']) {
    mkdirSync(path.join(userData, place), { recursive: true });
    const text = JSON.stringify({ ...quietSettings, ...settings }, null, 2);
    writeFileSync(path.join(userData, place, 'settings.json'), text);
  }

  const environment = {
    ...process.env,
    XDG_DATA_HOME: path.join(folder, 'xdg/data'),
    XDG_CONFIG_HOME: path.join(folder, 'xdg/config'),
    EXTENSIONS_GALLERY: '{}', // no marketplace to ask
    ...(home && { HOME: home }),
    ...(password && { PASSWORD: password }),
    ...env,
  };
  for (const name of ['VSCODE_IPC_HOOK_CLI', 'PORT', 'HASHED_PASSWORD', ...(password ? [] : ['PASSWORD'])])
    delete environment[name];
  const common = [editorEntry, '--user-data-dir', userData, '--extensions-dir', extensions];
  common.push('--config', path.join(folder, 'config.yaml'));
  for (const file of vsix) {
    await run(editorNode, [...common, '--install-extension', file], { env: environment, quiet: true });
  }

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = path.join(folder, 'server.log');
  const log = openSync(logFile, 'w');
  const server = spawn(
    editorNode,
    [...common, '--auth', password ? 'password' : 'none', '--bind-addr', `127.0.0.1:${port}`]
      .concat('--disable-telemetry', '--disable-update-check', '--disable-workspace-trust')
      .concat('--disable-getting-started-override'),
    { env: environment, stdio: ['ignore', log, log], detached: true },
  );
  let ended = false;
  const end = new Promise((resolve) => {
    server.on('close', resolve);
    server.on('error', resolve);
  }).then(() => {
    ended = true;
  });
  const signal = (name) => {
    try {
      process.kill(-server.pid, name); // the whole group: it was started detached
    } catch {} // it ended meanwhile
  };
  const stop = async () => {
    signal('SIGTERM');
    await Promise.race([end, wait(3000)]);
    signal('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };

  const deadline = performance.now() + 60_000;
  while ((await status(`${url}/healthz`)) !== 200) {
    if (ended || performance.now() > deadline) {
      const reason = readFileSync(logFile, 'utf8').slice(-2000);
      await stop();
      throw new Stop(`VS Code's server did not start. It said:\n${reason}`);
    }
    await wait(100);
  }
  return {
    url,
    port,
    pid: server.pid,
    folder,
    userData,
    end,
    stop,
    log: () => readFileSync(logFile, 'utf8'),
  };
}
