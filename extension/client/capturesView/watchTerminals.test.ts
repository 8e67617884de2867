import { expect, test } from 'vitest';
import { captureFolders } from './watchTerminals';

test.each([
  ['python -m alloclens run app.py', ['/w']],
  ['alloclens run -q app.py -o x', ['/w']],
  ['/venv/bin/alloclens run app.py', ['/w']],
  ['python3 /x/alloclens/__main__.py run app.py', ['/w']],
  ['NAME=1 alloclens run -o /tmp/a.alloclens app.py', ['/tmp']],
  ['alloclens run -fo out/a.alloclens app.py', ['/w/out']],
  ['alloclens run --output=../a.alloclens app.py', ['/']],
  ['alloclens run --output "/two words/a.alloclens" app.py', ['/two words']],
  ['alloclens table a.alloclens', []],
  ['python run.py', []],
  ['echo alloclens', []],
  ["alloclens run 'not closed", []],
])('%s', (commandLine, folders) => {
  expect(captureFolders(commandLine, '/w')).toEqual(folders);
});
