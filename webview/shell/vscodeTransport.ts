import type { FromPanel, SavedPanel } from '../../extension/shared/panel';
import type { Transport } from './host';

interface VsCodeApi {
  postMessage(message: FromPanel): void;
  setState(state: SavedPanel): void;
  getState(): SavedPanel | undefined;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The extension host on the other side; VS Code keeps what is saved for the panel's serializer. */
export function vscodeTransport(): Transport {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    save: (state) => api.setState(state),
    saved: () => api.getState() ?? null,
    listen: (receive) => addEventListener('message', ({ data }) => receive(data)),
  };
}
