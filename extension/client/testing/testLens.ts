import {
  CodeLens,
  type CodeLensProvider,
  type Disposable,
  EventEmitter,
  l10n,
  Range,
  type TextDocument,
  workspace,
} from 'vscode';
import { Command, Setting } from '../../shared/contributions';
import type { DefinedTest } from './pythonTests';
import type { TestTree } from './testTree';

/** `Profile Memory` above tests and classes of tests. */
export class TestLens implements CodeLensProvider, Disposable {
  private readonly changed = new EventEmitter<void>();
  private readonly setting = workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(Setting.CodeLens) || change.affectsConfiguration(Setting.TestExplorer)) {
      this.changed.fire();
    }
  });

  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(private readonly tree: TestTree) {}

  provideCodeLenses(document: TextDocument): CodeLens[] {
    const settings = workspace.getConfiguration(undefined, document.uri);
    if (!settings.get(Setting.CodeLens) || settings.get(Setting.TestExplorer) === 'off') return [];
    const lenses = (tests: readonly DefinedTest[], around: readonly string[]): CodeLens[] =>
      tests.flatMap(({ name, firstLine, line, children }) => {
        const names = [...around, name];
        const command = Command.ProfileTest;
        const title = `$(flame) ${l10n.t('Profile Memory')}`;
        const lens = new CodeLens(new Range(firstLine, 0, firstLine, 0), {
          title,
          command,
          arguments: [document.fileName, names, line + 1],
        });
        return [lens, ...lenses(children, names)];
      });
    return lenses(this.tree.testsIn(document), []);
  }

  dispose(): void {
    this.setting.dispose();
    this.changed.dispose();
  }
}
