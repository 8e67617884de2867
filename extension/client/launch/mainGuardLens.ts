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
import { mainGuardLine } from './mainGuard';

/** `Profile Memory` above `if __name__ == "__main__":`. */
export class MainGuardLens implements CodeLensProvider, Disposable {
  private readonly changed = new EventEmitter<void>();
  private readonly setting = workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(Setting.CodeLens)) this.changed.fire();
  });

  readonly onDidChangeCodeLenses = this.changed.event;

  provideCodeLenses(document: TextDocument): CodeLens[] {
    if (!workspace.getConfiguration().get(Setting.CodeLens)) return [];
    const line = mainGuardLine(document.getText());
    if (line === null) return [];
    const title = l10n.t('$(flame) Profile Memory');
    return [
      new CodeLens(new Range(line, 0, line, 0), { title, command: Command.ProfileMemory, arguments: [document.uri] }),
    ];
  }

  dispose(): void {
    this.setting.dispose();
    this.changed.dispose();
  }
}
