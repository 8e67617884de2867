// The two functions of the Python extension's API (@vscode/python-extension) that AllocLens calls, and a formatter. What is selected in
// a folder stands in its file .selected-interpreter; in a folder without one nothing usable is selected.
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');

const selectedIn = (folder) => {
  const file = folder && path.join(folder.uri.fsPath, '.selected-interpreter');
  return file && existsSync(file) ? readFileSync(file, 'utf8').trim() : 'python';
};

/** As formatters do, the whole text anew: two blank lines above a function, spaces around what assigns. */
const formatted = (text) =>
  text.replace(/\n+(?=def )/g, '\n\n\n').replace(/^(\s*\w+) *= *(?!=)/gm, '$1 = ');

const offerFormatting = () => {
  const { languages, Range, TextEdit } = require('vscode');
  languages.registerDocumentFormattingEditProvider('python', {
    provideDocumentFormattingEdits: (document) => {
      const all = new Range(0, 0, document.lineCount, 0);
      return [TextEdit.replace(document.validateRange(all), formatted(document.getText()))];
    },
  });
};

exports.activate = () => {
  offerFormatting();
  return api;
};

const api = {
  environments: {
    getActiveEnvironmentPath: (folder) => ({ id: selectedIn(folder), path: selectedIn(folder) }),
    resolveEnvironment: async ({ path: file }) =>
      path.isAbsolute(file) ? { executable: { uri: require('vscode').Uri.file(file) } } : undefined,
  },
};
