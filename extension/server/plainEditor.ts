import { readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Measure, Summary } from '../shared/capture';
import { Command, captureExtension, type Location } from '../shared/contributions';
import { measures } from '../shared/measures';
import type { ServerOptions, Shown } from '../shared/protocol';
import { t } from '../shared/translate';
import { formatTimeOfDay } from '../shared/units';
import type { CaptureStore } from './captureStore';

/** What a growing capture is looked at again after, and what several changes of a folder are one after. */
const TICK_MS = 1000;
const CALM_MS = 300;

/** What the editor can run by `workspace/executeCommand`; lenses and other editors' mappings do. */
export const plainCommands = [
  Command.OpenCapture,
  Command.ShowFigures,
  Command.ClearFigures,
  Command.ChooseMeasure,
  Command.RevealLocation,
  Command.OpenFlameGraph,
  Command.RunAgain,
];

export interface PlainEditorActions {
  /** Lenses, hovers and hints describe this from now on. */
  show(shown: Shown): void;
  say(sentence: string): void;
  reveal(location: Location): void;
}

/**
 * Stands in for our client in an editor that knows LSP alone: shows the newest capture of its folders, also of a run
 * that comes later, and takes commands.
 */
export class PlainEditor {
  private shown: Shown;
  /** Chosen by the person, in place of the newest. */
  private chosen: string | null;
  /** Its figures were taken away, and come back when they are asked for. */
  private cleared: string | null = null;
  private complaint: string | null = null;
  private readonly watching = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly folders: readonly string[],
    { capture, measure, units, lineThreshold, codeLens, pathMappings }: ServerOptions,
    private readonly store: CaptureStore,
    private readonly actions: PlainEditorActions,
  ) {
    this.chosen = capture ?? null;
    this.shown = {
      path: null,
      measure: measure ?? 'peak',
      attribution: 'yours',
      scope: null,
      base: null,
      live: false,
      units: units ?? 'si',
      lineThreshold: lineThreshold ?? 1,
      codeLens: codeLens ?? true,
      pathMappings: pathMappings ?? [],
      hidden: [],
      title: '',
    };
  }

  start(): void {
    for (const folder of this.folders) {
      const { signal } = this.watching;
      try {
        const watcher = watch(folder, { signal, persistent: false }, (_, name) => {
          if (name?.endsWith(`.${captureExtension}`)) this.lookAfter(CALM_MS);
        });
        watcher.on('error', () => undefined); // the folder is gone; what is shown stays
      } catch {
        // A folder that can't be watched is looked at once.
      }
    }
    void this.look();
  }

  async execute(command: string, [argument]: unknown[]): Promise<void> {
    switch (command) {
      case Command.OpenCapture:
        if (typeof argument !== 'string') throw new Error(`${command} takes the path of a capture.`);
        this.cleared = null;
        await this.open(argument);
        this.chosen = argument;
        break;
      case Command.ShowFigures:
        this.chosen = null;
        this.cleared = null;
        await this.look();
        break;
      case Command.ClearFigures:
        this.cleared = this.shown.path;
        this.put({ path: null });
        break;
      case Command.ChooseMeasure:
        if (!measures.includes(argument as Measure)) throw new Error(`${command} takes one of ${measures.join(', ')}.`);
        this.put({ measure: argument as Measure });
        break;
      case Command.RevealLocation:
        this.actions.reveal(argument as Location);
        break;
      case Command.OpenFlameGraph:
        this.actions.say(
          t('The flame graph is a page: {0}', `python -m alloclens flamegraph ${this.shown.path ?? 'CAPTURE'}`),
        );
        break;
      case Command.RunAgain:
        this.actions.say(t('Run the program again with: {0}', 'python -m alloclens run'));
        break;
      default:
        throw new Error(`There is no command ${command}.`);
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.watching.abort();
  }

  private lookAfter(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), ms).unref();
  }

  /** Captures that can't be read, and those of processes that another one started, are passed over. */
  private async look(): Promise<void> {
    const paths = this.chosen === null ? newestCaptures(this.folders) : [this.chosen];
    for (const path of paths) {
      try {
        if (await this.open(path, paths.length > 1)) return;
      } catch (error) {
        if (this.chosen !== null) this.complain((error as Error).message);
      }
    }
  }

  /** Once: it is looked for again at every change of a folder. */
  private complain(sentence: string): void {
    if (sentence !== this.complaint) this.actions.say(sentence);
    this.complaint = sentence;
  }

  private async open(path: string, onlyRoots = false): Promise<boolean> {
    const capture = await this.store.open(path);
    const summary = await capture.ask({ query: 'summary' });
    if (onlyRoots && summary.parent_run_id !== null) {
      this.store.close(path);
      return false;
    }
    const before = this.shown.path;
    const live = isLive(summary);
    if (path !== this.cleared) this.put({ path, live, title: formatTimeOfDay(summary.start_time_ms) });
    if (before !== null && before !== path) this.store.close(before);
    if (live) this.lookAfter(TICK_MS);
    return true;
  }

  private put(change: Partial<Shown>): void {
    this.shown = { ...this.shown, ...change };
    this.actions.show(this.shown);
  }
}

const isLive = ({ ending, pid }: Summary) => ending === 'running' && isThere(pid);

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function newestCaptures(folders: readonly string[]): string[] {
  const found = folders.flatMap((folder) => {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith(`.${captureExtension}`))
        .map((name) => join(folder, name));
    } catch {
      return []; // it is gone
    }
  });
  const age = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return found.sort((a, b) => age(b) - age(a));
}
