import { describe, expect, test } from 'vitest';
import manifest from '../../package.json';
import texts from '../../package.nls.json';
import { Color, Command, ContextKey, CustomEditor, DebugType, Setting, TaskType, View } from './contributions';

const { contributes } = manifest;
const sorted = (ids: string[]) => [...ids].sort();

describe('the manifest contributes exactly', () => {
  test('the commands that code handles', () => {
    expect(sorted(contributes.commands.map(({ command }) => command))).toEqual(sorted(Object.values(Command)));
  });

  test('the settings that code reads', () => {
    expect(sorted(Object.keys(contributes.configuration.properties))).toEqual(sorted(Object.values(Setting)));
  });

  test('the custom editors that code provides', () => {
    expect(contributes.customEditors.map(({ viewType }) => viewType)).toEqual(Object.values(CustomEditor));
  });

  test('the views that code fills', () => {
    expect(contributes.views.alloclens.map(({ id }) => id)).toEqual(Object.values(View));
  });

  test('the debug types that code provides', () => {
    expect(contributes.debuggers.map(({ type }) => type)).toEqual(Object.values(DebugType));
  });

  test('the task types that code provides', () => {
    expect(contributes.taskDefinitions.map(({ type }) => type)).toEqual(Object.values(TaskType));
  });

  test('the colours that code uses', () => {
    expect(sorted(contributes.colors.map(({ id }) => id))).toEqual(sorted(Object.values(Color)));
  });
});

test('conditions name only context keys that code sets', () => {
  const conditions = [...JSON.stringify(manifest).matchAll(/"(?:when|enablement)":"([^"]*)"/g)].map(([, text]) => text);
  const withoutViews = conditions.map((text) => text?.replaceAll(/\bview == \S+/g, ''));
  const inConditions = withoutViews.flatMap((text) => text?.match(/\balloclens\.\w+/g) ?? []);
  expect(inConditions.length).toBeGreaterThan(0);
  expect(inConditions.filter((key) => !Object.values<string>(ContextKey).includes(key))).toEqual([]);
});

test('menus refer only to commands that exist', () => {
  const entries = Object.values(contributes.menus).flat() as { command?: string }[];
  const commands = entries.flatMap(({ command }) => command ?? []);
  expect(commands.filter((command) => !Object.values<string>(Command).includes(command))).toEqual([]);
});

test('every colour is given for all four kinds of theme', () => {
  for (const { defaults } of contributes.colors) {
    for (const kind of ['dark', 'light', 'highContrast', 'highContrastLight'] as const) {
      expect(defaults[kind]).toMatch(/^#[0-9A-F]{6}$/);
    }
  }
});

test('the API types are of the lowest version of VS Code that is supported', () => {
  expect(manifest.engines.vscode).toBe(`^${manifest.devDependencies['@types/vscode']}`);
});

describe('what a person reads of the manifest', () => {
  /** Fields whose value VS Code shows, and shows in the person's language when it is a key. */
  const shown =
    /^(title|category|description|markdownDescription|errorMessage|label|displayName|name|contextualTitle|contents|altText|userDescription|enumDescriptions|markdownEnumDescriptions)$/;
  /** Names in here are those of configurations that are written into launch.json, and words for models. */
  const written = ['configurations', 'initialConfigurations', 'body', 'inputSchema'];
  const shownTexts = (value: unknown, field = ''): string[] => {
    if (typeof value === 'string') return shown.test(field) ? [value] : [];
    if (Array.isArray(value)) return value.flatMap((item) => shownTexts(item, field));
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => (written.includes(key) ? [] : shownTexts(inner, key)));
  };
  const { displayName, description, capabilities } = manifest;
  // The name of a view is for persons, that of a tool for programs.
  const languageModelTools = contributes.languageModelTools.map(({ name: _, ...tool }) => tool);
  const used = shownTexts({
    displayName,
    description,
    capabilities,
    contributes: { ...contributes, languageModelTools },
  });

  test('is all in package.nls.json, to be translated', () => {
    expect(used.filter((text) => !/^%[\w.]+%$/.test(text))).toEqual([]);
  });

  test('has a text for each key, and a use for each text', () => {
    const keys = new Set(used.map((text) => text.slice(1, -1)));
    expect(sorted([...keys])).toEqual(sorted(Object.keys(texts)));
    expect(Object.values(texts).filter((text) => text.trim() === '')).toEqual([]);
  });
});
