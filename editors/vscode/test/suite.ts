// What the tests in the extension host share.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { PunieApi } from '../src/extension';

export interface Test {
  name: string;
  /** Gives something to tell, for figures. */
  body: () => Promise<string | void>;
}

export function test(name: string, body: Test['body']): Test {
  return { name, body };
}

export async function api(): Promise<PunieApi> {
  const extension = vscode.extensions.getExtension<PunieApi>('punie.punie');
  if (!extension) {
    throw new Error('the extension is not installed');
  }
  return extension.activate();
}

export async function running(): Promise<PunieApi> {
  const found = await api();
  await until(() => found.server.state === 'running', 'the server never ran');
  return found;
}

export async function until(met: () => unknown, message: string, ms = 60_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await met())) {
    if (Date.now() > end) {
      throw new Error(message);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function file(name: string): vscode.Uri {
  return vscode.Uri.file(path.join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, name));
}

/** Show a file as it is on disk, whatever an earlier test has done to it. */
export async function show(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(file(name));
  await vscode.window.showTextDocument(document);
  const text = fs.readFileSync(document.uri.fsPath, 'utf8');
  if (document.getText() !== text) {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    await vscode.workspace.applyEdit(edit);
  }
  return document;
}

export async function problem(uri: vscode.Uri, code: string): Promise<vscode.Diagnostic> {
  let found: vscode.Diagnostic | undefined;
  await until(() => (found = vscode.languages.getDiagnostics(uri).find((one) => codeOf(one) === code)), `no ${code} in ${uri}`);
  return found!;
}

export function codeOf(diagnostic: vscode.Diagnostic): unknown {
  return typeof diagnostic.code === 'object' ? diagnostic.code.value : diagnostic.code;
}
