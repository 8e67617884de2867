// The two functions of the Python extension's API (@vscode/python-extension) that AllocLens calls. What is selected in
// a folder stands in its file .selected-interpreter; in a folder without one nothing usable is selected.
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');

const selectedIn = (folder) => {
  const file = folder && path.join(folder.uri.fsPath, '.selected-interpreter');
  return file && existsSync(file) ? readFileSync(file, 'utf8').trim() : 'python';
};

exports.activate = () => ({
  environments: {
    getActiveEnvironmentPath: (folder) => ({ id: selectedIn(folder), path: selectedIn(folder) }),
    resolveEnvironment: async ({ path: file }) =>
      path.isAbsolute(file) ? { executable: { uri: require('vscode').Uri.file(file) } } : undefined,
  },
});
