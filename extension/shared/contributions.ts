/**
 * Every id that package.json contributes and code refers to. The manifest stays hand-written;
 * contributions.test.ts compares the two.
 */
import type { FunctionId, Measure } from './capture';

/** Prefix of every command, setting, colour and context key. */
export const extensionName = 'alloclens';

export enum Command {
  OpenCapture = 'alloclens.openCapture',
  ShowFigures = 'alloclens.showFigures',
  ClearFigures = 'alloclens.clearFigures',
  ChooseMeasure = 'alloclens.chooseMeasure',
  NextHotLine = 'alloclens.nextHotLine',
  PreviousHotLine = 'alloclens.previousHotLine',
  ShowLineDetails = 'alloclens.showLineDetails',
  ShowFiguresAsText = 'alloclens.showFiguresAsText',
  ToggleFigures = 'alloclens.toggleFigures',
  ToggleFileFigures = 'alloclens.toggleFileFigures',
  Mark = 'alloclens.mark',
  ChooseRange = 'alloclens.chooseRange',
  ChooseRegion = 'alloclens.chooseRegion',
  Compare = 'alloclens.compare',
  CompareWithPrevious = 'alloclens.compareWithPrevious',
  StopComparing = 'alloclens.stopComparing',
  ShowLog = 'alloclens.showLog',
  RestartServer = 'alloclens.restartServer',
  RevealLocation = 'alloclens.revealLocation',
  OpenFlameGraph = 'alloclens.openFlameGraph',
  ProfileMemory = 'alloclens.profileMemory',
  RunAgain = 'alloclens.runAgain',
  ProfileTest = 'alloclens.profileTest',
  OpenTestCapture = 'alloclens.openTestCapture',
  RefreshCaptures = 'alloclens.refreshCaptures',
  RenameCapture = 'alloclens.renameCapture',
  PinCapture = 'alloclens.pinCapture',
  UnpinCapture = 'alloclens.unpinCapture',
  DeleteCapture = 'alloclens.deleteCapture',
  RevealCapture = 'alloclens.revealCapture',
  ExportCapture = 'alloclens.exportCapture',
}

/** A place in a source file, for links and for clicks in the flame graph. Lines are 1-based. */
export interface Location {
  file: string;
  line: number;
}

/** What each command takes; everything is optional where a person can start it without arguments. */
export interface CommandArguments {
  /** A file's URI or absolute path; without one the person is asked. */
  [Command.OpenCapture]: [capture?: unknown];
  [Command.ShowFigures]: [];
  [Command.ClearFigures]: [];
  [Command.ChooseMeasure]: [measure?: Measure];
  [Command.ShowFiguresAsText]: [];
  [Command.ToggleFigures]: [];
  [Command.ToggleFileFigures]: [];
  [Command.Mark]: [];
  [Command.ChooseRange]: [];
  /** A name, or null for all memory; without one the person is asked. */
  [Command.ChooseRegion]: [region?: string | null];
  /** A row of the captures view, or a path; without one the person is asked. */
  [Command.Compare]: [capture?: unknown];
  [Command.CompareWithPrevious]: [];
  [Command.StopComparing]: [];
  [Command.NextHotLine]: [];
  [Command.PreviousHotLine]: [];
  /** Of a line as the capture names it; without one of the line with the caret. */
  [Command.ShowLineDetails]: [location?: Location];
  [Command.ShowLog]: [];
  [Command.RestartServer]: [];
  [Command.RevealLocation]: [location: Location];
  /** Opens the graph of the shown capture, under the function when one is given. */
  [Command.OpenFlameGraph]: [root?: FunctionId];
  /** A script's URI, as menus pass it; without one the active editor's file. */
  [Command.ProfileMemory]: [script?: unknown];
  [Command.RunAgain]: [];
  /** A test by its file, the names of its classes and its own, and its line, 1-based. */
  [Command.ProfileTest]: [file: string, names: readonly string[], line: number];
  /** An item of the Test Explorer, as menus pass it. */
  [Command.OpenTestCapture]: [test?: unknown];
  [Command.RefreshCaptures]: [];
  /** A row of the captures view; without one the person is asked. */
  [Command.RenameCapture]: [row?: unknown];
  [Command.PinCapture]: [row?: unknown];
  [Command.UnpinCapture]: [row?: unknown];
  [Command.DeleteCapture]: [row?: unknown];
  [Command.RevealCapture]: [row?: unknown];
  [Command.ExportCapture]: [row?: unknown];
}

/** A feature offers its commands as `Pick<CommandHandlers, …>`; extension.ts puts them together, so a forgotten one does not compile. */
export type CommandHandlers = { [C in Command]: (...args: CommandArguments[C]) => unknown };

export enum Setting {
  Units = 'alloclens.units',
  LineThreshold = 'alloclens.lineThreshold',
  CodeLens = 'alloclens.codeLens',
  Python = 'alloclens.python',
  CaptureDirectory = 'alloclens.captureDirectory',
  StopGraceTime = 'alloclens.stopGraceTime',
  CaptureRetention = 'alloclens.captureRetention',
  OpenTerminalRuns = 'alloclens.openTerminalRuns',
  PathMappings = 'alloclens.pathMappings',
  TestExplorer = 'alloclens.testExplorer',
  PytestArgs = 'alloclens.pytestArgs',
}

export enum ContextKey {
  /** A capture is known, shown or cleared. */
  HasCapture = 'alloclens.hasCapture',
  /** Figures are on the lines now. */
  FiguresShown = 'alloclens.figuresShown',
  /** The program of the shown capture runs. */
  Live = 'alloclens.live',
  /** Ids of the tests that have a capture. */
  ProfiledTests = 'alloclens.profiledTests',
  /** What is shown is compared with another capture. */
  Comparing = 'alloclens.comparing',
}

export enum Color {
  Heat1 = 'alloclens.heat1',
  Heat2 = 'alloclens.heat2',
  Heat3 = 'alloclens.heat3',
  Heat4 = 'alloclens.heat4',
  Heat5 = 'alloclens.heat5',
  LineForeground = 'alloclens.lineForeground',
  HotLineForeground = 'alloclens.hotLineForeground',
  StaleForeground = 'alloclens.staleForeground',
  FlameOwn = 'alloclens.flameOwn',
  FlameStdlib = 'alloclens.flameStdlib',
  FlamePackage = 'alloclens.flamePackage',
  FlameNative = 'alloclens.flameNative',
  Growth = 'alloclens.growth',
  Shrinkage = 'alloclens.shrinkage',
  TimelineHeap = 'alloclens.timelineHeap',
  TimelineRss = 'alloclens.timelineRss',
  TimelineArenas = 'alloclens.timelineArenas',
}

export enum View {
  Captures = 'alloclens.captures',
  HottestLines = 'alloclens.hottestLines',
}

export enum CustomEditor {
  Capture = 'alloclens.capture',
}

export enum TaskType {
  AllocLens = 'alloclens',
}

export enum DebugType {
  AllocLens = 'alloclens',
}

/** File name ending of a capture. */
export const captureExtension = 'alloclens';
