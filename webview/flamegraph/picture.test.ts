import { expect, test } from 'vitest';
import { svgOf } from './picture';

const box = { x: 0, y: 22, width: 200, height: 22, fill: 'rgb(1, 2, 3)', label: 'load', labelColour: 'rgb(0, 0, 0)' };
const paper = { width: 400, background: 'white', font: 'sans-serif' };

test('a picture is as high as its lowest frame', () => {
  expect(svgOf([box], paper)).toContain('width="400" height="44"');
});

test('names are text, never markup', () => {
  const svg = svgOf([{ ...box, label: '<script>"&\u0001' }], paper);
  expect(svg).toContain('&lt;script&gt;&quot;&amp;\ufffd');
  expect(svg).not.toContain('<script');
});

test('narrow frames have no label', () => {
  expect(svgOf([{ ...box, width: 20 }], paper)).not.toContain('<text');
});
