// The chat view: passes the server's events to its page, and what the user does there to the server.
import * as vscode from 'vscode';
import { document, place } from '../commands/arguments';
import { execute, query, sayNotRunning } from '../commands/server';
import { Json } from '../settings';
import { ServerController } from '../server/controller';
import { Diffs } from './diffs';
import { page } from './html';
import { AskParams, EventParams, FromPage, ToPage } from './protocol';
import { Answer, Questions } from './questions';
import { Stored, Transcript } from './transcript';

export const VIEW = 'punie.chat';

export class ChatView implements vscode.WebviewViewProvider {
  private view: vscode.WebviewView | undefined;
  private readonly transcript = new Transcript();
  readonly questions: Questions;
  private model = '';

  constructor(
    private readonly folder: vscode.Uri,
    private readonly server: ServerController,
    private readonly diffs: Diffs,
  ) {
    this.questions = new Questions(diffs, () => this.reveal());
    this.questions.onAsked = (question) => this.post({ type: 'question', question });
    this.questions.onAnswered = (id, label) => this.post({ type: 'answered', id, label });
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.folder, 'dist')] };
    view.webview.onDidReceiveMessage((message: FromPage) => void this.receive(message));
    view.onDidDispose(() => (this.view = undefined));
    view.webview.html = page(view.webview, this.folder);
  }

  /** Show the view; the cursor stays where it is. */
  async reveal(): Promise<void> {
    if (this.visible) {
      return;
    }
    if (this.view) {
      this.view.show(true);
      return;
    }
    await vscode.commands.executeCommand(`${VIEW}.focus`);
    if (vscode.window.activeTextEditor) {
      await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    }
  }

  get visible(): boolean {
    return this.view?.visible ?? false;
  }

  /** Whether a document is the answer of a session whose turns are shown here. */
  shows(uri: vscode.Uri): boolean {
    const key = /-([A-Za-z0-9]+)\.md$/.exec(uri.path)?.[1];
    return uri.scheme === 'punie' && key !== undefined && this.visible && this.transcript.current.replaceAll(/[^A-Za-z0-9]/g, '').endsWith(key);
  }

  /** An event of the server. Another session is shown when the one on the screen has nothing to do. */
  take(params: EventParams): void {
    const { turn, begun } = this.transcript.add(params);
    if (params.session !== this.transcript.current && begun && !this.transcript.working) {
      this.transcript.current = params.session;
      this.showAll();
      return;
    }
    if (params.session !== this.transcript.current) {
      return;
    }
    if (begun) {
      this.post({ type: 'turn', turn });
      this.state();
    } else if (params.event.type !== 'turn_started') {
      this.post({ type: 'event', turn: turn.key, event: params.event });
      if (params.event.type === 'done') {
        this.state();
      }
    }
  }

  /** The model that answers, or the server's state, is another. */
  news(model: string): void {
    this.model = model;
    this.state();
  }

  /** The server has ended: what it was doing will not go on. */
  interrupted(): void {
    this.questions.drop();
    if (this.transcript.interrupt().length) {
      this.showAll();
    }
    this.state();
  }

  newSession(): void {
    this.transcript.current = '';
    this.showAll();
    this.post({ type: 'focus' });
  }

  /** Go on with a stored session, and show what was said. */
  async resume(session: string): Promise<void> {
    const argument = { ...document(), session };
    if (!(await execute(this.server, 'punie.sessions', { ...argument, action: 'resume' }))) {
      return;
    }
    const stored = await query<Stored>(this.server, 'punie.sessions', { ...argument, action: 'show' });
    if (stored) {
      this.transcript.restore(stored, String(vscode.workspace.workspaceFolders?.[0]?.uri ?? ''));
      await this.reveal();
      this.showAll();
    }
  }

  /** Answer a question of the server. */
  ask(params: AskParams, token: vscode.CancellationToken): Promise<Answer | null> {
    return this.questions.ask(params, token);
  }

  /** The page's state line: the model, what a prompt takes along, whether something runs. */
  state(): void {
    const context = place() as { uri?: string; position?: { line: number }; range?: { start: { line: number } } };
    const line = context.range?.start.line ?? context.position?.line ?? 0;
    this.post({
      type: 'state',
      state: {
        server: this.server.state,
        model: this.model,
        title: this.transcript.title,
        context: context.uri ? `${vscode.workspace.asRelativePath(vscode.Uri.parse(context.uri))}:${line + 1}` : '',
        working: this.transcript.working,
      },
    });
    if (this.view) {
      this.view.description = this.transcript.title;
    }
  }

  private showAll(): void {
    this.post({ type: 'show', turns: this.transcript.turns, questions: this.questions.of(this.transcript.current) });
    this.state();
  }

  private post(message: ToPage): void {
    void this.view?.webview.postMessage(message);
  }

  private async receive(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.showAll();
      case 'prompt':
        return this.prompt(message.text);
      case 'stop':
        await execute(this.server, 'punie.stop', this.transcript.current ? { session: this.transcript.current } : {});
        return undefined;
      case 'answer':
        return this.questions.answer(message.id, message.choice, message.hunks);
      case 'diff':
        return this.diffs.open(vscode.Uri.parse(message.uri), message.diff);
      case 'edited':
        return this.diffs.open(this.fileOf(message.turn, message.file), message.diff);
      case 'open':
        return this.open(this.fileOf(message.turn, message.file), message.line);
      case 'link':
        if (/^https?:/.test(message.href)) {
          await vscode.env.openExternal(vscode.Uri.parse(message.href));
        }
        return undefined;
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
      case 'command':
        await vscode.commands.executeCommand(message.command);
    }
  }

  private async prompt(text: string): Promise<void> {
    if (!this.server.client) {
      sayNotRunning(this.server);
      return;
    }
    const argument: Json = { ...place(), prompt: text, session: this.transcript.current || 'new' };
    // Its answer is in the events; a refusal is a message.
    await execute(this.server, 'punie.ask', argument);
    this.state();
  }

  private fileOf(key: string, file: string): vscode.Uri {
    const folder = this.transcript.find(key)?.uri;
    return vscode.Uri.joinPath(folder ? vscode.Uri.parse(folder) : vscode.workspace.workspaceFolders![0]!.uri, file);
  }

  private async open(file: vscode.Uri, line: number): Promise<void> {
    const at = new vscode.Range(Math.max(line - 1, 0), 0, Math.max(line - 1, 0), 0);
    await vscode.window.showTextDocument(file, { selection: at, preview: true });
  }
}
