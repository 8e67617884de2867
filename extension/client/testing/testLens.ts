import { CodeLens, l10n, Range, type TextDocument, workspace } from 'vscode';
import { Command, Setting } from '../../shared/contributions';
import { SwitchedLens } from '../launch/switchedLens';
import type { DefinedTest } from './pythonTests';
import type { TestTree } from './testTree';

/** `Profile Memory` above tests and classes of tests. */
export class TestLens extends SwitchedLens {
  constructor(private readonly tree: TestTree) {
    super(Setting.CodeLens, Setting.TestExplorer);
  }

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
}
