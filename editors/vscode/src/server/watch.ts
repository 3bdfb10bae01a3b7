// What makes the server start anew or take other settings: the settings, trust, and the chosen Python environment.
import * as vscode from 'vscode';
import { ServerController } from './controller';
import { button, say } from './messages';
import { onDidChooseEnvironment } from './python';

const RESTART = ['punie.serverPath', 'punie.serverArguments'];
const TELL = ['punie', 'ty', 'ruff'];

export function watchSettings(server: ServerController): vscode.Disposable {
  const parts = [
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (RESTART.some((name) => event.affectsConfiguration(name))) {
        void server.restart();
      } else if (TELL.some((name) => event.affectsConfiguration(name))) {
        void server.client?.tellSettings();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void server.start()),
    server.onDidChangeState((state) => {
      if (state === 'restricted') {
        say(
          'info',
          'Punie is off in Restricted Mode: its server reads and can run the project’s code.',
          button.command('Manage Trust', 'workbench.trust.manage'),
        );
      }
    }),
    // An environment that has been chosen may bring a server with it.
    vscode.workspace.onDidChangeWorkspaceFolders(() => server.state === 'missing' && void server.start()),
  ];
  void onDidChooseEnvironment(() => (server.client ? void server.client.tellSettings() : void server.start())).then(
    (part) => parts.push(part),
  );
  return new vscode.Disposable(() => parts.forEach((part) => void part.dispose()));
}
