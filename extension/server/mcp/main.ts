/** `alloclens-mcp`: the tools of extension/agents for programs that speak the Model Context Protocol over stdio. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { loadLibrary } from '../nativeLibrary';
import { mcpServer } from './server';

const { version } = createRequire(__filename)(join(__dirname, '../package.json')) as { version: string };
const launcher = join(__dirname, '../native/python/alloclens/__main__.py');

serveStdio(() => mcpServer({ version, launcher, library: loadLibrary }));
