// Starts, stops and restarts the server, one wish after the other, and says what is wrong when it does not run.
import * as vscode from 'vscode';
import { own } from '../settings';
import type { PunieClient } from './client';
import { Crashes } from './crashes';
import { findServer, Found } from './discovery';
import { Channels, Hooks } from './hooks';
import { button, say } from './messages';
import { chosenEnvironment } from './python';
import { complaint } from './version';

/** The params of `punie/status`, as far as they are shown. */
export interface Status {
  state: 'starting' | 'idle' | 'working';
  model: string;
  models: string[];
  running: { session: string; title: string; doing: string; seconds: number }[];
  problems: string[];
  version: string;
}

export type State = 'stopped' | 'starting' | 'running' | 'missing' | 'restricted' | 'failed';

// A cold start on a busy machine takes seconds.
const START_MS = 90_000;

type Show = Hooks['showDocument'];

const STATE_KEY = 'punie.serverState';
// VS Code counts a context towards a walkthrough only if it turns true after the walkthrough was registered, and once.
// This one does so by itself: it is set while an opened walkthrough and a running server are there.
const SEEN_KEY = 'punie.serverSeen';

export class ServerController implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<State>();
  private readonly started = new vscode.EventEmitter<PunieClient>();
  private readonly heard = new vscode.EventEmitter<Status>();
  private readonly crashes = new Crashes();
  private queue: Promise<void> = Promise.resolve();
  private running: PunieClient | undefined;
  private now: State = 'stopped';
  private retry: NodeJS.Timeout | undefined;
  private disposed = false;
  private walkthrough = false;
  /** The run that was ended by the user while it started. */
  private unwanted: PunieClient | undefined;
  /** Which program runs, or ran last. */
  program: Found | undefined;
  /** The server's own version, while it runs. */
  version = '';
  /** Decides where documents are shown that the server wants to be seen. */
  showDocument: Show = async () => undefined;

  readonly onDidChangeState = this.changed.event;
  /** What the server tells of its state. */
  readonly onDidHearStatus = this.heard.event;
  /** A run has begun and answers. */
  readonly onDidStart = this.started.event;

  constructor(private readonly channels: Channels) {}

  get state(): State {
    return this.now;
  }

  /** The run that answers now; undefined when none does. */
  get client(): PunieClient | undefined {
    return this.now === 'running' ? this.running : undefined;
  }

  start(): Promise<void> {
    return this.next(() => this.begin());
  }

  stop(): Promise<void> {
    this.abandon();
    return this.next(() => this.end());
  }

  /** A restart that the user asked for: earlier crashes are forgotten. */
  restart(): Promise<void> {
    this.crashes.forget();
    this.abandon();
    return this.next(async () => {
      await this.end();
      await this.begin();
    });
  }

  dispose(): Promise<void> {
    this.disposed = true;
    return this.stop();
  }

  /** What is still starting is not waited for. */
  private abandon(): void {
    if (this.now === 'starting' && this.running) {
      this.unwanted = this.running;
      this.running.abandon();
    }
  }

  private next(step: () => Promise<void>): Promise<void> {
    clearTimeout(this.retry);
    this.queue = this.queue.then(step).catch((error) => this.channels.output.error(String(error)));
    return this.queue;
  }

  private async begin(): Promise<void> {
    if (this.disposed || this.running) {
      return;
    }
    if (!vscode.workspace.isTrusted) {
      this.set('restricted');
      return;
    }
    this.set('starting');
    const found = await findServer();
    if ('message' in found) {
      this.set('missing');
      say('error', found.message, found.setting ? button.setting('punie.serverPath') : button.install(), button.logs());
      return;
    }
    this.program = found;
    const args = own<string[]>('serverArguments', [], vscode.workspace.workspaceFolders?.[0]?.uri);
    this.channels.output.info(`Starting ${[found.path, ...args].join(' ')} (${found.source})`);
    await this.run(found, args);
  }

  private async run(found: Found, args: string[]): Promise<void> {
    const environment = await chosenEnvironment(vscode.workspace.workspaceFolders?.[0]?.uri);
    const { PunieClient } = await import('./client');
    const client: PunieClient = new PunieClient(found.path, args, this.channels, this.hooks(() => client), environment);
    this.running = client;
    const late = setTimeout(() => client.abandon(), START_MS);
    try {
      await client.start();
    } catch (error) {
      this.channels.output.error(`The server did not start: ${error instanceof Error ? error.message : String(error)}`);
      await this.drop(client);
      if (this.unwanted !== client) {
        this.crashed(error);
      }
      return;
    } finally {
      clearTimeout(late);
    }
    const wrong = complaint(client.initializeResult?.serverInfo, found.path);
    if (wrong) {
      await this.drop(client);
      this.set('failed');
      say('error', wrong, button.command('Update…', 'punie.installServer'), button.setting('punie.serverPath'));
      return;
    }
    this.version = client.initializeResult?.serverInfo?.version ?? '';
    client.onNotification('punie/status', (status: Status) => this.heard.fire(status));
    this.set('running');
    this.started.fire(client);
  }

  private hooks(own: () => PunieClient): Hooks {
    return {
      onClosed: () => {
        if (this.running === own() && this.now === 'running') {
          this.running = undefined;
          void own().dispose().catch(() => undefined);
          this.crashed(undefined);
        }
      },
      showDocument: (uri) => this.showDocument(uri),
      environment: chosenEnvironment,
    };
  }

  /** Start again after a while, or give up and say so. */
  private crashed(error: unknown): void {
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOEXEC') {
      this.set('failed');
      say('error', `${this.program?.path} cannot be started (${code}).`, button.setting('punie.serverPath'), button.install());
      return;
    }
    const wait = this.crashes.count();
    if (wait === undefined) {
      this.set('failed');
      say('error', 'The Punie server ended five times in a row. It stays off until you restart it.', button.restart(), button.logs());
      return;
    }
    this.set('starting');
    this.retry = setTimeout(() => void this.start(), wait);
  }

  private async end(): Promise<void> {
    if (this.running) {
      const client = this.running;
      this.running = undefined;
      await this.drop(client);
    }
    if (this.now !== 'restricted') {
      this.set('stopped');
    }
  }

  private async drop(client: PunieClient): Promise<void> {
    if (this.running === client) {
      this.running = undefined;
    }
    try {
      if (client.isRunning()) {
        await client.dispose(5000);
      }
    } catch (error) {
      this.channels.output.warn(`The server did not stop in time: ${String(error)}`);
    }
  }

  /** From now on a walkthrough is open: it hears that the server runs. */
  showToWalkthrough(): void {
    this.walkthrough = true;
    this.tellWalkthrough();
  }

  private tellWalkthrough(): void {
    if (this.walkthrough && this.now === 'running') {
      void vscode.commands.executeCommand('setContext', SEEN_KEY, true);
    }
  }

  private set(state: State): void {
    if (state === this.now) {
      return;
    }
    this.now = state;
    void vscode.commands.executeCommand('setContext', STATE_KEY, state);
    this.tellWalkthrough();
    this.changed.fire(state);
  }
}
