/** Captures of programs that mean no good: nothing of them becomes HTML, and nothing freezes. */
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Editor } from './harness/editor';
import { recordInTerminal } from './harness/terminal';
import { makeWorkspace } from './harness/workspace';

/** Names that would do something if they became HTML, Markdown or a template; then many files. */
const program = `
import sys

kept = []
template = compile("def f(kept):\\n    kept.append(bytearray(400_000))\\n", "x.py", "exec")
names = [
    "<img src=x onerror=document.body.dataset.owned=1>",
    "</title><script>document.body.dataset.owned=1</script>",
    "\\"><svg/onload=document.body.dataset.owned=1>",
    "[x](command:workbench.action.quit) | $(flame) \`x\` \${1+1} {{1}}",
    "\\x1b[31mred\\x07\\x00\\x7f\\u202egnp.exe",
    "\\ud800 lone",
    "n" * 1_000_000,
    "\\u0301" * 5000,
]


def call(name, file):
    code = next(c for c in template.co_consts if hasattr(c, "co_code"))
    code = code.replace(co_name=name, co_filename=file, **({"co_qualname": name} if sys.version_info >= (3, 11) else {}))
    f = type(call)(code, {"bytearray": bytearray})
    f(kept)


for name in names:
    call(name, "/tmp/" + name.replace("/", "_") + ".py")
call("plain", "<img src=x onerror=document.body.dataset.owned=1>")
small = compile("kept.append(object())", "x.py", "exec")
for i in range(int(sys.argv[1])):
    exec(small.replace(co_filename="/many/%d.py" % i), {"kept": kept})
`;

describe('A hostile capture', () => {
  let editor: Editor;
  const panel = () => editor.webview();
  const rows = () => panel().locator('#table tbody tr:not(.spacer)');
  const content = async (): Promise<Frame> => {
    const handle = await panel().locator('body').elementHandle();
    return (await handle!.ownerFrame())!;
  };
  /** Whether a name ran as code in the page, or brought an element that is none of ours. */
  const owned = async () =>
    (await content()).evaluate(
      () =>
        document.body.dataset.owned ??
        document.querySelector('img, script:not([nonce], #_vscodeApiScript), iframe, object')?.outerHTML ??
        '',
    );
  /** The longest that the page answered nothing while something was done in it, in milliseconds. */
  const longestFreeze = async (during: () => Promise<unknown>): Promise<number> => {
    const page = await content();
    await page.evaluate(() => {
      let last = performance.now();
      const state = { longest: 0, stop: false };
      const tick = () => {
        const now = performance.now();
        state.longest = Math.max(state.longest, now - last);
        last = now;
        if (!state.stop) setTimeout(tick);
      };
      tick();
      Object.assign(window, { freeze: state });
    });
    await during();
    return page.evaluate(() => {
      const { freeze } = window as unknown as { freeze: { longest: number; stop: boolean } };
      freeze.stop = true;
      return freeze.longest;
    });
  };

  beforeAll(async () => {
    const folder = makeWorkspace({ 'hostile.py': program });
    const capture = path.join(folder, 'hostile.alloclens');
    recordInTerminal(folder, capture, 'hostile.py', process.env.ALLOCLENS_HOSTILE_FILES ?? '100000');
    editor = await Editor.open(folder);
    await editor.openTab('hostile.alloclens');
    await panel().locator('g.frame').first().waitFor();
    await panel().locator('#progress').waitFor({ state: 'hidden' });
  });
  afterAll(() => editor?.close());

  test('shows its names as the text that they are', async () => {
    await panel().locator('g.frame[aria-label^="<img src=x"]').first().waitFor();
    for (const kind of ['Functions', 'Lines', 'Modules', 'Leaks']) {
      await panel().getByRole('radio', { name: kind }).click();
      await panel().locator('#progress').waitFor({ state: 'hidden' });
      expect(await owned(), kind).toBe('');
    }
    await panel().getByRole('radio', { name: 'Functions' }).click();
    await rows().filter({ hasText: '<img src=x onerror' }).first().waitFor();
    await panel()
      .locator('#note', { hasText: /^The 10,000 rows with the most bytes, of [\d,]{7,};/ })
      .waitFor();
  });

  test('has tooltips and crumbs that are text', async () => {
    await panel().locator('g.frame[aria-label^="</title>"]').first().click();
    await panel().locator('#crumbs b', { hasText: '</title><script>' }).waitFor();
    expect(await owned()).toBe('');
    await panel().locator('#reset').click();
  });

  test('is searched, sorted and scrolled without a freeze', async () => {
    const longest = await longestFreeze(async () => {
      await panel().locator('#search').fill('n'.repeat(50));
      await panel().locator('#hits', { hasText: /frame/ }).waitFor();
      await panel().locator('#search').fill('');
      await panel().locator('#table th button', { hasText: 'Function' }).click();
      await panel()
        .locator('#table')
        .evaluate((table) => {
          table.scrollTop = table.scrollHeight / 2;
        });
      await panel().getByRole('radio', { name: 'Lines' }).click();
      await panel().locator('#progress').waitFor({ state: 'hidden' });
      await panel().getByRole('radio', { name: 'Total' }).click();
      await panel().locator('#progress').waitFor({ state: 'hidden' });
    });
    console.log(`The panel of a hostile capture answered nothing for at most ${longest.toFixed(0)} ms`);
    expect(longest).toBeLessThan(3000);
  });

  test('is listed in the side bar, where its names are text too', async () => {
    // By what is there at the peak, its lines are among the hottest: rows that are in sight.
    await panel().getByRole('radio', { name: 'Peak' }).click();
    await editor.statusItem(/Peak \d/).waitFor();
    await editor.command('AllocLens: Focus on Captures View');
    await editor.page.locator('.pane-body .monaco-list-row', { hasText: 'hostile.py' }).first().waitFor();
    await editor.page.locator('.pane-body .monaco-list-row', { hasText: '<img src=x' }).first().waitFor();
    expect(await editor.page.locator('img[src="x"]').count()).toBe(0);
    expect(await editor.page.evaluate(() => document.body.dataset.owned ?? '')).toBe('');
  });
});
