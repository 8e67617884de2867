import { createRequire } from 'node:module';
import { join } from 'node:path';
import { t } from '../shared/translate';
import type { NativeLibrary } from './captureStore';

/** The addon lies beside the bundles: dist/server.cjs and its like. */
export function loadLibrary(): NativeLibrary {
  try {
    return createRequire(__filename)(join(__dirname, 'alloclens.node')) as NativeLibrary;
  } catch (error) {
    if (process.platform !== 'linux') {
      throw new Error(t('Captures are read on Linux: open this folder in WSL or in a dev container.'));
    }
    throw new Error(
      t(
        'The native part of AllocLens could not be loaded ({0}). Install the extension for this platform again, or in a checkout run "npm run build".',
        (error as Error).message,
      ),
    );
  }
}
