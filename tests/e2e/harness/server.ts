/**
 * Before all tests: a VS Code server with the packaged extension, and a browser. Their addresses reach the tests by
 * `inject`; what they hold ends after all tests.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { startCodeServer } from '../../../scripts/lib/code-server.mjs';
import { inRoot } from '../../../scripts/lib/paths.mjs';
import { packageVsix, packVsix } from '../../../scripts/package.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** http://127.0.0.1:PORT of the VS Code server. */
    editorUrl: string;
    editorPid: number;
    browserEndpoint: string;
    /** Folder for what the tests write; it is removed after them. */
    scratch: string;
    /** Where the extension puts its captures. */
    captures: string;
  }
}

/** Figures, lenses and lines stand where a test expects them whatever the size of the window. */
const settings = {
  'workbench.editor.enablePreview': false,
  'editor.stickyScroll.enabled': false,
  'editor.accessibilitySupport': 'off',
  'debug.toolBarLocation': 'docked',
  'files.simpleDialog.enable': true,
  'window.commandCenter': false,
  'git.enabled': false,
  // A terminal's text is in the page.
  'terminal.integrated.gpuAcceleration': 'off',
  'security.workspace.trust.startupPrompt': 'never',
};

export default async function setup({ provide }: TestProject) {
  const folder = mkdtempSync(path.join(tmpdir(), 'alloclens-e2e-'));
  const home = path.join(folder, 'home');
  const captures = path.join(folder, 'captures');
  mkdirSync(home);
  const standIn = (name: string) =>
    packVsix(inRoot('tests/e2e/stand-ins', name), path.join(folder, `${name}.vsix`), '--allow-missing-repository');
  const server = await startCodeServer({
    vsix: [await packageVsix(), await standIn('python-extension'), await standIn('agent')],
    settings: { ...settings, 'alloclens.captureDirectory': captures },
    home,
  });
  const browser = await chromium.launchServer({
    executablePath: process.env.ALLOCLENS_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
  provide('editorUrl', server.url);
  provide('editorPid', server.pid as number);
  provide('browserEndpoint', browser.wsEndpoint());
  provide('scratch', folder);
  provide('captures', captures);
  return async () => {
    await browser.close();
    if (process.env.ALLOCLENS_E2E_LOG) console.log(server.log());
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
