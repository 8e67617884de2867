/** Stands in for the editor: answers from the page's data, keeps the address, saves files. */
import type { HiddenFrames } from '../../extension/shared/capture';
import { type FromPanel, initialView, type PanelView, type ToPanel } from '../../extension/shared/panel';
import type { Transport } from '../shell/host';
import { Answers } from './answers';
import { timelineCsv } from './csv';
import type { PageData } from './data';
import { hashOf, isStep, type Place, placeOf } from './link';

export type Switches = Pick<Place, 'hideImports' | 'onlyAllocations'>;

export class PageHost implements Transport {
  private readonly first: Place;
  private place: Place;
  private readonly answers: Answers;
  private tell: (message: ToPanel) => void = () => {};

  constructor(
    private readonly data: PageData,
    /** Back, Forward or another address chose other switches. */
    private readonly onSwitches: () => void = () => {},
  ) {
    this.first = { ...initialView, ...data.view, ...data.switches };
    this.place = placeOf(location.hash, this.first);
    this.answers = new Answers(data, hiddenOf(this.place));
    addEventListener('popstate', () => this.follow());
  }

  get switches(): Switches {
    return this.place;
  }

  listen(receive: (message: ToPanel) => void): void {
    this.tell = receive;
  }

  /** The address keeps it all. */
  save(): void {}

  saved(): null {
    return null;
  }

  post(message: FromPanel): void {
    switch (message.type) {
      case 'ready': {
        const { path, title } = this.data;
        this.tell({ type: 'capture', path, title, units: 'si', view: this.view });
        break;
      }
      case 'ask':
        this.answer(message.id, message.query);
        break;
      case 'view':
        this.go({ ...this.place, ...message.view });
        break;
      case 'reveal': {
        const { file, line } = message.location;
        this.tell({ type: 'say', text: `${file}:${line}` });
        break;
      }
      default:
        this.other(message);
    }
  }

  choose(change: Partial<Switches>): void {
    this.go({ ...this.place, ...change });
    this.answers.hide = hiddenOf(this.place);
    this.tell({ type: 'grew' });
  }

  saveTimeline(): void {
    download('heap-and-rss.csv', new Blob([timelineCsv(this.data.timeline)], { type: 'text/csv' }));
  }

  private get view(): PanelView {
    const { hideImports: _, onlyAllocations: __, ...view } = this.place;
    return view;
  }

  /** What the panel of the editor can do and this page needs a browser for. */
  private other(message: FromPanel): void {
    if (message.type === 'copy') void navigator.clipboard.writeText(message.text);
    if (message.type === 'copyLink') void navigator.clipboard.writeText(location.href);
    if (message.type === 'save') {
      const { name, content, base64 } = message;
      download(name, new Blob([base64 ? Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)) : content]));
    }
  }

  /** Later, as an answer of another process comes: the panel asks while it draws. */
  private answer(id: number, query: Parameters<Answers['to']>[0]): void {
    setTimeout(() => {
      try {
        this.tell({ type: 'answer', id, answer: this.answers.to(query) } as ToPanel);
      } catch (error) {
        this.tell({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) });
      }
    });
  }

  private go(place: Place): void {
    const step = isStep(this.place, place);
    const hash = hashOf(place, this.first);
    const changed = hash !== hashOf(this.place, this.first);
    this.place = place;
    if (!changed) return;
    const address = hash || location.pathname + location.search;
    if (step) history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  }

  private follow(): void {
    this.place = placeOf(location.hash, this.first);
    this.answers.hide = hiddenOf(this.place);
    this.onSwitches();
    this.tell({ type: 'choose', view: this.view });
    this.tell({ type: 'grew' });
  }
}

function hiddenOf({ hideImports, onlyAllocations }: Switches): HiddenFrames[] {
  return [...(hideImports ? ['imports' as const] : []), ...(onlyAllocations ? ['pass_through' as const] : [])];
}

function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
