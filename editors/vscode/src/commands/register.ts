// The commands of the palette, of code actions and lenses, and of keybindings.
import * as vscode from 'vscode';
import { Json } from '../settings';
import { Channels, SERVER_COMMAND } from '../server/hooks';
import { ServerController } from '../server/controller';
import { installServer } from '../server/install';
import { ARGUMENTS, document } from './arguments';
import { fixAtCursor } from './fix';
import { execute, Result, sayNotRunning } from './server';
import { showSessions } from './sessions';

export function registerCommands(context: vscode.ExtensionContext, server: ServerController, channels: Channels): void {
  const add = (name: string, run: (...args: never[]) => unknown) =>
    context.subscriptions.push(vscode.commands.registerCommand(name, run));

  for (const [name, ask] of Object.entries(ARGUMENTS)) {
    if (name !== 'punie.sessions') {
      add(name, (given?: Json) => run(server, name, given, ask));
    }
  }
  add('punie.sessions', (given?: Json) => (isObject(given) ? execute(server, 'punie.sessions', given) : showSessions(server)));
  add('punie.fix', (given?: Json) => (isObject(given) ? execute(server, 'punie.fix', given) : fixAtCursor(server)));
  add(SERVER_COMMAND, (command: string, ...args: unknown[]) => execute(server, command, ...args));

  add('punie.startServer', () => server.start());
  add('punie.stopServer', () => server.stop());
  add('punie.restartServer', () => server.restart());
  add('punie.showLogs', () => channels.output.show());
  add('punie.showTrace', () => showTrace(channels));
  add('punie.installServer', () => installServer(() => server.restart()));
  add('punie.openWalkthrough', async () => {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#start`);
    server.showToWalkthrough();
  });
}

/** A code action, a lens or a keybinding gives the object; the palette gives none. */
async function run(server: ServerController, name: string, given: Json | undefined, ask: (typeof ARGUMENTS)[string]): Promise<Result | undefined> {
  if (!server.client) {
    sayNotRunning(server);
    return undefined;
  }
  // The menus of views and editors pass what was clicked on: that is no object of Punie's.
  const argument = isObject(given) ? given : await ask(server);
  return argument && execute(server, name, name === 'punie.stop' ? argument : { ...document(), ...argument });
}

async function showTrace(channels: Channels): Promise<void> {
  const trace = vscode.workspace.getConfiguration('punie').get<string>('trace.server');
  channels.trace.show();
  if (trace === 'off') {
    const chosen = await vscode.window.showInformationMessage(
      'The trace is off. It records every message between VS Code and the server, with your source code.',
      'Switch On',
    );
    if (chosen) {
      await vscode.workspace.getConfiguration('punie').update('trace.server', 'verbose', vscode.ConfigurationTarget.Workspace);
    }
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof vscode.Uri) && !('groupId' in value);
}
