import { readFileSync, realpathSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import {
  Disposable,
  l10n,
  languages,
  Range,
  RelativePattern,
  type TestController,
  type TestItem,
  type TextDocument,
  Uri,
  type WorkspaceFolder,
  workspace,
} from 'vscode';
import { defaultRules, isTestFile, type PytestRules, rulesOf } from './pytestRules';
import { type DefinedTest, testsOf } from './pythonTests';

const NO_TESTS_IN = '**/{node_modules,.*,venv,build,dist,site-packages,*.egg}/**';
const MOST_FILES = 10_000;

/**
 * The tests as items of the Test Explorer. Files are found by pytest's rules, their tests by their looks when a file is
 * expanded or open, and cases of parametrised tests when they run.
 */
export class TestTree implements Disposable {
  private readonly watchers: Disposable[] = [];
  /** By the path that pytest tells, in which no link is left. */
  private readonly files = new Map<string, TestItem>();
  private readonly rules = new Map<string, PytestRules | null>();
  private isDiscovered = false;

  constructor(
    private readonly controller: TestController,
    /** Whether all tests of the folder are to be listed, and not only those that were run. */
    private readonly isListed: (folder: WorkspaceFolder, rules: PytestRules | null) => Promise<boolean>,
  ) {
    controller.resolveHandler = (item) => (item ? this.resolve(item) : this.discover());
    controller.refreshHandler = () => this.refresh();
    this.watchers.push(
      workspace.onDidOpenTextDocument((document) => void this.look(document)),
      workspace.onDidChangeTextDocument(({ document }) => this.fill(document)),
    );
  }

  /** The document's tests by their looks; none where pytest would not look. */
  testsIn(document: TextDocument): DefinedTest[] {
    const folder = workspace.getWorkspaceFolder(document.uri);
    if (!folder || document.uri.scheme !== 'file') return [];
    const rules = this.rulesOf(folder) ?? defaultRules;
    const path = relative(folder.uri.fsPath, document.fileName);
    return isTestFile(path, rules) ? testsOf(document.getText(), rules) : [];
  }

  /** The item of a file, which is put into the tree with the folders around it. */
  fileItem(uri: Uri): TestItem {
    const path = realPath(uri.fsPath);
    const known = this.files.get(path);
    if (known) return known;
    const item = this.controller.createTestItem(uri.fsPath, basename(uri.fsPath), uri);
    this.parentOf(uri).add(item);
    this.files.set(path, item);
    return item;
  }

  /** The item of a test in a file, by the names of its classes, its own, and its case; made if it is new. */
  itemOf(file: string, names: readonly string[], line: number | null): TestItem {
    let item = this.fileItem(this.files.get(file)?.uri ?? Uri.file(file));
    for (const name of names) {
      const childId = `${item.id}${name.startsWith('[') ? '' : '::'}${name}`;
      let child = item.children.get(childId);
      if (!child) {
        child = this.controller.createTestItem(childId, name, item.uri);
        const isCase = name.startsWith('[');
        if (isCase && item.range) child.range = item.range;
        else if (line !== null) child.range = new Range(line - 1, 0, line - 1, 0);
        item.children.add(child);
      }
      item = child;
    }
    return item;
  }

  /** Lists the tests of a file. */
  async resolve(item: TestItem): Promise<void> {
    if (!item.uri) return;
    try {
      this.fill(await workspace.openTextDocument(item.uri));
    } catch (error) {
      item.error = l10n.t(
        "{0} can't be read: {1}",
        item.uri.fsPath,
        error instanceof Error ? error.message : String(error),
      );
    }
  }

  /** Lists the files that have tests. */
  async discover(): Promise<void> {
    if (!this.isDiscovered) {
      this.isDiscovered = true;
      const watcher = workspace.createFileSystemWatcher('**/*.py');
      this.watchers.push(
        watcher,
        watcher.onDidCreate((uri) => void this.add(uri)),
        watcher.onDidDelete((uri) => this.remove(uri)),
      );
    }
    for (const folder of workspace.workspaceFolders ?? []) {
      if (!(await this.isListed(folder, this.rulesOf(folder)))) continue;
      for (const uri of await workspace.findFiles(new RelativePattern(folder, '**/*.py'), NO_TESTS_IN, MOST_FILES)) {
        await this.add(uri);
      }
    }
    await this.lookAtOpenFiles();
  }

  async lookAtOpenFiles(): Promise<void> {
    for (const document of workspace.textDocuments) await this.look(document);
  }

  private async refresh(): Promise<void> {
    this.rules.clear();
    this.files.clear();
    this.controller.items.replace([]);
    await this.discover();
  }

  private async add(uri: Uri): Promise<void> {
    const folder = workspace.getWorkspaceFolder(uri);
    if (!folder) return;
    const rules = this.rulesOf(folder);
    if (!isTestFile(relative(folder.uri.fsPath, uri.fsPath), rules ?? defaultRules)) return;
    if (await this.isListed(folder, rules)) this.fileItem(uri).canResolveChildren = true;
  }

  private remove(uri: Uri): void {
    for (const [path, item] of this.files) {
      if (item.id !== uri.fsPath) continue;
      this.files.delete(path);
      let [child, parent] = [item, item.parent];
      (parent?.children ?? this.controller.items).delete(child.id);
      while (parent && parent.children.size === 0) {
        [child, parent] = [parent, parent.parent];
        (parent?.children ?? this.controller.items).delete(child.id);
      }
    }
  }

  /** An open file shows its tests in the margin. */
  private async look(document: TextDocument): Promise<void> {
    if (!languages.match({ language: 'python', scheme: 'file' }, document)) return;
    await this.add(document.uri);
    this.fill(document);
  }

  /** What was known of a test, such as its cases, stays while it is there. Where tests are not listed, so do they. */
  private fill(document: TextDocument): void {
    if (document.languageId !== 'python') return;
    const item = this.files.get(realPath(document.fileName));
    if (!item) return;
    const put = (parent: TestItem, tests: readonly DefinedTest[]) => {
      const shown = item.canResolveChildren
        ? tests
        : tests.filter(({ name }) => parent.children.get(`${parent.id}::${name}`));
      const items = shown.map((test) => {
        const id = `${parent.id}::${test.name}`;
        const child = parent.children.get(id) ?? this.controller.createTestItem(id, test.name, document.uri);
        child.range = new Range(test.line, 0, test.lastLine, Number.MAX_SAFE_INTEGER);
        if (test.isClass) put(child, test.children);
        else for (const [, testCase] of child.children) testCase.range = child.range;
        return child;
      });
      parent.children.replace(items);
    };
    put(item, this.testsIn(document));
  }

  private parentOf(uri: Uri): TestItem['children'] {
    const folder = workspace.getWorkspaceFolder(uri);
    if (!folder) return this.controller.items;
    let items = this.controller.items;
    let path = folder.uri.fsPath;
    const names = relative(path, uri.fsPath).split('/').slice(0, -1);
    const roots = (workspace.workspaceFolders?.length ?? 0) > 1 ? [''] : [];
    for (const name of [...roots, ...names]) {
      path = join(path, name);
      const label = name || folder.name;
      const item = items.get(path) ?? this.controller.createTestItem(path, label, Uri.file(path));
      items.add(item);
      items = item.children;
    }
    return items;
  }

  private rulesOf(folder: WorkspaceFolder): PytestRules | null {
    const key = folder.uri.toString();
    let rules = this.rules.get(key);
    if (rules === undefined) {
      rules = rulesOf((name) => textOf(join(folder.uri.fsPath, name)));
      this.rules.set(key, rules);
    }
    return rules;
  }

  dispose(): void {
    Disposable.from(...this.watchers).dispose();
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
