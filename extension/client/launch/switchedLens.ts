import {
  type CodeLens,
  type CodeLensProvider,
  type Disposable,
  EventEmitter,
  type TextDocument,
  workspace,
} from 'vscode';
import type { Setting } from '../../shared/contributions';

/** Lenses that settings switch on and off. */
export abstract class SwitchedLens implements CodeLensProvider, Disposable {
  private readonly changed = new EventEmitter<void>();
  private readonly listener: Disposable;

  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(...settings: Setting[]) {
    this.listener = workspace.onDidChangeConfiguration((change) => {
      if (settings.some((setting) => change.affectsConfiguration(setting))) this.changed.fire();
    });
  }

  abstract provideCodeLenses(document: TextDocument): CodeLens[];

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }
}
