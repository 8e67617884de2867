import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { l10n } from 'vscode';

export interface PytestRun {
  python: string;
  /** `alloclens.pytestArgs`. */
  options: readonly string[];
  /** Folder of the run: captures, and what pytest tells. */
  folder: string;
  /** Files, folders and ids of tests; none: all that pytest finds. */
  tests: readonly string[];
  /** Ids of tests, classes, files and folders, with absolute paths. */
  without: readonly string[];
}

export const reportLogOf = (folder: string) => join(folder, 'report.jsonl');

/**
 * Runs pytest with the extension's own plugin. One that is installed is the same by another name, so it stands aside;
 * so does pytest-memray, whose options in the project's configuration ours understands then.
 */
export function pytestCommand({ python, options, folder, tests, without }: PytestRun): string[] {
  return [
    python,
    '-m',
    'pytest',
    '-p',
    'alloclens.pytest_plugin',
    '-p',
    'no:alloclens',
    '-p',
    'no:memray',
    '--alloclens',
    `--alloclens-bin-path=${join(folder, 'captures')}`,
    `--alloclens-report-log=${reportLogOf(folder)}`,
    '--alloclens-hide-summary',
    '--color=yes',
    ...options,
    ...without.map((id) => `--alloclens-deselect=${id}`),
    ...tests,
  ];
}

/** The package is found on PYTHONPATH: neither the project nor its environment is touched. */
export function pytestEnvironment(packageFolder: string, host: NodeJS.ProcessEnv): Record<string, string> {
  const { PYTHONPATH } = host;
  return { PYTHONPATH: PYTHONPATH ? `${packageFolder}:${PYTHONPATH}` : packageFolder };
}

export interface PytestEnd {
  exitCode: number | null;
  signal: string | null;
  /** The last of what it printed. */
  output: string;
  python: string;
}

export interface RunProblem {
  sentence: string;
  /** Another interpreter may be the remedy. */
  interpreter: boolean;
}

/** Why a run has no results, or not all of them; null when it went as pytest goes. docs.pytest.org: exit codes. */
export function problemOfRun({ exitCode, signal, output, python }: PytestEnd): RunProblem | null {
  const problem = (sentence: string, interpreter = false) => ({ sentence, interpreter });
  if (/No module named '?pytest\b/.test(output)) {
    const sentence = l10n.t(
      'pytest is not installed for {0}. Install it there ({0} -m pip install pytest), or select another interpreter.',
      python,
    );
    return problem(sentence, true);
  }
  if (signal !== null) return problem(l10n.t('pytest was ended by {0}.', signal));
  if (exitCode === 3) return problem(l10n.t('pytest failed with an error of its own: see its output.'));
  if (exitCode === 4) {
    const error = /^ERROR: (.*)$/m.exec(stripVTControlCharacters(output))?.[1];
    return problem(
      error ? l10n.t('pytest could not begin: {0}', error) : l10n.t('pytest could not begin: see its output.'),
    );
  }
  // 0: all passed, 1: some failed, 2: stopped, of which each test tells; 5: no tests.
  if (exitCode === null || exitCode > 5) {
    return problem(l10n.t('pytest ended with exit code {0}: see its output.', String(exitCode)));
  }
  return null;
}
