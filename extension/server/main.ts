/** The language server's process. Arguments say how it speaks: `--node-ipc`, `--stdio` or `--socket=PORT`. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import type { NativeLibrary } from './captureStore';
import { serve } from './server';

serve(createConnection(ProposedFeatures.all), loadLibrary);

/** The addon lies beside the bundle that this file becomes: dist/server.cjs. */
function loadLibrary(): NativeLibrary {
  try {
    return createRequire(__filename)(join(__dirname, 'alloclens.node')) as NativeLibrary;
  } catch (error) {
    throw new Error(
      `The native part of AllocLens could not be loaded (${(error as Error).message}). ` +
        'Install the extension for this platform again, or in a checkout run "npm run build".',
    );
  }
}
