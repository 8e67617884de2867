/** The graph as a picture, drawn anew from its boxes: as SVG, and on a canvas as PNG. */
import type { Box } from './chart';

export interface Paper {
  width: number;
  background: string;
  font: string;
}

const gap = 1;
const indent = 5;
/** Below this width a frame has no label. */
const narrowest = 35;

export function svgOf(boxes: readonly Box[], { width, background, font }: Paper): string {
  const height = heightOf(boxes);
  const frames = boxes.map(({ x, y, width, height, fill, label, labelColour }, i) => {
    const rect = `<rect x="${round(x)}" y="${y}" width="${round(Math.max(width - gap, 0.5))}" height="${height - gap}" fill="${escaped(fill)}"/>`;
    if (width < narrowest) return rect;
    const clip = `<clipPath id="c${i}"><rect x="${round(x)}" y="${y}" width="${round(width - indent)}" height="${height}"/></clipPath>`;
    const text = `<text x="${round(x + indent)}" y="${y + height - 7}" fill="${escaped(labelColour)}" clip-path="url(#c${i})">${escaped(label)}</text>`;
    return `${rect}${clip}${text}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${height}" font-family="${escaped(font)}" font-size="12">`,
    `<rect width="100%" height="100%" fill="${escaped(background)}"/>`,
    ...frames,
    '</svg>',
    '',
  ].join('\n');
}

/** Base64 of a PNG with two pixels for each of the page's. */
export function pngOf(boxes: readonly Box[], { width, background, font }: Paper): string {
  const scale = 2;
  const canvas = document.createElement('canvas');
  canvas.width = width * scale;
  canvas.height = heightOf(boxes) * scale;
  const context = canvas.getContext('2d')!;
  context.scale(scale, scale);
  context.fillStyle = background;
  context.fillRect(0, 0, width, heightOf(boxes));
  context.font = `12px ${font}`;
  for (const { x, y, width, height, fill, label, labelColour } of boxes) {
    context.fillStyle = fill;
    context.fillRect(x, y, Math.max(width - gap, 0.5), height - gap);
    if (width < narrowest) continue;
    context.save();
    context.beginPath();
    context.rect(x, y, width - indent, height);
    context.clip();
    context.fillStyle = labelColour;
    context.fillText(label, x + indent, y + height - 7);
    context.restore();
  }
  return canvas.toDataURL('image/png').replace(/^data:.*?,/, '');
}

function heightOf(boxes: readonly Box[]): number {
  return boxes.reduce((most, { y, height }) => Math.max(most, y + height), 1);
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Names come from the profiled program; XML allows no control characters at all. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd').replace(/[&<>"]/g, (c) => entities[c]!);
}
