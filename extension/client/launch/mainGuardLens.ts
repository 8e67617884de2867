import { CodeLens, l10n, Range, type TextDocument, workspace } from 'vscode';
import { Command, Setting } from '../../shared/contributions';
import { mainGuardLine } from './mainGuard';
import { SwitchedLens } from './switchedLens';

/** `Profile Memory` above `if __name__ == "__main__":`. */
export class MainGuardLens extends SwitchedLens {
  constructor() {
    super(Setting.CodeLens);
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    if (!workspace.getConfiguration().get(Setting.CodeLens)) return [];
    const line = mainGuardLine(document.getText());
    if (line === null) return [];
    const title = l10n.t('$(flame) Profile Memory');
    return [
      new CodeLens(new Range(line, 0, line, 0), { title, command: Command.ProfileMemory, arguments: [document.uri] }),
    ];
  }
}
