// What the commands of the palette send: the place in the active editor, and what the user is asked for.
import * as path from 'node:path';
import * as vscode from 'vscode';
import { Json } from '../settings';
import { ServerController } from '../server/controller';
import { query } from './server';

/** Makes a command's object; undefined when the user put the question away. */
export type Arguments = (server: ServerController) => Promise<Json | undefined>;

interface Model {
  spec: string;
  problem?: string;
  chosen?: boolean;
  source?: string;
}

export const ARGUMENTS: Record<string, Arguments> = {
  'punie.ask': async () => withWords('Ask Punie', 'For example: Who uses this function?', 'prompt', place()),
  'punie.fixFile': async () => document(),
  'punie.fixWorkspace': async () => document(),
  'punie.explain': async () => required(place()),
  'punie.generateTests': async () => required(place()),
  'punie.annotateTypes': async () => required(place()),
  'punie.writeDocstring': async () => required(place()),
  'punie.refactor': async () =>
    withWords('Refactor in your words', 'For example: split this function in two', 'text', await required(place())),
  'punie.runCode': async () => required(place()),
  'punie.runTests': chooseTests,
  'punie.undo': async () => document(),
  'punie.redo': async () => document(),
  'punie.status': async () => document(),
  'punie.stop': async () => ({}),
  'punie.sessions': async () => document(),
  'punie.selectModel': chooseModel,
};

/** The active Python document, or none: then the server takes the one worked on last. */
export function document(): Json {
  const editor = pythonEditor();
  return editor ? { uri: String(editor.document.uri) } : {};
}

/** The document with its selection, or with the cursor's position. */
export function place(): Json {
  const editor = pythonEditor();
  if (!editor) {
    return {};
  }
  const { start, end, isEmpty } = editor.selection;
  const at = isEmpty ? { position: plain(start) } : { range: { start: plain(start), end: plain(end) } };
  return { uri: String(editor.document.uri), ...at };
}

function plain(position: vscode.Position): Json {
  return { line: position.line, character: position.character };
}

function pythonEditor(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  // Diffs and answers are shown as Python too, but are no files.
  const real = editor?.document.uri.scheme === 'file' || editor?.document.isUntitled;
  return real && editor?.document.languageId === 'python' ? editor : undefined;
}

async function required(found: Json): Promise<Json | undefined> {
  if (!('uri' in found)) {
    void vscode.window.showInformationMessage('Open a Python file first, and put the cursor where it matters.');
    return undefined;
  }
  return found;
}

async function withWords(title: string, placeHolder: string, name: string, more: Json | undefined): Promise<Json | undefined> {
  if (!more) {
    return undefined;
  }
  const words = await vscode.window.showInputBox({ title, placeHolder, ignoreFocusOut: true });
  return words?.trim() ? { ...more, [name]: words } : undefined;
}

async function chooseTests(): Promise<Json | undefined> {
  const editor = pythonEditor();
  const folder = editor && vscode.workspace.getWorkspaceFolder(editor.document.uri);
  const choices: (vscode.QuickPickItem & { argument?: Json })[] = [];
  if (editor && /^(test_.*|.*_test)\.py$/.test(path.basename(editor.document.fileName))) {
    choices.push({ label: 'Tests of This File', description: path.basename(editor.document.fileName), argument: document() });
  }
  const root = folder ?? vscode.workspace.workspaceFolders?.[0];
  if (root) {
    choices.push({ label: 'All Tests of the Project', description: root.name, argument: { ...document(), path: '.' } });
  }
  choices.push({ label: 'A File, a Folder or a Test…', description: 'as pytest writes it' });
  const chosen = await vscode.window.showQuickPick(choices, { title: 'Run which tests?' });
  if (!chosen || chosen.argument) {
    return chosen?.argument;
  }
  const words = await vscode.window.showInputBox({ title: 'Which tests?', placeHolder: 'tests/test_shop.py::test_price, or tests/unit' });
  return words?.trim() ? { ...document(), [words.includes('::') ? 'testId' : 'path']: words.trim() } : undefined;
}

async function chooseModel(server: ServerController): Promise<Json | undefined> {
  if (!server.client) {
    return {}; // execute() says why nothing can be chosen
  }
  const models = (await query<Model[]>(server, 'punie.selectModel', document())) ?? [];
  const items = models.map((model) => ({
    label: model.spec,
    description: model.chosen ? 'answers now' : '',
    detail: model.problem ? `Not usable now: ${model.problem}` : model.source,
    spec: model.spec,
  }));
  const other = { label: 'Another…', description: 'an address, or a provider’s model', detail: undefined, spec: '' };
  const chosen = await vscode.window.showQuickPick([...items, other], { title: 'Which model answers?', matchOnDetail: true });
  if (!chosen || chosen.spec) {
    return chosen && { ...document(), model: chosen.spec };
  }
  return withWords('Model', 'http://127.0.0.1:8080/v1#name, local, builtin', 'model', document());
}
