// Messages with buttons that help; the same one is never on the screen twice.
import * as vscode from 'vscode';

export type Button = { title: string; run: () => unknown };
export type Level = 'info' | 'warning' | 'error';

const open = new Set<string>();

/** Show a message and run what is chosen. It does not wait for the user. */
export function say(level: Level, message: string, ...buttons: Button[]): void {
  if (open.has(message)) {
    return;
  }
  open.add(message);
  const show =
    level === 'error'
      ? vscode.window.showErrorMessage
      : level === 'warning'
        ? vscode.window.showWarningMessage
        : vscode.window.showInformationMessage;
  void show(message, ...buttons.map((button) => button.title)).then((chosen) => {
    open.delete(message);
    return buttons.find((button) => button.title === chosen)?.run();
  });
}

export const button = {
  command: (title: string, command: string, ...args: unknown[]): Button => ({
    title,
    run: () => vscode.commands.executeCommand(command, ...args),
  }),
  logs: (): Button => button.command('Show Logs', 'punie.showLogs'),
  restart: (): Button => button.command('Restart', 'punie.restartServer'),
  install: (): Button => button.command('Install…', 'punie.installServer'),
  setting: (name: string): Button => button.command('Open Settings', 'workbench.action.openSettings', name),
};
