import { randomBytes } from 'node:crypto';
import { l10n, Uri, type Webview } from 'vscode';

/**
 * The webview's page: one script and one stylesheet of ours, and a policy that forbids everything else. What the page
 * shows arrives by messages, so nothing of a capture is ever part of its HTML; the extension's own translations are.
 */
export function pageOf(webview: Webview, extension: Uri): string {
  const file = (name: string) => webview.asWebviewUri(Uri.joinPath(webviewFolder(extension), name)).toString();
  return page({ script: file('main.js'), style: file('main.css'), source: webview.cspSource, nonce: newNonce() });
}

/** The only folder that the page may load from. */
export function webviewFolder(extension: Uri): Uri {
  return Uri.joinPath(extension, 'dist', 'webview');
}

interface Parts {
  script: string;
  style: string;
  source: string;
  nonce: string;
}

function page({ script, style, source, nonce }: Parts): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source}; font-src ${source}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${style}">
<title>AllocLens</title>
</head>
<body data-translations="${escaped(JSON.stringify(l10n.bundle ?? {}))}">
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function newNonce(): string {
  return randomBytes(16).toString('base64url');
}
