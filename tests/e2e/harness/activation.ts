import type { Editor } from './editor';

/** As VS Code counts it: milliseconds of our activation, null when we were not activated. */
export async function activationTime(editor: Editor): Promise<number | null> {
  await editor.command('Developer: Show Running Extensions');
  const list = editor.page.locator('.runtime-extensions-editor');
  await list.locator('.monaco-list-row').first().waitFor();
  const ours = list.locator('.monaco-list-row', { hasText: 'AllocLens' });
  if ((await ours.count()) === 0) return null;
  const [, ms] = /Activation: (\d+)ms/.exec((await ours.first().textContent()) ?? '') ?? [];
  return ms === undefined ? null : Number(ms);
}
