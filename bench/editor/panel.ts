/** How long the panel takes to show what was asked for, measured in its own page: from the event to the frame drawn. */
import type { Frame } from 'playwright-core';
import type { Editor } from '../../tests/e2e/harness/editor';

export async function pageOf(editor: Editor): Promise<Frame> {
  const handle = await editor.webview().locator('body').elementHandle();
  return (await handle!.ownerFrame())!;
}

type Action = 'zoom' | 'reset' | 'search' | 'total' | 'peak' | 'range' | 'whole';

/** Milliseconds until all that the action asked for is drawn. */
export function timed(page: Frame, action: Action): Promise<number> {
  return page.evaluate(async (action: Action) => {
    const byId = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
    const frame = () => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const busy = () => !byId('progress').hidden;
    const radio = (name: string) => document.querySelector<HTMLElement>(`#measures [aria-label="${name}"]`)!;
    const began = performance.now();
    if (action === 'zoom') {
      const frames = [...document.querySelectorAll<SVGGElement>('g.frame')];
      const below = frames.filter((each) => Number(each.getAttribute('aria-level')) >= 3);
      below[0]!.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    }
    if (action === 'reset') byId('reset').click();
    if (action === 'search') {
      const search = byId<HTMLInputElement>('search');
      search.value = search.value ? '' : 'walk';
      search.dispatchEvent(new Event('input'));
    }
    if (action === 'total') radio('Total').click();
    if (action === 'peak') radio('Peak').click();
    if (action === 'range')
      byId('plot').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    if (action === 'whole') byId('plot').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    await frame();
    while (busy()) await frame();
    await frame();
    return performance.now() - began;
  }, action);
}
