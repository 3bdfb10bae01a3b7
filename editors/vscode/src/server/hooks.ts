// What a run of the server and the rest of the extension know of each other. Imports nothing that takes time to load.
import * as vscode from 'vscode';

/** What the rest of the extension has to say to a run. */
export interface Hooks {
  /** The connection ended without being asked to. */
  onClosed(): void;
  /** Show a document that the server wants to be seen; undefined leaves it to VS Code. */
  showDocument(uri: vscode.Uri): Promise<boolean | undefined>;
  /** The environment that the user chose in the Python extension. */
  environment(folder?: vscode.Uri): Promise<string | undefined>;
}

export interface Channels {
  output: vscode.LogOutputChannel;
  trace: vscode.LogOutputChannel;
}

/** Commands that the server executes but VS Code does not know; code actions carry them behind this one. */
export const SERVER_COMMAND = 'punie.executeServerCommand';
