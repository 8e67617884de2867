/** The other side: questions and their answers, and what it keeps for us when the page is loaded again. */
import type { FromPanel, PanelQuery, SavedPanel, ToPanel } from '../../extension/shared/panel';
import type { Event, Part } from './state';

/**
 * How messages travel. In VS Code the extension host is at the other end; a page that stands alone puts something of
 * its own in its place, which answers `ready` with `capture` and each `ask` with `answer` or `failed`.
 */
export interface Transport {
  post(message: FromPanel): void;
  /** Keeps what is to survive a reload of the page. */
  save(state: SavedPanel): void;
  /** What was kept; null when there is nothing. */
  saved(): SavedPanel | null;
  listen(receive: (message: ToPanel) => void): void;
}

export type Told = Extract<ToPanel, { type: 'say' | 'select' }>;

export class Host {
  private readonly waiting = new Map<number, { part: Part; key: string }>();
  private lastId = 0;

  constructor(
    private readonly transport: Transport,
    private readonly onEvent: (event: Event) => void,
    /** What is no part of the state: something to say, something to select. */
    private readonly onTold: (message: Told) => void,
  ) {
    transport.listen((message) => this.receive(message));
  }

  begin(): void {
    this.post({ type: 'ready', saved: this.transport.saved() });
  }

  post(message: FromPanel): void {
    this.transport.post(message);
  }

  save(state: SavedPanel): void {
    this.transport.save(state);
  }

  /** A newer question of a part makes the one before pointless. */
  ask(part: Part, key: string, query: PanelQuery): void {
    for (const [id, question] of this.waiting) if (question.part === part) this.forget(id);
    const id = ++this.lastId;
    this.waiting.set(id, { part, key });
    this.onEvent({ type: 'asked', part, key });
    this.post({ type: 'ask', id, query });
  }

  /** The host answers what was cancelled by a failure, which is then shown with a way to try again. */
  cancelAll(): void {
    for (const id of this.waiting.keys()) this.post({ type: 'cancel', id });
  }

  private forget(id: number): void {
    this.waiting.delete(id);
    this.post({ type: 'cancel', id });
  }

  private receive(message: ToPanel): void {
    if (message.type === 'say' || message.type === 'select') this.onTold(message);
    else if (message.type === 'answer' || message.type === 'failed') {
      const question = this.waiting.get(message.id);
      if (!question) return;
      this.waiting.delete(message.id);
      if (message.type === 'failed') this.onEvent({ ...question, type: 'failed', message: message.message });
      else this.onEvent({ ...question, type: 'answered', answer: message.answer });
    } else this.onEvent(message);
  }
}
