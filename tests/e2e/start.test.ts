import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';

/** Resolves with the match once the program has printed it. */
function printed(program: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    program.stdout?.on('data', (chunk) => {
      text += chunk;
      const match = pattern.exec(text);
      if (match) resolve(match);
    });
    program.on('close', () => reject(new Error(`It ended without printing ${pattern}:\n${text}`)));
  });
}

describe('npm start', () => {
  let program: ChildProcess;
  let ended: Promise<number | null>;
  let url: string;
  let password: string;
  let output: Promise<RegExpExecArray>;
  let editor: Editor | undefined;

  beforeAll(async () => {
    const script = path.join(inject('scratch'), 'started.py');
    writeFileSync(script, 'import sys\nkept = bytearray(int(sys.argv[1]))\nprint("kept", len(kept))\n');
    program = spawn('node', [inRoot('scripts/start.mjs'), script, '4000000'], { stdio: ['ignore', 'pipe', 'inherit'] });
    ended = new Promise((resolve) => program.on('close', resolve));
    output = printed(program, /kept (\d+)/);
    [, url, password] = (await printed(program, /(http:\S+)\s+password: (\S+)/)) as unknown as [string, string, string];
  }, 300_000);
  afterAll(async () => {
    await editor?.close();
    program?.kill('SIGKILL');
  });

  test('runs the script with its arguments', async () => {
    expect((await output)[1]).toBe('4000000');
  });

  test('serves on the loopback address alone, and asks for the password', async () => {
    expect(new URL(url).hostname).toBe('127.0.0.1');
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toContain('login');
  });

  test('shows the result at once: figures on the lines and the flame graph', async () => {
    editor = await Editor.openAt(url, { password });
    expect(await editor.figures()).toEqual([{ line: 2, figure: '4.0\u00a0MB' }]);
    await editor.webview().locator('g.frame').first().waitFor();
  });

  test('Ctrl-C ends the server', async () => {
    program.kill('SIGINT');
    expect(await ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  nothingLeavesTheMachine();
});
