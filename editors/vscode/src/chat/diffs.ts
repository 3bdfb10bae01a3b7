// Proposed edits in VS Code's own diff editor.
import * as vscode from 'vscode';
import { patched, unpatched } from './patch';

const SCHEME = 'punie-diff';
const MOST = 50;

export class Diffs implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  private count = 0;

  dispose(): void {
    this.registration.dispose();
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(String(uri)) ?? 'This diff is gone: the window was reloaded.\n';
  }

  /** Show a file before and after an edit, or after it was applied; the diff itself when the file is another by now. */
  async open(file: vscode.Uri, diff: string): Promise<void> {
    const name = vscode.workspace.asRelativePath(file);
    const text = await textOf(file);
    const after = patched(text, diff);
    const before = after === undefined ? unpatched(text, diff) : text;
    if (before === undefined) {
      const document = await vscode.workspace.openTextDocument({ language: 'diff', content: diff });
      await vscode.window.showTextDocument(document, { preview: true });
      return;
    }
    const left = this.document(file, 'before', before);
    const right = this.document(file, 'after', after ?? text);
    const state = after === undefined ? 'as applied' : 'as proposed';
    await vscode.commands.executeCommand('vscode.diff', left, right, `${name} (${state} by Punie)`, { preview: true });
  }

  private document(file: vscode.Uri, side: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: file.path, query: `${side}-${++this.count}` });
    this.texts.set(String(uri), text);
    const oldest = this.texts.keys().next().value;
    if (this.texts.size > MOST && oldest !== undefined) {
      this.texts.delete(oldest);
    }
    return uri;
  }
}

/** What the editor has, saved or not, else the disk; an empty text for a file that is not there yet. Opens nothing. */
async function textOf(file: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((document) => String(document.uri) === String(file));
  if (open) {
    return open.getText();
  }
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    return '';
  }
}
