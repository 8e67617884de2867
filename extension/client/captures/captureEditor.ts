import { type Disposable, type WebviewPanel, window } from 'vscode';
import { CustomEditor } from '../../shared/contributions';

/** What a double click on a capture opens: its flame graph, in the tab of the file. It cannot be edited. */
export function registerCaptureEditor(open: (tab: WebviewPanel, path: string) => void): Disposable {
  return window.registerCustomEditorProvider(CustomEditor.Capture, {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, tab) => open(tab, uri.fsPath),
  });
}
