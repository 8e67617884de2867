import { basename } from 'node:path';
import { type DebugConfiguration, debug, l10n, type TextDocument, Uri, window, workspace } from 'vscode';
import { Command, type CommandHandlers, DebugType } from '../../shared/contributions';
import type { ShownCapture } from '../captures/shownCapture';
import type { LaunchAttributes } from './configuration';
import { mayRunPrograms } from './mayRunPrograms';
import type { PastRuns } from './pastRuns';
import { attributesOf } from './rerun';

/** Commands that start a run without launch.json. */
export function profileCommands(
  shown: ShownCapture,
  runs: PastRuns,
): Pick<CommandHandlers, Command.ProfileMemory | Command.RunAgain> {
  return {
    [Command.ProfileMemory]: async (script) => {
      if (!mayRunPrograms()) return;
      const uri = await savedScript(script instanceof Uri ? script : undefined);
      if (uri) await start(uri, { program: uri.fsPath }, basename(uri.fsPath));
    },
    [Command.RunAgain]: async () => {
      if (!mayRunPrograms()) return;
      const capture = shown.last;
      if (!capture) throw new Error(l10n.t('No capture is open, so there is no run to repeat.'));
      const past = runs.of(capture.path);
      if (past) {
        await workspace.saveAll();
        await debug.startDebugging(past.folder, past.configuration, QUIETLY);
        return;
      }
      const attributes = attributesOf(capture.summary);
      if (!attributes)
        throw new Error(l10n.t("{0} can't be run again: its command line is not known.", capture.summary.target.name));
      await start(
        Uri.file(attributes.program ?? capture.summary.cwd),
        attributes,
        basename(capture.summary.target.name),
      );
    },
  };
}

/** The editor stays as it is: nobody is debugging. The toolbar with Stop and Restart comes nonetheless. */
export const QUIETLY = { suppressDebugStatusbar: true, suppressDebugView: true };

async function start(place: Uri, attributes: LaunchAttributes, name: string): Promise<void> {
  const configuration: DebugConfiguration = {
    type: DebugType.AllocLens,
    request: 'launch',
    name: `Profile Memory: ${name}`,
    ...attributes,
  };
  await debug.startDebugging(workspace.getWorkspaceFolder(place), configuration, QUIETLY);
}

/** The script as it is on screen, written to its file; undefined when the user did not want that. */
async function savedScript(given: Uri | undefined): Promise<Uri | undefined> {
  const document = given ? openDocument(given) : window.activeTextEditor?.document;
  if (!document) {
    if (given) return given;
    throw new Error(l10n.t('Open the Python file that is to be profiled first.'));
  }
  if (document.languageId !== 'python') {
    throw new Error(
      l10n.t('{0} is not a Python file. Open the one that is to be profiled.', basename(document.fileName)),
    );
  }
  if (document.isUntitled) return workspace.saveAs(document.uri);
  if (document.uri.scheme !== 'file') {
    throw new Error(
      l10n.t("{0} is not a file on this machine, so it can't be run. Save a copy first.", basename(document.fileName)),
    );
  }
  if (document.isDirty && !(await document.save())) {
    throw new Error(l10n.t("{0} could not be saved, so what is on screen can't be profiled.", document.fileName));
  }
  return document.uri;
}

function openDocument(uri: Uri): TextDocument | undefined {
  return workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
}
