import { type Disposable, type Event, l10n, StatusBarAlignment, type StatusBarItem, window } from 'vscode';
import { Command } from '../../shared/contributions';
import { bytesOf, measureWords } from '../../shared/measures';
import { formatBytes, formatChange } from '../../shared/units';
import type { ShownCapture } from '../captures/shownCapture';

/** Right of what is shown, and of the choice of measure. */
const BESIDE_THEM = 58;

/** In the status bar: that two captures are compared, with the way out; else the way to compare with the run before. */
export class CompareItem implements Disposable {
  private readonly item: StatusBarItem = window.createStatusBarItem(
    'alloclens.compare',
    StatusBarAlignment.Left,
    BESIDE_THEM,
  );
  private readonly disposables: Disposable[];

  constructor(
    private readonly shown: ShownCapture,
    /** When the run before the shown one was recorded; null when there is none. */
    private readonly previous: () => string | null,
    onDidChangePrevious: Event<void>,
  ) {
    this.item.name = l10n.t('AllocLens: Compare');
    this.disposables = [shown.onDidChange(() => this.update()), onDidChangePrevious(() => this.update())];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    this.item.dispose();
  }

  private update(): void {
    const { current, base } = this.shown;
    const previous = current && !current.live && !base ? this.previous() : null;
    if (current && base) this.tell(base.title);
    else if (previous) this.offer(previous);
    else this.item.hide();
  }

  private tell(since: string): void {
    const { totals, baseTotals, measure, settings } = this.shown;
    const { units } = settings;
    const [now, before] = [totals && bytesOf(totals, measure), baseTotals && bytesOf(baseTotals, measure)];
    const change = now !== null && before !== null ? `${formatChange(now - before, units)} ` : '';
    const text = l10n.t('since {0}', since);
    const stop = l10n.t('Click to stop comparing.');
    const compared =
      before === null
        ? l10n.t('Compared with the capture of {0}.', since)
        : l10n.t(
            'Compared with the capture of {0}: {1} was {2}.',
            since,
            measureWords[measure].title.toLowerCase(),
            formatBytes(before, units),
          );
    this.show(`$(git-compare) ${change}${text} $(close)`, `${compared} ${stop}`, Command.StopComparing);
  }

  private offer(previous: string): void {
    this.show('$(git-compare)', l10n.t('Compare with the previous run, of {0}', previous), Command.CompareWithPrevious);
  }

  private show(text: string, tooltip: string, command: Command): void {
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: tooltip, role: 'button' };
    this.item.command = command;
    this.item.show();
  }
}
