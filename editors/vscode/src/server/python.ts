// The project's Python environments: what the Python extension says where it is there, else the usual folders.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';

const PYTHON_EXTENSION = 'ms-python.python';
const FOLDERS = ['.venv', 'venv'];
export const BIN = process.platform === 'win32' ? 'Scripts' : 'bin';

/** As much of the Python extension's API as is used here. */
interface PythonApi {
  environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { id: string; path: string };
    onDidChangeActiveEnvironmentPath?: vscode.Event<unknown>;
  };
}

/** The environment that the user chose in the Python extension: its folder or its python; undefined without a choice. */
export async function chosenEnvironment(folder?: vscode.Uri): Promise<string | undefined> {
  try {
    const chosen = (await pythonApi())?.environments?.getActiveEnvironmentPath(folder);
    if (!chosen || chosen.id === 'DEFAULT_PYTHON' || !path.isAbsolute(chosen.path) || !fs.existsSync(chosen.path)) {
      return undefined;
    }
    return chosen.path;
  } catch {
    return undefined; // an extension that is broken must not take Punie with it
  }
}

/** Hear of another choice in the Python extension. */
export async function onDidChooseEnvironment(listener: () => void): Promise<vscode.Disposable> {
  const event = (await pythonApi().catch(() => undefined))?.environments?.onDidChangeActiveEnvironmentPath;
  return event ? event(listener) : new vscode.Disposable(() => undefined);
}

/** Folders with the programs of the project's environments, the likeliest first. */
export async function programFolders(folders: readonly vscode.WorkspaceFolder[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const chosen = await chosenEnvironment(folder.uri);
    if (chosen) {
      found.push(fs.statSync(chosen).isDirectory() ? path.join(chosen, BIN) : path.dirname(chosen));
    }
    found.push(...FOLDERS.map((name) => path.join(folder.uri.fsPath, name, BIN)));
  }
  return [...new Set(found)];
}

async function pythonApi(): Promise<PythonApi | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>(PYTHON_EXTENSION);
  if (!extension) {
    return undefined;
  }
  return extension.isActive ? extension.exports : extension.activate();
}
