/** A report's page: the editor's panel with the capture's figures inside, for a browser without any server. */
import '../shell/base.css';
import './theme.css';
import { page } from '../shell/page';
import { Panel } from '../shell/panel';
import { Bar } from './bar';
import { unpack } from './data';
import { PageHost } from './host';
import { preferredTheme, setTheme } from './theme';

async function start(): Promise<void> {
  const data = await unpack(document.getElementById('data')?.textContent ?? '');
  const host: PageHost = new PageHost(data, () => bar.show(host.switches));
  const bar = new Bar({
    title: data.title,
    onChoose: (change) => host.choose(change),
    onSaveTimeline: () => host.saveTimeline(),
  });
  setTheme(preferredTheme());
  document.body.innerHTML = page;
  new Panel(host);
  document.body.prepend(bar.element);
  bar.show(host.switches);
}

start().catch((error: unknown) => {
  document.body.textContent = `This page could not be shown: ${error instanceof Error ? error.message : String(error)}`;
});
