import { type Disposable, l10n, StatusBarAlignment, type StatusBarItem, window } from 'vscode';
import { Command, type CommandArguments } from '../../shared/contributions';
import { shortLabel } from '../captures/shortLabel';
import type { ShownCapture } from '../captures/shownCapture';

/** Right of what is shown, and left of what it is compared with. */
const BESIDE_THEM = 58.5;

/** In the status bar: that figures are of one region, with the way out; hidden when they are of all memory. */
export class RegionItem implements Disposable {
  private readonly item: StatusBarItem = window.createStatusBarItem(
    'alloclens.region',
    StatusBarAlignment.Left,
    BESIDE_THEM,
  );
  private readonly listener: Disposable;

  constructor(private readonly shown: ShownCapture) {
    this.item.name = l10n.t('AllocLens: Region');
    this.item.command = {
      command: Command.ChooseRegion,
      title: l10n.t('Show All Memory'),
      arguments: [null] satisfies CommandArguments[Command.ChooseRegion],
    };
    this.listener = shown.onDidChange(() => this.update());
  }

  dispose(): void {
    this.listener.dispose();
    this.item.dispose();
  }

  private update(): void {
    const { current, region } = this.shown;
    if (!current || region === null) {
      this.item.hide();
      return;
    }
    const text = l10n.t('Figures are of the region {0}. Click to show all memory.', shortLabel(region));
    this.item.text = `$(symbol-namespace) ${shortLabel(region)} $(close)`;
    this.item.tooltip = text;
    this.item.accessibilityInformation = { label: text, role: 'button' };
    this.item.show();
  }
}
