import { setTimeout as wait } from 'node:timers/promises';
import {
  type CancellationToken,
  Location,
  l10n,
  Position,
  type TestItem,
  TestMessage,
  TestMessageStackFrame,
  type TestRun,
  Uri,
} from 'vscode';
import { formatBytes, type Units } from '../../shared/units';
import { programEnvironment } from '../launch/environment';
import { startPiped } from '../launch/session/pipedProgram';
import type { RunningProgram } from '../launch/session/runningProgram';
import {
  type PytestRun,
  problemOfRun,
  pytestCommand,
  pytestEnvironment,
  type RunProblem,
  reportLogOf,
} from './pytestCommand';
import { namesOf, type ReportEvent, ReportLogTail, type TestMemory, type TestReport } from './reportLog';
import type { TestTree } from './testTree';
import { type Message, type Verdict, verdictOf } from './verdicts';

const LOOK_MS = 100;
const OUTPUT_KEPT = 8000;

export interface SessionOptions extends PytestRun {
  /** Where pytest runs. */
  cwd: string;
  /** Of the Python package. */
  packageFolder: string;
  units: Units;
  stopGraceMs: number;
  /** Whether a file is of the project, and of no installed package. */
  isOwn: (file: string) => boolean;
}

/** One run of pytest, told to the Test Explorer while it goes on. */
export class PytestSession {
  readonly recorded: TestMemory[] = [];
  /** Their paths; also of tests that ended their process. */
  readonly captures = new Map<TestItem, string>();
  private readonly reports = new Map<string, TestReport[]>();
  /** Tests that began and have no verdict yet. */
  private readonly running = new Map<string, { item: TestItem; capture: string | null }>();
  private output = '';

  constructor(
    private readonly run: TestRun,
    private readonly tree: TestTree,
    private readonly asked: readonly TestItem[],
    private readonly options: SessionOptions,
  ) {}

  /** Resolves when pytest has ended: with what went wrong with the run itself, if something did. */
  async finish(token: CancellationToken): Promise<RunProblem | null> {
    const { cwd, folder, packageFolder, python } = this.options;
    const env = programEnvironment(process.env, pytestEnvironment(packageFolder, process.env));
    const program = await startPiped(pytestCommand(this.options), cwd, env, (_, text) => this.print(text));
    const stop = () => void interrupt(program, this.options.stopGraceMs);
    if (token.isCancellationRequested) stop();
    const listener = token.onCancellationRequested(stop);
    const log = new ReportLogTail(reportLogOf(folder));
    const ended = program.ended.then(() => true);
    do {
      for (const event of log.read()) this.take(event);
    } while (!(await Promise.race([ended, wait(LOOK_MS, false)])));
    for (const event of log.read()) this.take(event);
    listener.dispose();
    const end = await program.ended;
    const how = end.signal ?? l10n.t('exit code {0}', String(end.exitCode));
    for (const { item, capture } of this.running.values()) {
      if (token.isCancellationRequested) this.run.skipped(item);
      else this.tellLost(item, capture, how);
    }
    return token.isCancellationRequested || this.running.size > 0
      ? null
      : problemOfRun({ ...end, output: this.output, python });
  }

  private print(text: string): void {
    this.output = `${this.output}${text}`.slice(-OUTPUT_KEPT);
    this.run.appendOutput(text.replace(/\r?\n/g, '\r\n'));
  }

  private take(event: ReportEvent): void {
    switch (event.event) {
      case 'collected':
        this.takeTests(event.tests.map(({ file, id, line }) => this.tree.itemOf(file, namesOf(id), line)));
        break;
      case 'collect_error': {
        const item = this.tree.fileItem(Uri.file(event.file));
        const place = event.line === null ? null : { file: event.file, line: event.line };
        this.run.errored(item, testMessage({ text: `${event.message}\n\n${event.text}`, place, stack: [] }));
        break;
      }
      case 'start': {
        const item = this.tree.itemOf(event.file, namesOf(event.id), event.line);
        this.running.set(event.id, { item, capture: event.capture });
        this.run.started(item);
        break;
      }
      case 'report':
        this.takeReport(event);
        break;
    }
  }

  private takeReport(report: TestReport): void {
    const reports = [...(this.reports.get(report.id) ?? []), report];
    this.reports.set(report.id, reports);
    // "???": the process of the test has ended, and there is no teardown.
    if (report.when !== 'teardown' && report.when !== '???') return;
    const started = this.running.get(report.id);
    const item = started?.item ?? this.tree.itemOf(report.file, namesOf(report.id), report.line);
    this.running.delete(report.id);
    this.reports.delete(report.id);
    if (report.when === '???' && started?.capture) this.captures.set(item, started.capture);
    this.tell(item, verdictOf(reports, this.options.isOwn));
  }

  private tell(item: TestItem, { kind, messages, durationMs, memory }: Verdict): void {
    if (memory) {
      this.recorded.push(memory);
      this.captures.set(item, memory.capture);
      item.description = figuresOf(memory, this.options.units);
    }
    if (kind === 'passed') this.run.passed(item, durationMs);
    else if (kind === 'skipped') this.run.skipped(item);
    else this.run[kind](item, messages.map(testMessage), durationMs);
  }

  /** A test that took pytest with it. */
  private tellLost(item: TestItem, capture: string | null, how: string): void {
    if (capture) this.captures.set(item, capture);
    const text = l10n.t(
      'The test ended the process of pytest ({0}). Its capture up to that point is kept; the tests after it did not run.',
      how,
    );
    this.run.errored(item, new TestMessage(text));
  }

  /** They will run. Of tests that run with all of their cases, those that are no more are forgotten. */
  private takeTests(found: readonly TestItem[]): void {
    for (const item of found) this.run.enqueued(item);
    const isCase = ({ label }: TestItem) => label.startsWith('[');
    const ids = new Set(found.map(({ id }) => id));
    const partly = new Set(this.asked.filter(isCase).map(({ parent }) => parent));
    for (const test of new Set(found.filter(isCase).map(({ parent }) => parent))) {
      if (!test || partly.has(test)) continue;
      for (const [id] of test.children) if (!ids.has(id)) test.children.delete(id);
    }
  }
}

/** As Ctrl-C does, so that fixtures are torn down; what takes no notice is killed. */
async function interrupt(program: RunningProgram, graceMs: number): Promise<void> {
  program.signal('SIGINT');
  await Promise.race([program.ended, wait(graceMs)]);
  program.signal('SIGKILL');
}

function figuresOf({ peak_bytes, total_bytes }: TestMemory, units: Units): string {
  return `▲ ${formatBytes(peak_bytes, units)} · Σ ${formatBytes(total_bytes, units)}`;
}

function testMessage({ text, place, stack }: Message): TestMessage {
  const message = new TestMessage(text.replace(/\r?\n/g, '\r\n'));
  if (place) message.location = new Location(Uri.file(place.file), new Position(place.line - 1, 0));
  if (stack.length > 1) {
    message.stackTrace = stack.map(
      ({ name, file, line }) => new TestMessageStackFrame(name, Uri.file(file), new Position(Math.max(0, line - 1), 0)),
    );
  }
  return message;
}
