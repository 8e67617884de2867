/** How long the panel takes to show what was asked for, measured in its own page: from the event to what is drawn. */
import type { Frame } from 'playwright-core';
import type { Editor } from '../../tests/e2e/harness/editor';

/** The panel's page, when all it asked for is there. */
export async function pageOf(editor: Editor): Promise<Frame> {
  await editor.webview().locator('g.frame').first().waitFor({ timeout: 120_000 });
  await editor.webview().locator('#progress').waitFor({ state: 'hidden', timeout: 120_000 });
  const handle = await editor.webview().locator('body').elementHandle();
  return (await handle!.ownerFrame())!;
}

export type Action = 'zoom' | 'reset' | 'search' | 'total' | 'peak' | 'middle' | 'half' | 'most' | 'whole';

/** Milliseconds since 1970 at which the page had its script. */
export function scriptLoaded(page: Frame): Promise<number> {
  return page.evaluate(() => {
    const script = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/main.js'));
    return performance.timeOrigin + (script as PerformanceResourceTiming).responseEnd;
  });
}

/** Until when: `drawn` is the first picture of what was asked for, `whole` when nothing is waited for any more. */
export interface Took {
  drawn: number;
  whole: number;
}

/** Milliseconds that an action takes to be seen. */
export function timed(page: Frame, action: Action, term = ''): Promise<Took> {
  return page.evaluate(
    async ({ action, term }) => {
      const byId = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
      const painted = () => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      const waits = () => !byId('progress').hidden;
      const radio = (name: string) => document.querySelector<HTMLElement>(`#measures [aria-label="${name}"]`)!;
      const key = (name: string, shiftKey = false) =>
        new KeyboardEvent('keydown', { key: name, shiftKey, bubbles: true });
      const before = document.body.innerHTML;
      const began = performance.now();
      if (action === 'zoom') {
        const frames = [...document.querySelectorAll<SVGGElement>('g.frame')];
        const below = frames.find((each) => Number(each.getAttribute('aria-level')) >= 3);
        below!.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      }
      if (action === 'reset') byId('reset').click();
      if (action === 'search') {
        const search = byId<HTMLInputElement>('search');
        search.value = term;
        search.dispatchEvent(new Event('input'));
      }
      if (action === 'total') radio('Total').click();
      if (action === 'peak') radio('Peak').click();
      if (action === 'middle') byId('plot').dispatchEvent(key('ArrowRight'));
      if (action === 'half') byId('plot').dispatchEvent(key('End', true));
      if (action === 'most') byId('plot').dispatchEvent(key('ArrowLeft'));
      if (action === 'whole') byId('plot').dispatchEvent(key('Escape'));
      const picture = () => document.getElementById('chart')!.innerHTML;
      const pictureBefore = picture();
      let drawn: number | null = null;
      let seen = '';
      let since = began;
      for (;;) {
        await painted();
        const at = performance.now();
        if (drawn === null && picture() !== pictureBefore) drawn = at - began;
        if (waits()) continue;
        const now = document.body.innerHTML;
        if (now === seen) {
          if (now === before) throw new Error(`Nothing changed by "${action}".`);
          return { drawn: drawn ?? since - began, whole: since - began };
        }
        seen = now;
        since = at;
      }
    },
    { action, term },
  );
}
