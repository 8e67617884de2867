import { parseEnv } from 'node:util';

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Lines of NAME=value with comments and quotes, as Node reads them. What is no such line is left out. */
export function parseEnvFile(text: string): Record<string, string> {
  // Versions of Node differ in what they make of a line without "=": some take it into the next name.
  const entries = Object.entries(parseEnv(text.replace(/^\uFEFF/, ''))).map(
    ([name, value]) => [name.slice(name.lastIndexOf('\n') + 1), value ?? ''] as const,
  );
  return Object.fromEntries(entries.filter(([name]) => NAME.test(name)));
}

/** Variables that VS Code sets for its own processes; a program started in its terminal does not see them either. */
const EDITORS_OWN = /^(VSCODE|ELECTRON)_/;

/** The environment of a program that the extension host starts: as in a terminal, then as configured. */
export function programEnvironment(
  host: NodeJS.ProcessEnv,
  configured: Record<string, string | null>,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    if (value !== undefined && !EDITORS_OWN.test(name)) env[name] = value;
  }
  for (const [name, value] of Object.entries(configured)) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  return env;
}
