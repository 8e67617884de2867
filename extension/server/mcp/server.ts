import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server';
import { answer, answerOfRun, type Captures } from '../../agents/answers';
import { checkedInput } from '../../agents/input';
import { agentTools, profileScript } from '../../agents/tools';
import type { Answer, Query } from '../../shared/capture';
import { CaptureStore, type NativeLibrary } from '../captureStore';
import { profile, type Run } from './profile';

export interface McpOptions {
  version: string;
  /** Path of the launcher, `__main__.py` of the Python package. */
  launcher: string;
  library: () => NativeLibrary;
}

/** Captures that stay open, to answer the next question quickly; an open one takes memory. */
const MOST_OPEN = 3;

export function mcpServer({ version, launcher, library }: McpOptions): Server {
  const captures = new OpenCaptures(new CaptureStore(library));
  const server = new Server(
    { name: 'alloclens', title: 'AllocLens', version },
    {
      capabilities: { tools: {} },
      instructions:
        "Where a Python program's memory goes, exact to the byte. Profile a script, or take a capture that is there; then ask for its lines, and for the stacks of a line.",
    },
  );
  server.setRequestHandler('tools/list', () => ({
    tools: agentTools.map(({ name, title, description, inputSchema, readOnly }) => ({
      name,
      title,
      description,
      inputSchema: { ...inputSchema, properties: { ...inputSchema.properties } },
      // A client asks its user before it calls a tool that is not read-only.
      annotations: { title, readOnlyHint: readOnly, destructiveHint: !readOnly, openWorldHint: !readOnly },
    })),
  }));
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const { name, arguments: input = {} } = params;
    if (!agentTools.some((tool) => tool.name === name)) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool "${name}".`);
    }
    try {
      return { content: [{ type: 'text', text: await call(name, input, mcpReq.signal) }] };
    } catch (error) {
      // Not of the protocol: the model reads it and can do better.
      return { content: [{ type: 'text', text: (error as Error).message }], isError: true };
    }
  });
  return server;

  async function call(name: string, input: unknown, signal: AbortSignal): Promise<string> {
    if (name !== profileScript.name) return answer(name, input, captures);
    const run = checkedInput(input, profileScript.inputSchema) as unknown as Run;
    const { ending, capture } = await profile(run, launcher, signal);
    return answerOfRun(ending, capture, captures);
  }
}

class OpenCaptures implements Captures {
  private recent: string[] = [];

  constructor(private readonly store: CaptureStore) {}

  async open(path: string) {
    const capture = await this.store.open(path);
    this.recent = [path, ...this.recent.filter((other) => other !== path)];
    for (const old of this.recent.splice(MOST_OPEN)) this.store.close(old);
    return capture.ask({ query: 'summary' });
  }

  async query<Q extends Query>(path: string, query: Q): Promise<Answer<Q>> {
    const capture = this.store.get(path) ?? (await this.store.open(path));
    return capture.query(query);
  }
}
