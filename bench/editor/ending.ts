import type { Editor } from '../../tests/e2e/harness/editor';

/** Nothing that is drawn changes for so long when it is all there. */
const QUIET_MS = 1000;

/** Milliseconds since 1970 at which the last figure came to lines and to lenses after the program's end. */
export async function whenSettled({ page }: Editor): Promise<{ lines: number; lenses: number }> {
  const handle = await page.waitForFunction(
    (quiet) => {
      const status = document.querySelector('.part.statusbar')?.textContent ?? '';
      if (!/Peak \d/.test(status)) return null;
      const lines = [...document.querySelectorAll('.editor-instance .view-line span[class*="ced-"]')]
        .map((each) => getComputedStyle(each, '::after').content)
        .join();
      const lenses = [...document.querySelectorAll('.codelens-decoration')].map((each) => each.textContent).join();
      const seen = window as unknown as { drawn?: { lines: [string, number]; lenses: [string, number] } };
      const now = Date.now();
      seen.drawn ??= { lines: [lines, now], lenses: [lenses, now] };
      const { drawn } = seen;
      if (drawn.lines[0] !== lines) drawn.lines = [lines, now];
      if (drawn.lenses[0] !== lenses) drawn.lenses = [lenses, now];
      if (now - Math.max(drawn.lines[1], drawn.lenses[1]) < quiet) return null;
      delete seen.drawn;
      return { lines: drawn.lines[1], lenses: drawn.lenses[1] };
    },
    QUIET_MS,
    { timeout: 120_000 },
  );
  return (await handle.jsonValue())!;
}
