import { CodeLens, type CodeLensProvider, Range, type TextDocument, workspace } from 'vscode';
import { Command, Setting } from '../../shared/contributions';
import { mainGuardLine } from './mainGuard';

/** `Profile Memory` above `if __name__ == "__main__":`. */
export const mainGuardLens: CodeLensProvider = {
  provideCodeLenses(document: TextDocument): CodeLens[] {
    if (!workspace.isTrusted || !workspace.getConfiguration().get(Setting.CodeLens)) return [];
    const line = mainGuardLine(document.getText());
    if (line === null) return [];
    const title = '$(flame) Profile Memory';
    return [
      new CodeLens(new Range(line, 0, line, 0), { title, command: Command.ProfileMemory, arguments: [document.uri] }),
    ];
  },
};
