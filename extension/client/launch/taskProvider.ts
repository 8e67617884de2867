import { mkdirSync } from 'node:fs';
import {
  CustomExecution,
  Disposable,
  EventEmitter,
  l10n,
  ProcessExecution,
  type Pseudoterminal,
  Task,
  type TaskDefinition,
  type TaskProvider,
  TaskScope,
  tasks,
  type WorkspaceFolder,
  workspace,
} from 'vscode';
import { TaskType } from '../../shared/contributions';
import type { LaunchAttributes } from './configuration';
import type { NoInterpreter } from './interpreter';
import { problemOfTask, taskCommand } from './taskCommand';

export interface TaskSurroundings {
  launcher: string;
  capturesOf(folder: WorkspaceFolder | undefined): string;
  interpreterOf(folder: WorkspaceFolder | undefined, configured: string | undefined): Promise<string | NoInterpreter>;
}

const SOURCE = 'AllocLens';

/** Tasks of type `alloclens`: a run under the launcher, in a terminal as tasks have it. */
export class ProfileTasks implements TaskProvider, Disposable {
  private readonly processes = new Set<number>();
  private readonly registration: Disposable;

  constructor(private readonly around: TaskSurroundings) {
    this.registration = Disposable.from(
      tasks.registerTaskProvider(TaskType.AllocLens, this),
      tasks.onDidStartTaskProcess(({ execution, processId }) => {
        if (execution.task.definition.type === TaskType.AllocLens) this.processes.add(processId);
      }),
    );
  }

  /** Whether this window runs the task whose capture it is: the name tells the process. */
  started(capture: string): boolean {
    const [, pid] = /\.(\d+)\.alloclens$/.exec(capture) ?? [];
    return this.processes.has(Number(pid));
  }

  provideTasks(): Promise<Task[]> {
    const definition = { type: TaskType.AllocLens, program: '${file}' };
    const name = l10n.t('profile current file');
    return this.complete(new Task(definition, TaskScope.Workspace, name, SOURCE)).then((task) => [task]);
  }

  resolveTask(task: Task): Promise<Task> {
    return this.complete(task);
  }

  dispose(): void {
    this.registration.dispose();
  }

  private async complete({ definition, scope, name }: Task): Promise<Task> {
    const folder = typeof scope === 'object' ? scope : workspace.workspaceFolders?.[0];
    const execution = await this.executionOf(definition, folder);
    // No matchers, told as such: nobody is asked what to look for in the output.
    const task = new Task(definition, scope ?? TaskScope.Workspace, name, SOURCE, execution, []);
    // The command line has words that are nobody's business.
    task.presentationOptions = { echo: false };
    return task;
  }

  private async executionOf(definition: TaskDefinition, folder: WorkspaceFolder | undefined) {
    const wrong = problemOfTask(definition);
    if (wrong) return saying(wrong);
    const { type: _, ...given } = definition;
    const task = given as LaunchAttributes;
    const python = await this.around.interpreterOf(folder, task.python);
    if (typeof python !== 'string') return saying(python.message);
    const captures = this.around.capturesOf(folder);
    mkdirSync(captures, { recursive: true });
    const { launcher } = this.around;
    const { command, args, cwd, env } = taskCommand(task, { python, launcher, captures });
    return new ProcessExecution(command, args, { ...((cwd ?? folder) && { cwd: cwd ?? folder!.uri.fsPath }), env });
  }
}

/** A task that can't run says why where its output would be. */
function saying(sentence: string): CustomExecution {
  return new CustomExecution(async (): Promise<Pseudoterminal> => {
    const write = new EventEmitter<string>();
    const close = new EventEmitter<number>();
    return {
      onDidWrite: write.event,
      onDidClose: close.event,
      open() {
        write.fire(`${sentence}\r\n`);
        close.fire(2);
      },
      close: () => undefined,
    };
  });
}
