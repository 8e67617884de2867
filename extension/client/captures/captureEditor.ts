import { commands, type Disposable, window } from 'vscode';
import { Command, CustomEditor } from '../../shared/contributions';

/**
 * What a double click on a capture does: its figures and its flame graph are shown. The tab that VS Code made for the
 * file is not needed for that; the graph has one of its own.
 */
export function registerCaptureEditor(): Disposable {
  return window.registerCustomEditorProvider(CustomEditor.Capture, {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, tab) => {
      // Not awaited: VS Code complains about a tab that is closed before it was resolved.
      void commands.executeCommand(Command.OpenCapture, uri).then(() => tab.dispose());
    },
  });
}
