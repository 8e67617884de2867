import { readFile } from 'node:fs/promises';
import { URI } from 'vscode-uri';
import type { Capture } from './captureStore';
import { mapLines } from './lineMapping';
import { fileInCapture, recordedText } from './shownDocument';

/** Where a recorded line is now; the line itself when that cannot be told. `text` is of the editor, else of the disk. */
export async function locate(capture: Capture, line: number, uri: string, text?: string): Promise<number> {
  const path = URI.parse(uri).fsPath;
  const { files } = await capture.ask({ query: 'files' });
  const file = fileInCapture(
    path,
    files.map((entry) => entry.file),
  );
  const recorded = file === null ? null : (await recordedText(capture, file, path)).text;
  if (recorded === null) return line;
  return mapLines(recorded, text ?? (await readFile(path, 'utf8'))).find(line)?.line ?? line;
}
