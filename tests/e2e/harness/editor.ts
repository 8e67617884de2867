/** A VS Code window in the shared browser, as a person uses it: commands, files, and what stands on the screen. */
import path from 'node:path';
import { type Browser, chromium, type FrameLocator, type Locator, type Page, type Request } from 'playwright-core';
import { inject } from 'vitest';
import { persistently } from './persistently';

/** Every window's requests that were not for this machine. */
export const foreignRequests: string[] = [];

const WEBVIEW_FILES = '.vscode-resource.vscode-cdn.net';

/** What a webview asks of its own files has a foreign name, and is answered by VS Code's worker in the page. */
async function recordForeign(request: Request): Promise<void> {
  const { protocol, hostname } = new URL(request.url());
  if (!protocol.startsWith('http') || ['127.0.0.1', 'localhost'].includes(hostname)) return;
  const response = await request.response().catch(() => null);
  if (response?.fromServiceWorker()) return;
  // A webview that was closed before the worker came to it; what goes further ends with another error.
  if (hostname.endsWith(WEBVIEW_FILES) && request.failure()?.errorText === 'net::ERR_ABORTED') return;
  foreignRequests.push(request.url());
}

/** Windows that are open now, for pictures of what a failed test saw. */
export const openEditors = new Set<Editor>();

let browser: Promise<Browser> | undefined;

function sharedBrowser(): Promise<Browser> {
  browser ??= chromium.connect(inject('browserEndpoint'));
  return browser;
}

export interface OpenOptions {
  password?: string;
  /** The window has Workspace Trust, and the folder is not trusted. */
  untrusted?: boolean;
}

/** The shared server has trust switched off, and tells each window so in its page. */
async function askForTrust(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const observer = new MutationObserver(() => {
      const told = document.getElementById('vscode-workbench-web-configuration');
      const settings = told?.getAttribute('data-settings');
      if (!told || !settings) return;
      told.setAttribute(
        'data-settings',
        settings.replace('"enableWorkspaceTrust":false', '"enableWorkspaceTrust":true'),
      );
      observer.disconnect();
    });
    observer.observe(document, { childList: true, subtree: true });
  });
}

export interface DrawnLine {
  line: number;
  /** Text of the attachments before and after the code, without padding. */
  figure: string;
}

export class Editor {
  private constructor(readonly page: Page) {}

  /** Opens a window on a folder, or on a .code-workspace file, and waits until it can be used. */
  static open(place: string, options: OpenOptions = {}): Promise<Editor> {
    const kind = place.endsWith('.code-workspace') ? 'workspace' : 'folder';
    return Editor.openAt(`${inject('editorUrl')}/?${kind}=${encodeURIComponent(place)}`, options);
  }

  /** The same at any address, behind a password when there is one. */
  static async openAt(url: string, { password, untrusted = false }: OpenOptions = {}): Promise<Editor> {
    const context = await (await sharedBrowser()).newContext({ viewport: { width: 1400, height: 900 } });
    // Generous: a machine that is busy with other things is slow, not wrong.
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    page.on('request', recordForeign);
    const editor = new Editor(page);
    openEditors.add(editor);
    if (untrusted) await askForTrust(page);
    await page.goto(url);
    if (password) {
      await page.locator('input[name=password]').fill(password);
      await page.keyboard.press('Enter');
    }
    await editor.untilReady();
    if (untrusted) await editor.statusItem('Restricted Mode').waitFor();
    return editor;
  }

  /** Of the quick input: palette, picker, question. */
  get input(): Locator {
    return this.page.locator('.quick-input-widget input.input').first();
  }

  /** Once in some hundred windows VS Code never lists the folder's files; a person loads the page again. */
  private async untilReady(): Promise<void> {
    const ready = async () => {
      await this.page.waitForSelector('.part.statusbar .statusbar-item');
      await this.page.waitForSelector('.explorer-folders-view .monaco-list-row');
    };
    await ready().catch(async (error: Error) => {
      console.warn(`The window was loaded again, since it was not ready: ${error.message}`);
      await this.page.reload();
      await ready();
    });
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.untilReady();
  }

  close(): Promise<void> {
    openEditors.delete(this);
    return this.page.context().close();
  }

  /**
   * Types into the quick input and takes the first row that contains what was asked for. What it offers is settled when
   * it opens, and right after a window or a file was opened that can be too early; and what has only just come to the
   * screen takes the keyboard from it, so that it closes. Then it is opened again, with more patience each time.
   */
  private quickInput(key: string, text: string, row: string): Promise<void> {
    const wanted = this.page.locator('.quick-input-list .monaco-list-row', { hasText: row }).first();
    return persistently(async (attempt) => {
      try {
        await this.page.keyboard.press(key);
        await this.input.fill(text, { timeout: attempt * 1_000 });
        await wanted.click({ timeout: attempt * 1_000 });
      } catch (error) {
        await this.page.keyboard.press('Escape');
        throw error;
      }
    });
  }

  /** Takes what the quick input offers. */
  accept(): Promise<void> {
    return this.untilAccepted(async () => undefined);
  }

  /** Answers what the quick input asks for. */
  async answer(text: string): Promise<void> {
    await this.input.waitFor({ timeout: 10_000 });
    await this.untilAccepted(async () => {
      await this.input.fill('');
      await this.input.fill(text);
    });
  }

  /** An input that has only just come may take neither text nor Enter. */
  private untilAccepted(fill: () => Promise<void>): Promise<void> {
    return persistently(async () => {
      if (!(await this.input.isVisible())) return;
      await fill();
      await this.input.press('Enter');
      await this.input.waitFor({ state: 'hidden', timeout: 3_000 });
    });
  }

  command(title: string): Promise<void> {
    return this.quickInput('F1', `>${title}`, title);
  }

  /** A file of any kind: a capture has no text. */
  async openTab(name: string): Promise<void> {
    await this.quickInput('Control+P', name, path.basename(name));
    await this.page.waitForSelector(`.tab.active[data-resource-name="${path.basename(name)}"]`);
  }

  async openFile(name: string): Promise<void> {
    await this.openTab(name);
    await this.page.waitForSelector('.monaco-editor .view-line');
  }

  /** By its name, as the picker has it. */
  async theme(name: string, body: string): Promise<void> {
    await this.quickInput('F1', '>Preferences: Color Theme', 'Preferences: Color Theme');
    await this.page
      .locator('.quick-input-list .monaco-list-row', { hasText: /Dark|Light/ })
      .first()
      .waitFor();
    await this.input.fill(name);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
    await this.page.waitForSelector(`.monaco-workbench.${body}`);
  }

  async goToLine(line: number): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.input.waitFor({ state: 'visible' });
    await this.input.fill(`:${line}`);
    await this.page.keyboard.press('Enter');
    await this.waitForCursor(line);
  }

  /** By the margin: the status bar tells no line while a panel has the keyboard. */
  async waitForCursor(line: number): Promise<void> {
    const number = this.page.locator('.editor-instance .active-line-number', { hasText: new RegExp(`^${line}$`) });
    await number.first().waitFor();
  }

  /** What stands beside the code on the visible lines. Attachments are CSS content, not text. */
  drawnFigures(): Promise<DrawnLine[]> {
    return this.page.evaluate(() => {
      const editor = document.querySelector('.editor-instance .monaco-editor');
      if (!editor) return [];
      const top = (element: Element) => Math.round(element.getBoundingClientRect().top);
      const numbers = new Map<number, number>();
      for (const element of editor.querySelectorAll('.margin .line-numbers')) {
        numbers.set(top(element), Number(element.textContent));
      }
      const content = (element: Element, side: '::before' | '::after') => {
        const value = getComputedStyle(element, side).content;
        return value === 'none' || value === 'normal' ? '' : value.replace(/^"|"$/g, '');
      };
      const drawn: { line: number; figure: string }[] = [];
      for (const row of editor.querySelectorAll('.view-lines .view-line')) {
        const spans = [...row.querySelectorAll('span[class*="ced-"]')];
        const figure = spans
          .map((span) => content(span, '::before') + content(span, '::after'))
          .join('')
          .trim();
        const line = numbers.get(top(row));
        if (figure && line) drawn.push({ line, figure });
      }
      return drawn.sort((a, b) => a.line - b.line);
    });
  }

  /** Waits until figures stand on visible lines, and returns them once two looks agree. */
  async figures(timeout = 30_000): Promise<DrawnLine[]> {
    const deadline = performance.now() + timeout;
    let before = '';
    for (;;) {
      const drawn = await this.drawnFigures();
      const now = JSON.stringify(drawn);
      if (drawn.length > 0 && now === before) return drawn;
      if (performance.now() > deadline) throw new Error(`No line figures within ${timeout} ms.`);
      before = now;
      await this.page.waitForTimeout(100);
    }
  }

  /** Milliseconds since 1970 when the first figure stood on the screen. */
  whenFiguresAppear(timeout = 60_000): Promise<number> {
    const look = () => {
      const spans = document.querySelectorAll('.editor-instance .view-line span[class*="ced-"]');
      const drawn = [...spans].some((span) => /\d/.test(getComputedStyle(span, '::after').content));
      return drawn ? Date.now() : 0;
    };
    return this.page.waitForFunction(look, null, { timeout }).then((handle) => handle.jsonValue());
  }

  /** Starts a configuration of launch.json by its name. */
  launch(configuration: string): Promise<void> {
    return this.quickInput('Control+P', `debug ${configuration}`, configuration);
  }

  /** Whether a window would find the text again. In a browser VS Code stores when it is idle, not when a page is left. */
  async stores(text: string): Promise<boolean> {
    const texts = await this.page.evaluate(async () => {
      const settled = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const found: unknown[] = [];
      for (const { name } of await indexedDB.databases()) {
        if (!name?.includes('state')) continue;
        const database = await settled(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
          found.push(...(await settled(database.transaction(store).objectStore(store).getAll())));
        }
        database.close();
      }
      return found.filter((value) => typeof value === 'string');
    });
    // Texts within texts: quotes are escaped several times over.
    return texts.some((stored) => stored.replaceAll('\\', '').includes(text));
  }

  codeLens(text: string | RegExp): Locator {
    // Those of lines that are out of sight are there too, hidden.
    return this.page.locator('.codelens-decoration a:visible', { hasText: text }).first();
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  dialog(text: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box', { hasText: text }).first();
  }

  /** Closes a dialog, which takes all keys while it is open. */
  async dismissDialog(): Promise<void> {
    const dialog = this.page.locator('.monaco-dialog-box');
    await dialog.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  }

  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text }).first();
  }

  consoleRow(text: string | RegExp): Locator {
    return this.page.locator('.repl .monaco-list-row', { hasText: text }).first();
  }

  /** Content of the webview: a frame within a frame. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').first().frameLocator('iframe#active-frame');
  }
}
