/** The language server's process. Arguments say how it speaks: `--node-ipc`, `--stdio` or `--socket=PORT`. */
import { constants, setPriority } from 'node:os';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { loadLibrary } from './nativeLibrary';
import { serve } from './server';

// A program that is watched while it runs comes first. Before there are threads: each has a priority of its own.
try {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // forbidden here: then it is as quick as others
}

serve(createConnection(ProposedFeatures.all), loadLibrary);
