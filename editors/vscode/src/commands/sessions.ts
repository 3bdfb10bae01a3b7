// Past conversations as a quick pick: go on with one, look at it, export it, delete it.
import * as vscode from 'vscode';
import { ServerController } from '../server/controller';
import { document } from './arguments';
import { execute, query, sayNotRunning } from './server';

/** One row of `punie.sessions` as JSON. Times are seconds since 1970. */
export interface Session {
  id: string;
  title: string;
  model: string;
  updated: number;
  turns: number;
  state: string;
  current: boolean;
}

const ACTIONS: { label: string; action: string }[] = [
  { label: 'Go On', action: 'resume' },
  { label: 'Show', action: 'show' },
  { label: 'Export', action: 'export' },
  { label: 'Delete…', action: 'delete' },
];

export async function showSessions(server: ServerController): Promise<void> {
  if (!server.client) {
    sayNotRunning(server);
    return;
  }
  const sessions = await query<Session[]>(server, 'punie.sessions', { ...document(), action: 'list' });
  if (!sessions?.length) {
    void vscode.window.showInformationMessage('There are no sessions yet. A question in the chat begins one.');
    return;
  }
  const items = sessions.map((session) => ({
    label: session.title || session.id,
    description: `${session.current ? 'goes on · ' : ''}${session.turns} turn${session.turns === 1 ? '' : 's'}`,
    detail: `${new Date(session.updated * 1000).toLocaleString()} · ${session.model}`,
    session,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: 'Sessions', matchOnDetail: true });
  const action = chosen && (await vscode.window.showQuickPick(ACTIONS, { title: chosen.label }));
  if (!action) {
    return;
  }
  if (action.action === 'delete' && !(await confirmed(chosen.label))) {
    return;
  }
  if (action.action === 'resume') {
    await vscode.commands.executeCommand('punie.resumeSession', chosen.session.id);
    return;
  }
  await execute(server, 'punie.sessions', { ...document(), action: action.action, session: chosen.session.id });
}

async function confirmed(title: string): Promise<boolean> {
  const answer = await vscode.window.showWarningMessage(`Delete “${title}” for good?`, { modal: true }, 'Delete');
  return answer === 'Delete';
}
