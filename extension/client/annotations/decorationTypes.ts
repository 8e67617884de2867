import {
  DecorationRangeBehavior,
  type DecorationRenderOptions,
  type Disposable,
  OverviewRulerLane,
  type TextEditorDecorationType,
  ThemeColor,
  window,
} from 'vscode';
import { Color } from '../../shared/contributions';
import type { LineFigure } from './lineFigures';

export type FigureStyle = LineFigure['style'];

/** One decoration type a heat level, and one for figures of lines that were edited since; made once. */
export class DecorationTypes implements Disposable {
  readonly byStyle: Readonly<Record<FigureStyle, TextEditorDecorationType>> = {
    heat1: heat(Color.Heat1, Color.LineForeground),
    heat2: heat(Color.Heat2, Color.LineForeground),
    heat3: heat(Color.Heat3, Color.HotLineForeground, true),
    heat4: heat(Color.Heat4, Color.HotLineForeground, true),
    heat5: heat(Color.Heat5, Color.HotLineForeground, true),
    stale: decoration({
      before: { color: new ThemeColor(Color.StaleForeground), fontStyle: 'italic' },
      after: { border: '1px solid', borderColor: new ThemeColor(Color.StaleForeground) },
    }),
  };

  dispose(): void {
    for (const type of Object.values(this.byStyle)) type.dispose();
  }
}

function heat(bar: Color, figure: Color, inRuler = false): TextEditorDecorationType {
  return decoration({
    before: { color: new ThemeColor(figure) },
    after: { backgroundColor: new ThemeColor(bar) },
    ...(inRuler && { overviewRulerColor: new ThemeColor(bar), overviewRulerLane: OverviewRulerLane.Right }),
  });
}

function decoration(options: DecorationRenderOptions): TextEditorDecorationType {
  return window.createTextEditorDecorationType({ rangeBehavior: DecorationRangeBehavior.ClosedClosed, ...options });
}
