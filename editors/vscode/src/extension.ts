// Wires the parts; each is in a module of its own.
import * as vscode from 'vscode';
import { registerChat } from './chat/register';
import { registerCommands } from './commands/register';
import { watchNeighbours } from './neighbours';
import { learnSettings } from './settings';
import { ServerController } from './server/controller';
import { watchSettings } from './server/watch';
import { registerStatus } from './status/register';
import { watchUpdates } from './update';

/** What other extensions, and the tests, can use. */
export interface PunieApi {
  server: ServerController;
  /** From the first line of this bundle to the end of `activate`. */
  activationMs: number;
}

/** When the bundle began to load; build.mjs puts it before everything else. */
declare const bundleBegun: number;

let server: ServerController | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<PunieApi> {
  learnSettings(context.extension);
  const output = vscode.window.createOutputChannel('Punie', { log: true });
  const trace = vscode.window.createOutputChannel('Punie Trace', { log: true });
  const controller = (server = new ServerController({ output, trace }));
  context.subscriptions.push(output, trace, watchSettings(controller));
  registerCommands(context, controller, { output, trace });
  registerStatus(context, controller);
  registerChat(context, controller);
  watchNeighbours(context);
  watchUpdates(context);
  void controller.start();
  return { server: controller, activationMs: performance.now() - bundleBegun };
}

export async function deactivate(): Promise<void> {
  await server?.dispose();
}
