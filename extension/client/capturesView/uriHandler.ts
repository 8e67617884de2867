import type { Uri } from 'vscode';
import { captureExtension } from '../../shared/contributions';

/** `vscode://alloclens.alloclens/open?capture=/path/of/a.alloclens` opens that capture. VS Code asks the user before. */
export async function openFromLink({ path, query }: Pick<Uri, 'path' | 'query'>, open: (path: string) => unknown) {
  const capture = new URLSearchParams(query).get('capture');
  if (path !== '/open' || !capture?.startsWith('/') || !capture.endsWith(`.${captureExtension}`)) {
    throw new Error(
      `This link names no capture. It should read /open?capture= and the absolute path of a file that ends with .${captureExtension}.`,
    );
  }
  await open(capture);
}
