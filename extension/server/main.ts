/** The language server's process. Arguments say how it speaks: `--node-ipc`, `--stdio` or `--socket=PORT`. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { loadLibrary } from './nativeLibrary';
import { serve } from './server';

serve(createConnection(ProposedFeatures.all), loadLibrary);
