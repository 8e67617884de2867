import { existsSync } from 'node:fs';
import { PVSC_EXTENSION_ID } from '@vscode/python-extension';
import {
  commands,
  Disposable,
  type ExtensionContext,
  extensions,
  type LogOutputChannel,
  l10n,
  languages,
  type TestItem,
  TestRunProfileKind,
  TestRunRequest,
  tests,
  Uri,
  type WorkspaceFolder,
  workspace,
} from 'vscode';
import { Command, type CommandHandlers, extensionName, Setting } from '../../shared/contributions';
import type { ShownCapture } from '../captures/shownCapture';
import { type InterpreterOf, TestProfiler } from './profileTests';
import type { PytestRules } from './pytestRules';
import { TestLens } from './testLens';
import { TestTree } from './testTree';

export interface Testing extends Disposable {
  /** Profiles the test again whose capture it is; false when it is none of a test that is known. */
  runAgain(capture: string): Promise<boolean>;
  handlers: Pick<CommandHandlers, Command.ProfileTest | Command.OpenTestCapture>;
}

/** pytest's tests in the Test Explorer, with the run profile Profile Memory; and a lens above each. */
export function registerTesting(
  context: ExtensionContext,
  shown: ShownCapture,
  interpreterOf: InterpreterOf,
  log: LogOutputChannel,
  failed: (error: unknown) => void,
): Testing {
  const controller = tests.createTestController(extensionName, 'AllocLens');
  const tree = new TestTree(controller, isListed);
  const profiler = new TestProfiler(
    controller,
    tree,
    shown,
    interpreterOf,
    log,
    Uri.joinPath(context.extensionUri, 'native', 'python').fsPath,
    Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'tests').fsPath,
  );
  const profile = controller.createRunProfile(
    l10n.t('Profile Memory'),
    TestRunProfileKind.Run,
    (request, token) => profiler.profile(request, token).catch(failed),
    true,
  );
  const lens = new TestLens(tree);
  const registrations = Disposable.from(
    controller,
    profile,
    tree,
    lens,
    languages.registerCodeLensProvider({ language: 'python', scheme: 'file' }, lens),
  );
  tree.lookAtOpenFiles().catch(failed);
  const profileItem = (item: TestItem) => profiler.profile(new TestRunRequest([item], undefined, profile));
  return {
    async runAgain(capture) {
      const item = profiler.testOf(capture);
      if (!item) return false;
      await workspace.saveAll();
      await profileItem(item);
      return true;
    },
    handlers: {
      [Command.ProfileTest]: async (file, names, line) => {
        const document = await workspace.openTextDocument(file);
        if (document.isDirty && !(await document.save())) {
          throw new Error(l10n.t("{0} could not be saved, so what is on screen can't be profiled.", file));
        }
        await profileItem(tree.itemOf(file, names, line));
      },
      [Command.OpenTestCapture]: async (row) => {
        const item = itemIn(row);
        const capture = item && profiler.captureOf(item);
        if (!capture) throw new Error(l10n.t('This test has no capture yet. Run it with Profile Memory first.'));
        if (!existsSync(capture)) {
          throw new Error(
            l10n.t('The capture of {0} is not kept any more. Run the test again with Profile Memory.', item.label),
          );
        }
        await commands.executeCommand(Command.OpenCapture, capture);
      },
    },
    dispose: () => registrations.dispose(),
  };
}

/** Unless asked, tests are not listed a second time beside the Python extension's, nor where nothing speaks of pytest. */
async function isListed(folder: WorkspaceFolder, rules: PytestRules | null): Promise<boolean> {
  const settings = workspace.getConfiguration(undefined, folder);
  const chosen = settings.get<string>(Setting.TestExplorer, 'auto');
  if (chosen !== 'auto') return chosen === 'on';
  if (extensions.getExtension(PVSC_EXTENSION_ID) && settings.get('python.testing.pytestEnabled') === true) return false;
  return rules !== null || (await workspace.findFiles('**/conftest.py', '**/{node_modules,.*,venv}/**', 1)).length > 0;
}

/** Menus of the Test Explorer pass the item, those of results an object that has it. */
function itemIn(row: unknown): TestItem | undefined {
  const given = row as Partial<TestItem> & { test?: TestItem };
  return given?.test ?? (given?.id !== undefined ? (given as TestItem) : undefined);
}
