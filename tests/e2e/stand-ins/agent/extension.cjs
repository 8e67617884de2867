const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { commands, lm, workspace } = require('vscode');

exports.activate = () => {
  commands.registerCommand('agent.callTool', async () => {
    const folder = path.join(workspace.workspaceFolders[0].uri.fsPath, '.agent');
    const { name, input } = JSON.parse(readFileSync(path.join(folder, 'call.json'), 'utf8'));
    const known = lm.tools.map((tool) => tool.name).filter((each) => each.startsWith('alloclens_'));
    let answer;
    try {
      const { content } = await lm.invokeTool(name, { input, toolInvocationToken: undefined });
      answer = { known, text: content.map((part) => part.value).join('') };
    } catch (error) {
      answer = { known, error: error.message };
    }
    writeFileSync(path.join(folder, 'answer.json'), JSON.stringify(answer));
  });
};
