import { URI } from 'vscode-uri';
import type { Shown } from '../../shared/protocol';
import { type ShownDocument, showDocument } from '../shownDocument';
import { FILE, type Golden, goldenCapture } from './goldenCapture';

export const shownByDefault: Shown = {
  path: '/captures/a.alloclens',
  measure: 'peak',
  attribution: 'yours',
  scope: null,
  base: null,
  live: false,
  units: 'si',
  lineThreshold: 1,
  codeLens: true,
  pathMappings: [],
  hidden: [],
  title: '14:32',
};

export interface GoldenDocument {
  /** The text as it is now; the recorded one when nothing is said. */
  now?: string;
  ran: string;
  answers: Golden;
  shown?: Partial<Shown>;
}

/** A document of the golden capture; white space by which a template is indented does not count. */
export async function goldenDocument({ ran, now = ran, answers, shown }: GoldenDocument): Promise<ShownDocument> {
  const text = { uri: URI.file(FILE).toString(), version: 1, text: dedent(now) };
  const capture = goldenCapture({ source: { text: dedent(ran), uncertain: false }, ...answers });
  const document = await showDocument({ ...shownByDefault, ...shown }, capture, text);
  if (!document) throw new Error('The golden capture has no such file.');
  return document;
}

export function dedent(text: string): string {
  const lines = text.replace(/^\n/, '').split('\n');
  const indent = Math.min(...lines.filter((line) => line.trim()).map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent)).join('\n');
}
