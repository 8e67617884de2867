import { basename } from 'node:path';
import {
  type CancellationToken,
  Disposable,
  LanguageModelTextPart,
  type LanguageModelTool,
  LanguageModelToolResult,
  l10n,
  lm,
  MarkdownString,
} from 'vscode';
import { answer, answerOfRun, type Captures } from '../../agents/answers';
import { checkedInput } from '../../agents/input';
import { type AgentTool, agentTools, profileScript } from '../../agents/tools';
import { extensionName } from '../../shared/contributions';
import type { ShownCapture } from '../captures/shownCapture';
import type { CaptureService } from '../language/captureService';
import type { LaunchAttributes } from '../launch/configuration';

/** Runs a program in this window, shows it, and tells how it ended. Rejects with a sentence. */
export type Profile = (
  attributes: LaunchAttributes,
  options: { timeoutMs: number; token: CancellationToken },
) => Promise<{ sentence: string; capture: string }>;

interface Run {
  script: string;
  args?: string[];
  cwd?: string;
  python?: string;
  timeout_s: number;
}

/** The tools of extension/agents, for chats in VS Code. Editors that have no language models go without. */
export function registerAgentTools(service: CaptureService, shown: ShownCapture, profile: Profile): Disposable {
  if (typeof lm?.registerTool !== 'function') return new Disposable(() => undefined);
  const captures: Captures = {
    open: (path) => service.open(path),
    query: (path, query) => service.query(path, query),
  };
  const run = async (input: unknown, token: CancellationToken): Promise<string> => {
    const { script, timeout_s, ...rest } = checkedInput(input, profileScript.inputSchema) as unknown as Run;
    const { sentence, capture } = await profile({ ...rest, program: script }, { timeoutMs: timeout_s * 1000, token });
    return answerOfRun(sentence, capture, captures);
  };
  const ask = async (tool: AgentTool, input: unknown): Promise<string> => {
    const path = (input as { capture?: string; after?: string } | undefined)?.capture;
    try {
      return await answer(tool.name, input, captures, shown.last?.path);
    } finally {
      // What was opened for a question alone need not stay in the server's memory.
      if (path !== undefined && path !== shown.last?.path) await service.close(path).catch(() => undefined);
    }
  };
  return Disposable.from(
    ...agentTools.map((tool) => {
      const registered: LanguageModelTool<object> = {
        prepareInvocation: ({ input }) => preparation(tool, input),
        invoke: async ({ input }, token) => {
          const text = await (tool === profileScript ? run(input, token) : ask(tool, input));
          return new LanguageModelToolResult([new LanguageModelTextPart(text)]);
        },
      };
      return lm.registerTool(`${extensionName}_${tool.name}`, registered);
    }),
  );
}

/** A run is asked about, with the whole command as it will be; a reading is only told of. */
function preparation(tool: AgentTool, input: object) {
  if (tool !== profileScript) return { invocationMessage: l10n.t('Reading a capture of AllocLens') };
  const { script = '', args = [], cwd } = input as Partial<Run>;
  const command = [script, ...(Array.isArray(args) ? args : [])].map((word) => quoted(String(word))).join(' ');
  const message = new MarkdownString(l10n.t('It runs as it would by itself, with its memory recorded:'));
  message.appendCodeblock(command, 'shellscript');
  if (cwd) message.appendMarkdown(l10n.t('In the folder:')).appendCodeblock(String(cwd), 'plaintext');
  return {
    invocationMessage: l10n.t('Profiling {0}', basename(String(script))),
    confirmationMessages: { title: l10n.t('Run {0} to profile its memory?', basename(String(script))), message },
  };
}

const quoted = (word: string) => (/^[\w./=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
