import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { initialView } from '../../extension/shared/panel';
import { PlainElement } from '../testing/dom';
import { NoticeList, noticesOf } from './notices';
import { type Event, initialState, questions, reduce, type State } from './state';

let host: PlainElement;
let acted: string[];
let list: NoticeList;
beforeEach(() => {
  vi.stubGlobal('document', { createElement: (tag: string) => new PlainElement(tag) });
  host = new PlainElement('div');
  acted = [];
  list = new NoticeList(host as unknown as HTMLElement, (action) => acted.push(action));
});
afterEach(() => vi.unstubAllGlobals());

const then = (state: State, ...events: Event[]) => events.reduce(reduce, state);
const opened = then(initialState, { type: 'capture', path: '/c', title: 'c', units: 'si', view: initialView });
const loading = then(opened, ...questions(opened).map(({ part, key }) => ({ type: 'asked' as const, part, key })), {
  type: 'reading',
  done: 12e6,
  total: 40e6,
});
const show = (state: State, slow = true) => list.show(noticesOf(state, slow));
const buttons = () => host.all().filter(({ tag }) => tag === 'button');
const lines = () => host.children.map((line) => line.children[0]!.textContent.replaceAll('\u00a0', ' '));

test('a reading is told of only when it is slow', () => {
  show(loading, false);
  expect(lines()).toEqual([]);
  show(loading);
  expect(lines()).toEqual(['Reading 12.0 MB of 40.0 MB…']);
});

test('while a reading goes on its text changes, Cancel stays, and nothing more is read aloud', () => {
  show(loading);
  const [cancel] = buttons();
  const { spoken } = host;
  expect(spoken).toBe('Reading the capture… Cancel');
  show(then(loading, { type: 'reading', done: 20e6, total: 40e6 }));
  expect(lines()).toEqual(['Reading 20.0 MB of 40.0 MB…']);
  expect(buttons()).toEqual([cancel]);
  expect(buttons()[0]).toBe(cancel);
  expect(host.spoken).toBe(spoken);
  cancel!.click();
  expect(acted).toEqual(['cancel']);
});

test('other notices come and go around one that stays as it is', () => {
  const stale = then(opened, { type: 'stale', files: ['a.py'] });
  show(stale);
  const [again] = buttons();
  show(then(loading, { type: 'stale', files: ['a.py'] }));
  expect(lines()).toEqual(['Reading 12.0 MB of 40.0 MB…', 'a.py has changed since this capture.']);
  expect(buttons()[1]).toBe(again);
  show(stale);
  expect(lines()).toEqual(['a.py has changed since this capture.']);
  expect(buttons()[0]).toBe(again);
  show(opened);
  expect(lines()).toEqual([]);
});

test('what says the same is not written again', () => {
  const stale = then(loading, { type: 'stale', files: ['a.py'] });
  show(stale);
  const { writes } = host;
  show(then(stale, { type: 'reading', done: 12e6, total: 40e6 }));
  expect(host.writes).toBe(writes);
});
