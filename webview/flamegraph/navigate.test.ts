import { describe, expect, test } from 'vitest';
import { frameNamed, frames } from '../testing/tree';
import { type Direction, frameCommandOf, neighbour, panelCommandOf } from './navigate';

const root = frames(`
  All memory 1000
    main 900
      load 500
        parse 400
      save 300
    start-up 100 c`);
const named = (name: string) => frameNamed(root, name);
const rows = [[root], [named('main'), named('start-up')], [named('load'), named('save')]];

describe('an arrow leads', () => {
  test.each<[string, Direction, string]>([
    ['load', 'up', 'main'],
    ['main', 'down', 'load'],
    ['load', 'right', 'save'],
    ['save', 'left', 'load'],
    ['save', 'root', 'All memory'],
  ])('from %s %s to %s', (from, to, end) => {
    expect(neighbour(named(from), to, rows).name).toBe(end);
  });

  test.each<[string, Direction]>([
    ['All memory', 'up'],
    ['load', 'down'],
    ['load', 'left'],
    ['start-up', 'right'],
  ])('from %s %s nowhere: nothing is drawn there', (from, to) => {
    expect(neighbour(named(from), to, rows).name).toBe(from);
  });

  test('along rows that begin below the root', () => {
    expect(neighbour(named('main'), 'down', rows.slice(1)).name).toBe('load');
    expect(neighbour(named('main'), 'up', rows.slice(1)).name).toBe('main');
  });
});

describe('the key', () => {
  const key = (name: string) => {
    const parts = name.split('+');
    const held = (modifier: string) => parts.slice(0, -1).includes(modifier);
    return {
      key: parts.at(-1)!,
      ctrlKey: held('Ctrl'),
      metaKey: held('Cmd'),
      shiftKey: held('Shift'),
      altKey: held('Alt'),
    };
  };

  test.each([
    ['Enter', { do: 'zoom' }],
    ['Ctrl+Enter', { do: 'reveal' }],
    ['Cmd+Enter', { do: 'reveal' }],
    ['Backspace', { do: 'parent' }],
    ['ArrowDown', { do: 'move', to: 'down' }],
    ['Home', { do: 'move', to: 'root' }],
    ['Ctrl+ArrowDown', null],
    ['a', null],
  ])('%s on a frame means %o', (name, command) => {
    expect(frameCommandOf(key(name))).toEqual(command);
  });

  test.each([
    ['/', { do: 'search' }],
    ['Ctrl+f', { do: 'search' }],
    ['F3', { do: 'nextHit' }],
    ['Shift+F3', { do: 'previousHit' }],
    ['Escape', { do: 'reset' }],
    ['Alt+F3', null],
    ['f', null],
  ])('%s in the panel means %o', (name, command) => {
    expect(panelCommandOf(key(name))).toEqual(command);
  });
});
