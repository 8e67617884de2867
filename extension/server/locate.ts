import { readFile } from 'node:fs/promises';
import { URI } from 'vscode-uri';
import type { Capture } from './captureStore';
import { mapLines } from './lineMapping';
import { recordedText } from './shownDocument';

/** Where a recorded line is now; the line itself when that cannot be told. `text` is of the editor, else of the disk. */
export async function locate(
  capture: Capture,
  file: string,
  line: number,
  uri: string,
  text?: string,
): Promise<number> {
  const path = URI.parse(uri).fsPath;
  const { text: recorded } = await recordedText(capture, file, path);
  if (recorded === null) return line;
  return mapLines(recorded, text ?? (await readFile(path, 'utf8'))).find(line)?.line ?? line;
}
