import { describe, expect, test } from 'vitest';
import { frameNamed, frames, names } from '../testing/tree';
import { visibleFrames } from './visible';

const root = frames(`
  All memory 1000
    main 900
      load 500
        parse 400
          tiny 1
      save 300
    start-up 100 c`);

describe('a graph of 500 pixels', () => {
  test('leaves out what has no two pixels', () => {
    expect(names(visibleFrames(root, 500).frames)).toEqual(['All memory', 'main', 'start-up', 'load', 'save', 'parse']);
  });

  test('shows the callers and the callees of what it is zoomed to, and nothing beside', () => {
    expect(names(visibleFrames(frameNamed(root, 'load'), 500).frames)).toEqual(['load', 'main', 'All memory', 'parse']);
  });

  test('shows what was too small once there is room', () => {
    expect(names(visibleFrames(frameNamed(root, 'parse'), 1000).frames)).toContain('tiny');
  });
});

test('what lies too deep to be drawn is marked where it is cut off', () => {
  const { frames: drawn, cut } = visibleFrames(root, 500, 4);
  expect(names(drawn)).toEqual(['All memory', 'main', 'start-up']);
  expect(names(cut)).toEqual(['main']);
});

test('a graph without width shows the frame it is zoomed to alone', () => {
  expect(names(visibleFrames(root, 0).frames)).toEqual(['All memory']);
});
