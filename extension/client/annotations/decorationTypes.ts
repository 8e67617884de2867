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

/** Colours of a figure and its bar; the overview ruler marks what is hot alone. */
export const colors: Record<FigureStyle, { figure: Color; bar: Color; inRuler: boolean }> = {
  heat1: { figure: Color.LineForeground, bar: Color.Heat1, inRuler: false },
  heat2: { figure: Color.LineForeground, bar: Color.Heat2, inRuler: false },
  heat3: { figure: Color.HotLineForeground, bar: Color.Heat3, inRuler: true },
  heat4: { figure: Color.HotLineForeground, bar: Color.Heat4, inRuler: true },
  heat5: { figure: Color.HotLineForeground, bar: Color.Heat5, inRuler: true },
  grew: { figure: Color.Growth, bar: Color.Growth, inRuler: true },
  shrank: { figure: Color.Shrinkage, bar: Color.Shrinkage, inRuler: true },
  stale: { figure: Color.StaleForeground, bar: Color.StaleForeground, inRuler: false },
};

/**
 * The decoration types, made once. Figure and bar are `after` attachments of two types: the caret at a line's end
 * would stand behind a `before` attachment. VS Code draws attachments of one place in the order of their class names,
 * which begin with the type's key, so of two types that are alike the lesser one is for the figures.
 */
export class DecorationTypes implements Disposable {
  readonly figures: TextEditorDecorationType;
  readonly bars: TextEditorDecorationType;
  /** Under the expression that allocated. A border moves nothing, and needs no CSS of ours. */
  readonly expressions = decoration({
    borderWidth: '0 0 1px 0',
    borderStyle: 'dotted',
    borderColor: new ThemeColor(Color.LineForeground),
  });
  readonly ruler: ReadonlyMap<FigureStyle, TextEditorDecorationType>;

  constructor() {
    const [one, other] = [decoration(), decoration()];
    [this.figures, this.bars] = `${one.key}-` < `${other.key}-` ? [one, other] : [other, one];
    const hot = (Object.keys(colors) as FigureStyle[]).filter((style) => colors[style].inRuler);
    this.ruler = new Map(hot.map((style) => [style, rulerMark(colors[style].bar)]));
  }

  dispose(): void {
    for (const type of [this.figures, this.bars, this.expressions, ...this.ruler.values()]) type.dispose();
  }
}

function rulerMark(color: Color): TextEditorDecorationType {
  return decoration({ overviewRulerColor: new ThemeColor(color), overviewRulerLane: OverviewRulerLane.Right });
}

function decoration(options: DecorationRenderOptions = {}): TextEditorDecorationType {
  return window.createTextEditorDecorationType({ rangeBehavior: DecorationRangeBehavior.ClosedClosed, ...options });
}
