// Which punie-ls is started: the setting, the project's environment, PATH, and where uv and pipx put programs.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { own } from '../settings';
import { programFolders } from './python';

export const PROGRAM = process.platform === 'win32' ? 'punie-ls.exe' : 'punie-ls';

/** A program, and why this one. */
export interface Found {
  path: string;
  source: 'setting' | 'environment' | 'PATH';
}

/** Nothing to start; `message` says what was looked at. `setting` is the path that the setting names, if it does. */
export interface Missing {
  message: string;
  setting?: string;
}

/** Look for the server. */
export async function findServer(): Promise<Found | Missing> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const setting = own('serverPath', '', folders[0]?.uri).trim();
  if (setting) {
    const file = expanded(setting, folders[0]);
    const wrong = whyNot(file);
    return wrong
      ? { message: `The setting punie.serverPath names ${file}, which ${wrong}.`, setting: file }
      : { path: file, source: 'setting' };
  }
  const inProject = firstProgram(await programFolders(folders));
  if (inProject) {
    return { path: inProject, source: 'environment' };
  }
  const onPath = firstProgram([...(process.env.PATH ?? '').split(path.delimiter), path.join(os.homedir(), '.local', 'bin')]);
  if (onPath) {
    return { path: onPath, source: 'PATH' };
  }
  return { message: 'punie-ls was not found: not in the project’s .venv, not on PATH.' };
}

function expanded(setting: string, folder: vscode.WorkspaceFolder | undefined): string {
  const root = folder?.uri.fsPath ?? os.homedir();
  const home = setting === '~' || setting.startsWith('~/') ? os.homedir() + setting.slice(1) : setting;
  return path.resolve(root, home.replaceAll('${workspaceFolder}', root).replaceAll('${userHome}', os.homedir()));
}

function firstProgram(folders: string[]): string | undefined {
  return folders
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, PROGRAM))
    .find((file) => !whyNot(file));
}

/** Why a file cannot be started; empty when it can. */
function whyNot(file: string): string {
  try {
    if (!fs.statSync(file).isFile()) {
      return 'is no file';
    }
    fs.accessSync(file, fs.constants.X_OK);
    return '';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'may not be executed' : 'does not exist';
  }
}
