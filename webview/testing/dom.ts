/** As much of a page's elements as tests of drawing need, where there is no browser. */
export class PlainElement {
  readonly attributes = new Map<string, string>();
  readonly children: PlainElement[] = [];
  /** How often anything in it was written. */
  writes = 0;
  private readonly listeners = new Map<string, () => void>();
  private parent: PlainElement | null = null;
  private own = '';

  constructor(readonly tag: string) {}

  get textContent(): string {
    return this.own + this.children.map((child) => child.textContent).join('');
  }

  set textContent(text: string) {
    this.children.length = 0;
    this.own = text;
    this.wrote();
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  append(...nodes: (PlainElement | string)[]): void {
    for (const node of nodes) {
      const child = typeof node === 'string' ? Object.assign(new PlainElement('#text'), { own: node }) : node;
      this.insertBefore(child, null);
    }
  }

  insertBefore(child: PlainElement, before: PlainElement | null): void {
    child.parent?.children.splice(child.parent.children.indexOf(child), 1);
    child.parent = this;
    this.children.splice(before ? this.children.indexOf(before) : this.children.length, 0, child);
    this.wrote();
  }

  remove(): void {
    this.parent?.children.splice(this.parent.children.indexOf(this), 1);
    this.parent?.wrote();
    this.parent = null;
  }

  addEventListener(event: string, listener: () => void): void {
    this.listeners.set(event, listener);
  }

  click(): void {
    this.listeners.get('click')?.();
  }

  /** All below it, and itself. */
  all(): PlainElement[] {
    return [this, ...this.children.flatMap((child) => child.all())];
  }

  /** What a screen reader would say; it says all of a region again when that changes. */
  get spoken(): string {
    if (this.attributes.get('aria-hidden') === 'true') return '';
    return this.own + this.children.map((child) => child.spoken).join('');
  }

  private wrote(): void {
    this.writes++;
    this.parent?.wrote();
  }
}
