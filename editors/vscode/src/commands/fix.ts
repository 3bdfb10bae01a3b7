// The best fix for the problem at the cursor, without a menu: Punie's alone, and why there is none when there is none.
import * as vscode from 'vscode';
import { ServerController } from '../server/controller';
import { button, say } from '../server/messages';
import { execute, sayFailed, sayNotRunning } from './server';

const TITLE = 'Fix with Punie';
const INVOKED = 1;

/** As much of an LSP CodeAction as is used here. */
interface Action {
  title: string;
  isPreferred?: boolean;
  disabled?: { reason: string };
  edit?: Edit;
  command?: { command: string; arguments?: unknown[] };
}

interface Edit {
  documentChanges?: { textDocument?: { uri: string; version?: number | null } }[];
}

export async function fixAtCursor(server: ServerController): Promise<void> {
  const client = server.client;
  if (!client) {
    return sayNotRunning(server);
  }
  const editor = vscode.window.activeTextEditor;
  const problems = editor?.document.languageId === 'python' ? problemsAt(editor) : [];
  if (!editor || !problems.length) {
    return say('info', 'There is no problem at the cursor.');
  }
  const uri = String(editor.document.uri);
  try {
    const actions = await client.sendRequest<Action[] | null>('textDocument/codeAction', {
      textDocument: { uri },
      range: client.code2ProtocolConverter.asRange(problems[0]!.range),
      context: {
        diagnostics: await client.code2ProtocolConverter.asDiagnostics(problems),
        only: [vscode.CodeActionKind.QuickFix.value],
        triggerKind: INVOKED,
      },
    });
    const own = (actions ?? []).filter((action) => action.title.startsWith(TITLE));
    const usable = own.filter((action) => !action.disabled);
    const best = usable.find((action) => action.isPreferred) ?? usable[0];
    if (!best) {
      return sayWhyNot(own[0]?.disabled?.reason ?? 'No fix is known for this problem.');
    }
    const resolved = best.edit || best.command ? best : await client.sendRequest<Action>('codeAction/resolve', best);
    if (resolved.edit && !(await applied(server, resolved.edit))) {
      return say('warning', 'Punie: The text changed meanwhile, so nothing was applied. Ask again.');
    }
    if (resolved.command) {
      await execute(server, resolved.command.command, ...(resolved.command.arguments ?? []));
    }
  } catch (error) {
    sayFailed(error);
  }
}

/** With a button: VS Code shows the first line alone of a message without one. */
function sayWhyNot(reason: string): void {
  const saveAs = button.command('Save As…', 'workbench.action.files.saveAs');
  say('warning', `Punie: ${reason}`, reason.includes('read-only') ? saveAs : button.command('Explain', 'punie.explain'));
}

/** The problems under the cursor or the selection; else those of its line. */
function problemsAt({ document, selection }: vscode.TextEditor): vscode.Diagnostic[] {
  const all = vscode.languages.getDiagnostics(document.uri);
  const under = all.filter((one) => one.range.intersection(selection));
  return under.length ? under : all.filter((one) => one.range.start.line === selection.active.line);
}

/** Apply an edit onto the versions that it was made for, or not at all. */
async function applied(server: ServerController, edit: Edit): Promise<boolean> {
  const converted = await server.client?.protocol2CodeConverter.asWorkspaceEdit(edit as object);
  const stale = (edit.documentChanges ?? []).some(({ textDocument }) => {
    const open = vscode.workspace.textDocuments.find((one) => String(one.uri) === String(vscode.Uri.parse(textDocument?.uri ?? '')));
    return open && typeof textDocument?.version === 'number' && open.version !== textDocument.version;
  });
  return !stale && !!converted && vscode.workspace.applyEdit(converted);
}
