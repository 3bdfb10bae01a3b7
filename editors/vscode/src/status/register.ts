// The status bar item: which model answers, what runs, and what is wrong; a click opens a menu.
import * as vscode from 'vscode';
import { query } from '../commands/server';
import { document } from '../commands/arguments';
import { modelName } from './model';
import { ServerController, State, Status } from '../server/controller';

const TEXTS: Record<Exclude<State, 'running'>, [text: string, tooltip: string]> = {
  stopped: ['$(circle-slash) Punie', 'Punie’s server is stopped'],
  starting: ['$(loading~spin) Punie', 'Punie’s server is starting'],
  missing: ['$(warning) Punie', 'punie-ls was not found'],
  restricted: ['$(shield) Punie', 'Punie is off in Restricted Mode'],
  failed: ['$(error) Punie', 'Punie’s server has failed'],
};

export function registerStatus(context: vscode.ExtensionContext, server: ServerController): void {
  const item = vscode.window.createStatusBarItem('punie.status', vscode.StatusBarAlignment.Right, 90);
  item.name = 'Punie';
  item.command = 'punie.showMenu';
  let status: Status | undefined;

  const show = () => {
    item.backgroundColor = undefined;
    if (server.state === 'running') {
      showRunning(item, server, status);
    } else {
      [item.text, item.tooltip] = TEXTS[server.state];
      if (server.state === 'failed' || server.state === 'missing') {
        item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
      }
    }
    item.accessibilityInformation = { label: `${item.tooltip instanceof vscode.MarkdownString ? 'Punie' : item.tooltip}`, role: 'button' };
    item.show();
  };
  context.subscriptions.push(
    item,
    server.onDidChangeState(() => {
      status = server.state === 'running' ? status : undefined;
      show();
    }),
    server.onDidHearStatus((news) => {
      status = news;
      show();
    }),
    server.onDidStart(() => {
      void query<Status>(server, 'punie.status', {}).then((news) => {
        status = news ?? status;
        show();
      });
    }),
    vscode.commands.registerCommand('punie.showMenu', () => showMenu(server, status)),
  );
  show();
}

function showRunning(item: vscode.StatusBarItem, server: ServerController, status: Status | undefined): void {
  const model = modelName(status?.model || status?.models?.join(', ') || '');
  const running = status?.running[0];
  item.text = `${running ? '$(loading~spin)' : '$(check)'} Punie${model ? `: ${model}` : ''}`;
  const lines = [
    `**Punie ${server.version}**`,
    model && `Model: ${escaped(status?.model || status?.models?.join(', ') || '')}`,
    ...(status?.running ?? []).map((job) => `Runs: ${escaped(job.title)}${job.doing ? ` – ${escaped(job.doing)}` : ''}`),
    ...(status?.problems ?? []).map((problem) => `$(warning) ${escaped(problem)}`),
  ];
  item.tooltip = new vscode.MarkdownString(lines.filter(Boolean).join('\n\n'), true);
}

async function showMenu(server: ServerController, status: Status | undefined): Promise<void> {
  type Item = vscode.QuickPickItem & { command?: string; argument?: unknown };
  const running: Item[] = (status?.running ?? []).map((job) => ({
    label: `$(debug-stop) Stop “${job.title}”`,
    description: job.doing,
    command: 'punie.stop',
    argument: job.session ? { session: job.session } : {},
  }));
  const on = server.state === 'running';
  const items: Item[] = [
    ...(running.length ? [separator('Running'), ...running] : []),
    ...(on
      ? [
          separator('Agent'),
          { label: '$(comment-discussion) Open Chat', command: 'punie.chat.focus' },
          { label: '$(symbol-misc) Select Model…', description: modelName(status?.model ?? ''), command: 'punie.selectModel' },
          { label: '$(history) Sessions…', command: 'punie.sessions' },
          { label: '$(info) Show Status', command: 'punie.status', argument: document() },
        ]
      : []),
    separator('Server'),
    ...(server.state === 'restricted' ? [{ label: '$(shield) Manage Trust', command: 'workbench.trust.manage' }] : []),
    ...(server.state === 'missing' ? [{ label: '$(cloud-download) Install…', command: 'punie.installServer' }] : []),
    ...(on || server.state === 'starting'
      ? [{ label: '$(debug-restart) Restart', command: 'punie.restartServer' }, { label: '$(circle-slash) Stop', command: 'punie.stopServer' }]
      : [{ label: '$(play) Start', command: 'punie.startServer' }]),
    { label: '$(output) Show Logs', description: server.program?.path, command: 'punie.showLogs' },
    { label: '$(gear) Settings', command: 'workbench.action.openSettings', argument: '@ext:punie.punie' },
  ];
  const title = `Punie ${server.version} – ${server.state}`;
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: TEXTS[server.state as 'stopped']?.[1] });
  if (chosen?.command) {
    await vscode.commands.executeCommand(chosen.command, ...(chosen.argument === undefined ? [] : [chosen.argument]));
  }
}

function separator(label: string): vscode.QuickPickItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-.!<>|$]/g, '\\$&');
}
