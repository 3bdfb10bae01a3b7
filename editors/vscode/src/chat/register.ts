// The chat view in VS Code: its commands, and its connection to each run of the server.
import * as vscode from 'vscode';
import { own } from '../settings';
import { ServerController } from '../server/controller';
import { Diffs } from './diffs';
import { AskParams, EventParams } from './protocol';
import { ChatView, VIEW } from './view';

export function registerChat(context: vscode.ExtensionContext, server: ServerController): void {
  const diffs = new Diffs();
  const chat = new ChatView(context.extensionUri, server, diffs);
  context.subscriptions.push(
    diffs,
    vscode.window.registerWebviewViewProvider(VIEW, chat),
    vscode.commands.registerCommand('punie.newSession', async () => {
      await vscode.commands.executeCommand(`${VIEW}.focus`);
      chat.newSession();
    }),
    vscode.commands.registerCommand('punie.resumeSession', (session: string) => chat.resume(session)),
    vscode.window.onDidChangeTextEditorSelection(() => chat.visible && chat.state()),
    vscode.window.onDidChangeActiveTextEditor(() => chat.visible && chat.state()),
    server.onDidChangeState((state) => (state === 'running' ? chat.state() : chat.interrupted())),
    server.onDidHearStatus((status) => chat.news(status.model || status.models.join(', '))),
    server.onDidStart((client) => {
      client.onNotification('punie/event', (params: EventParams) => {
        if (params.event.type === 'turn_started' && own('showAnswers', 'chat') === 'chat' && !chat.visible) {
          void chat.reveal();
        }
        chat.take(params);
      });
      client.onRequest('punie/ask', (params: AskParams, token: vscode.CancellationToken) => chat.ask(params, token));
    }),
  );
  server.showDocument = (uri) => showDocument(uri, chat);
}

/** Answers are in the chat already; other documents of Punie's open beside the code. */
async function showDocument(uri: vscode.Uri, chat: ChatView): Promise<boolean | undefined> {
  if (uri.scheme !== 'punie') {
    return undefined;
  }
  if (own('showAnswers', 'chat') === 'chat' && chat.shows(uri)) {
    return true;
  }
  // Markdown's preview would take the focus from whoever is typing; a button in the document's title opens it.
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
  return true;
}
