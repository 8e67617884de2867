/** How a project tells pytest its tests: names of files, classes and functions, and where they lie. */

export interface PytestRules {
  /** Patterns of file names. */
  files: string[];
  /** Beginnings of names, or patterns. */
  classes: string[];
  functions: string[];
  /** Folders below the root that tests lie in; empty: anywhere. */
  paths: string[];
}

export const defaultRules: PytestRules = {
  files: ['test_*.py', '*_test.py'],
  classes: ['Test'],
  functions: ['test'],
  paths: [],
};

/** Files in which pytest looks for its configuration, first one first, and the section that makes it so. */
export const configurationFiles: readonly [name: string, section: RegExp][] = [
  ['pytest.toml', /^\[pytest\]/m],
  ['.pytest.toml', /^\[pytest\]/m],
  ['pytest.ini', /^/],
  ['.pytest.ini', /^/],
  ['pyproject.toml', /^\[tool\.pytest(?:\.ini_options)?\]/m],
  ['tox.ini', /^\[pytest\]/m],
  ['setup.cfg', /^\[tool:pytest\]/m],
];

/** The rules in the first file that configures pytest, and null where none does. */
export function rulesOf(read: (name: string) => string | null): PytestRules | null {
  for (const [name, section] of configurationFiles) {
    const text = read(name)?.replace(/\r\n/g, '\n');
    const begin = text === undefined ? -1 : text.search(section);
    if (text === undefined || begin < 0) continue;
    const rest = text.slice(begin);
    const end = rest.slice(1).search(/^\[/m);
    // pytest.ini has its section after comments.
    const body = end < 0 || section.source === '^' ? rest : rest.slice(0, end + 1);
    const words = name.endsWith('.toml') ? wordsOfToml : wordsOfIni;
    return {
      files: words(body, 'python_files') ?? defaultRules.files,
      classes: words(body, 'python_classes') ?? defaultRules.classes,
      functions: words(body, 'python_functions') ?? defaultRules.functions,
      paths: words(body, 'testpaths') ?? [],
    };
  }
  return null;
}

/** `key = a b`, and more on lines that are indented. */
function wordsOfIni(text: string, key: string): string[] | null {
  const found = new RegExp(`^${key}[ \\t]*[=:](.*(?:\\n[ \\t]+.*)*)`, 'm').exec(text);
  return nonEmpty(found?.[1]?.replace(/^\s*[#;].*$/gm, '').split(/\s+/));
}

/** `key = "a b"` or `key = ["a", "b"]`. */
function wordsOfToml(text: string, key: string): string[] | null {
  const found = new RegExp(`^${key}[ \\t]*=[ \\t]*(\\[[^\\]]*\\]|"[^"\\n]*"|'[^'\\n]*')`, 'm').exec(text);
  const quoted = found?.[1]?.match(/"[^"]*"|'[^']*'/g) ?? [];
  return nonEmpty(quoted.flatMap((word) => word.slice(1, -1).split(/\s+/)));
}

const nonEmpty = (words: string[] | undefined) => {
  const found = words?.filter(Boolean) ?? [];
  return found.length > 0 ? found : null;
};

/** Of a function or class: by the beginning of its name, or by a pattern. */
export function matchesName(name: string, patterns: readonly string[]): boolean {
  return patterns.some(
    (pattern) => name.startsWith(pattern) || (/[*?[]/.test(pattern) && globExpression(pattern).test(name)),
  );
}

/** Whether pytest looks for tests in the file; `path` is relative to the root. */
export function isTestFile(path: string, { files, paths }: PytestRules): boolean {
  if (paths.length > 0 && !paths.some((folder) => isBelow(path, folder))) return false;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return files.some((pattern) =>
    pattern.includes('/') ? globExpression(`*${pattern}`).test(`/${path}`) : globExpression(pattern).test(name),
  );
}

function isBelow(path: string, folder: string): boolean {
  const base = folder.replace(/^\.\//, '').replace(/\/+$/, '');
  return base === '.' || base === '' || path === base || globExpression(`${base}/*`).test(path);
}

/** As Python's fnmatch: `*` also matches "/". */
function globExpression(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[!/g, '[^');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /^$/; // a bracket that is not closed
  }
}
