/** The server as a process, asked by a client of the protocol, with the real addon and a real program. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { agentTools } from '../../agents/tools';

/** Processes start slowly on a busy machine. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const root = resolve(import.meta.dirname, '../../..');
const addon = join(root, 'dist/alloclens.node');

describe.skipIf(!existsSync(addon))('the MCP server (built by npm run build)', () => {
  let folder: string;
  let client: Client;

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'alloclens-mcp-')));
    // As it is installed: the launcher lies where the extension has it.
    for (const part of ['package.json', 'native/python/alloclens']) {
      cpSync(join(root, part), join(folder, part), { recursive: true });
    }
    mkdirSync(join(folder, 'dist'));
    cpSync(addon, join(folder, 'dist/alloclens.node'));
    await build({
      entryPoints: [join(root, 'extension/server/mcp/main.ts')],
      outfile: join(folder, 'dist/mcp.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    writeFileSync(join(folder, 'grows.py'), 'import sys\nkept = bytearray(int(sys.argv[1]))\nprint("printed")\n');
    writeFileSync(join(folder, 'fails.py'), 'kept = bytearray(2_000_000)\nraise SystemExit("no more")\n');
    writeFileSync(join(folder, 'waits.py'), 'kept = bytearray(3_000_000)\nimport time\ntime.sleep(60)\n');
    client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [join(folder, 'dist/mcp.cjs')], cwd: folder }),
    );
  });
  afterAll(async () => {
    await client?.close();
    rmSync(folder, { recursive: true });
  });

  const call = async (name: string, input: Record<string, unknown> = {}) => {
    const { content, isError } = await client.callTool({ name, arguments: input });
    const [answer] = content;
    return { text: answer?.type === 'text' ? answer.text : '', isError: isError ?? false };
  };
  const profiled = async (input: Record<string, unknown>) => {
    const { text } = await call('profile_script', input);
    return { text, capture: /^Capture: (.+)$/m.exec(text)?.[1] ?? '' };
  };

  test('says what it is and offers the four tools; only one of them changes anything', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(client.getServerVersion()).toMatchObject({ name: 'alloclens', version });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(agentTools.map(({ name }) => name));
    const writing = tools.filter(({ annotations }) => !annotations?.readOnlyHint).map(({ name }) => name);
    expect(writing).toEqual(['profile_script']);
  });

  test('a script is profiled; its lines and their stacks are answered from the capture', async () => {
    const { text, capture } = await profiled({ script: 'grows.py', args: ['4000000'] });
    expect(text).toMatch(/^It ended after [\d.]+ s\.\n/);
    expect(text).toMatch(/^1\. 4\.0 MB \(\d+ %, \d+ allocations?\) .*grows\.py:2 <module>$/m);
    expect((await call('top_lines', { capture, measure: 'total', limit: 1 })).text).toContain('grows.py:2 <module>');
    const stacks = await call('stacks_of_line', { capture, file: join(folder, 'grows.py'), line: 2 });
    expect(stacks.text).toContain("As the innermost line of the user's code: peak 4.0 MB");
  });

  test('two runs are compared', async () => {
    const before = await profiled({ script: 'grows.py', args: ['4000000'] });
    const after = await profiled({ script: 'grows.py', args: ['9000000'] });
    const { text } = await call('compare_captures', { before: before.capture, after: after.capture });
    expect(text).toMatch(/^Peak: 4\.\d MB before, 9\.\d MB after \(\+5\.0 MB\)\.$/m);
    expect(text).toMatch(/^1\. \+5\.0 MB \(4\.0 MB to 9\.0 MB\) .*grows\.py:2 <module>$/m);
  });

  test('a script that fails says why, and what it held', async () => {
    const { text } = await profiled({ script: 'fails.py' });
    expect(text).toMatch(/^It failed after .* \(exit status 1\)\.\nThe end of its error output:\nno more\n/);
    expect(text).toContain('fails.py:1 <module>');
  });

  test('a script that goes on is stopped, and what it held is told', async () => {
    const { text } = await profiled({ script: 'waits.py', timeout_s: 2 });
    expect(text).toMatch(/^It was stopped after 2 s; the figures are of what it did until then\.\n/);
    expect(text).toContain('waits.py:1 <module>');
  });

  test.each([
    ['profile_script', { script: 'absent.py' }, /^The script .*absent\.py does not exist\.$/],
    ['profile_script', { script: 'grows.py', python: '/absent/python' }, /^\/absent\/python can't be started/],
    ['top_lines', {}, /^"capture" is missing, and no capture is shown\. Name a capture, or profile a script first\.$/],
    ['top_lines', { capture: '/absent.alloclens' }, /absent\.alloclens/],
    ['top_lines', { capture: '/a.alloclens', limit: 0 }, /^"limit" must be a whole number from 1 to 100, not 0\.$/],
  ])('%s of %j is refused with a sentence', async (name, input, sentence) => {
    const { text, isError } = await call(name, input);
    expect(text).toMatch(sentence);
    expect(isError).toBe(true);
  });
});
