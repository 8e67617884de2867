import { join } from 'node:path';
import {
  type CancellationToken,
  CancellationTokenSource,
  commands,
  type LogOutputChannel,
  type TestController,
  type TestItem,
  TestMessage,
  type TestRun,
  type TestRunRequest,
  type WorkspaceFolder,
  window,
  workspace,
} from 'vscode';
import { ContextKey, Setting } from '../../shared/contributions';
import type { ShownCapture } from '../captures/shownCapture';
import type { NoInterpreter } from '../launch/interpreter';
import { mayRunPrograms } from '../launch/mayRunPrograms';
import { interpreterChoice } from '../launch/selectedInterpreter';
import type { RunProblem } from './pytestCommand';
import { PytestSession } from './pytestSession';
import type { TestMemory } from './reportLog';
import { newRunFolder } from './testCaptures';
import type { TestTree } from './testTree';

export type InterpreterOf = (folder: WorkspaceFolder) => Promise<string | NoInterpreter>;

/** The run profile Profile Memory: runs pytest in each folder that has tests of the request, and shows a capture. */
export class TestProfiler {
  private readonly captures = new Map<TestItem, string>();

  constructor(
    private readonly controller: TestController,
    private readonly tree: TestTree,
    private readonly shown: ShownCapture,
    private readonly interpreterOf: InterpreterOf,
    private readonly log: LogOutputChannel,
    /** Of the Python package. */
    private readonly packageFolder: string,
    /** Where folders of runs are made. */
    private readonly runsFolder: string,
  ) {}

  captureOf(test: TestItem): string | undefined {
    return this.captures.get(test);
  }

  testOf(capture: string): TestItem | undefined {
    return [...this.captures].find(([, path]) => path === capture)?.[0];
  }

  async profile(request: TestRunRequest, token?: CancellationToken): Promise<void> {
    if (!mayRunPrograms()) return;
    const run = this.controller.createTestRun(request);
    const stop = new CancellationTokenSource();
    const listeners = [token, run.token].map((each) => each?.onCancellationRequested(() => stop.cancel()));
    try {
      const runFolder = newRunFolder(this.runsFolder);
      const recorded: TestMemory[] = [];
      for (const [folder, items] of byFolder(request.include ?? (await this.allItems()))) {
        if (stop.token.isCancellationRequested) break;
        recorded.push(...(await this.profileFolder(run, request, folder, items, runFolder, stop.token)));
      }
      await commands.executeCommand(
        'setContext',
        ContextKey.ProfiledTests,
        [...this.captures.keys()].map(({ id }) => id),
      );
      const capture = mostInteresting(recorded)?.capture;
      // Another run that goes on, and is looked at, stays.
      if (capture && !this.shown.current?.live) await this.shown.open(capture);
    } finally {
      for (const listener of listeners) listener?.dispose();
      stop.dispose();
      run.end();
    }
  }

  private async profileFolder(
    run: TestRun,
    request: TestRunRequest,
    folder: WorkspaceFolder,
    items: readonly TestItem[],
    runFolder: string,
    token: CancellationToken,
  ): Promise<TestMemory[]> {
    const python = await this.interpreterOf(folder);
    if (typeof python !== 'string') {
      this.tell(run, items, { sentence: python.message, interpreter: true });
      return [];
    }
    const settings = workspace.getConfiguration(undefined, folder);
    const cwd = folder.uri.fsPath;
    const session = new PytestSession(run, this.tree, items, {
      python,
      cwd,
      packageFolder: this.packageFolder,
      folder: join(runFolder, String(folder.index)),
      options: settings.get<string[]>(Setting.PytestArgs, []),
      // All of a folder: what the project's own configuration makes of that.
      tests: request.include && !items.some(({ id }) => id === cwd) ? items.map(({ id }) => id) : [],
      without: (request.exclude ?? []).map(({ id }) => id),
      units: this.shown.settings.units,
      stopGraceMs: 1000 * settings.get<number>(Setting.StopGraceTime, 5),
      isOwn: (file) => file.startsWith(`${cwd}/`) && !/\/(site-packages|\.venv|venv)\//.test(file),
    });
    const problem = await session.finish(token);
    if (problem) this.tell(run, items, problem);
    for (const [test, capture] of session.captures) this.captures.set(test, capture);
    return session.recorded;
  }

  /** What is wrong with a whole run stands at each test that was asked for, and is said once. */
  private tell(run: TestRun, items: readonly TestItem[], { sentence, interpreter }: RunProblem): void {
    this.log.warn(sentence);
    run.appendOutput(`${sentence}\r\n`);
    for (const item of items) run.errored(item, new TestMessage(sentence));
    const choice = interpreterChoice();
    void window.showErrorMessage(sentence, ...(interpreter ? [choice.label] : [])).then((chosen) => {
      if (chosen) void choice.open();
    });
  }

  private async allItems(): Promise<TestItem[]> {
    await this.tree.discover();
    return [...this.controller.items].map(([, item]) => item);
  }
}

function byFolder(items: readonly TestItem[]): [WorkspaceFolder, TestItem[]][] {
  const groups = new Map<WorkspaceFolder, TestItem[]>();
  for (const item of items) {
    const folder = item.uri && workspace.getWorkspaceFolder(item.uri);
    if (folder) groups.set(folder, [...(groups.get(folder) ?? []), item]);
  }
  return [...groups];
}

/** What one wants to look at: a test that broke its limit, else the one with the highest peak. */
function mostInteresting(all: readonly TestMemory[]): TestMemory | undefined {
  const broken = all.filter(({ problem }) => problem !== undefined);
  return [...(broken.length > 0 ? broken : all)].sort((a, b) => b.peak_bytes - a.peak_bytes)[0];
}
