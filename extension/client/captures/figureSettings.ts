import { workspace } from 'vscode';
import { Setting } from '../../shared/contributions';
import { pathMappings } from './pathMappings';
import type { FigureSettings } from './shownCapture';

/** The settings that figures depend on, as the user has them now. */
export function figureSettings(): FigureSettings {
  const settings = workspace.getConfiguration();
  return {
    units: settings.get(Setting.Units, 'si'),
    lineThreshold: settings.get(Setting.LineThreshold, 1),
    pathMappings: pathMappings(),
    codeLens: settings.get(Setting.CodeLens, true),
  };
}
