// The chat's page: a frame without content. Everything in it is made by its script from texts, never from HTML.
import * as vscode from 'vscode';

export function page(webview: vscode.Webview, folder: vscode.Uri): string {
  const nonce = [...crypto.getRandomValues(new Uint8Array(18))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, 'dist', name));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${file('chat.css')}">
<title>Punie</title>
</head>
<body>
<div id="log" role="log" aria-live="polite" aria-label="Conversation" tabindex="0"></div>
<div id="welcome"></div>
<form id="composer" aria-label="Ask Punie">
<div id="context" aria-live="off"></div>
<textarea id="prompt" rows="2" aria-label="Your question or task" placeholder="Ask Punie, or give it a task"></textarea>
<div id="buttons">
<button type="button" id="model" class="quiet" title="Select the model that answers"></button>
<span class="space"></span>
<button type="button" id="stop" class="secondary" hidden>Stop</button>
<button type="submit" id="send">Send</button>
</div>
</form>
<script nonce="${nonce}" src="${file('chat.js')}"></script>
</body>
</html>`;
}
