// One run of the server: vscode-languageclient, with the few things in which Punie departs from its ways. It is loaded
// when the first run begins: activation does not wait for it.
import { ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import {
  CloseAction,
  CloseHandlerResult,
  ConfigurationParams,
  DidChangeConfigurationNotification,
  DynamicFeature,
  ErrorAction,
  ExecuteCommandRequest,
  InitializeParams,
  LanguageClient,
  LanguageClientOptions,
  ServerOptions,
  ShowDocumentParams,
  StaticFeature,
} from 'vscode-languageclient/node';
import { Json, section, sections } from '../settings';
import { Channels, Hooks, SERVER_COMMAND } from './hooks';

const SECTIONS = ['punie', 'ty', 'ruff'];

interface Run {
  process?: ChildProcess;
}

export class PunieClient extends LanguageClient {
  private readonly hooks: Hooks;
  private readonly run: Run;

  constructor(program: string, args: string[], channels: Channels, hooks: Hooks, environment: string | undefined) {
    const run: Run = {};
    const server: ServerOptions = async () => (run.process = await launched(program, args));
    super('punie', 'Punie', server, options(channels, hooks, environment));
    this.hooks = hooks;
    this.run = run;
  }

  /** The server's process id, while it runs. */
  get processId(): number | undefined {
    return this.run.process?.pid;
  }

  /** End a run that has not begun yet: it cannot be asked to stop. */
  abandon(): void {
    this.run.process?.kill();
  }

  /** The server's settings have changed, or the chosen environment has. */
  async tellSettings(): Promise<void> {
    await this.sendNotification(DidChangeConfigurationNotification.type, { settings: await this.settings() });
  }

  /** The settings of the window, with the environment that was chosen in the Python extension. */
  private async settings(): Promise<Json> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const all = sections(folder);
    return { ...all, punie: withEnvironment(all.punie, await this.hooks.environment(folder)) };
  }

  /** Every message about a failed start is the controller's: one for each trouble, with a button that helps. */
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  // The commands in the palette are the extension's own and there without a server. Those of ty and Ruff must not be
  // registered at all: their own extensions would fail on the taken name.
  override registerFeature(feature: StaticFeature | DynamicFeature<any>): void { // any: as the base class has it
    if ('registrationType' in feature && feature.registrationType.method === ExecuteCommandRequest.method) {
      feature.register = () => undefined;
    }
    super.registerFeature(feature);
  }

  protected override fillInitializeParams(params: InitializeParams): void {
    super.fillInitializeParams(params);
    params.capabilities.experimental = { ...params.capabilities.experimental, punie: { events: true, permissions: true } };
  }
}

/** Start the program in the first folder. Rejects with the system's error when it cannot be started. */
async function launched(program: string, args: string[]): Promise<ChildProcess> {
  const folder = vscode.workspace.workspaceFolders?.find((one) => one.uri.scheme === 'file')?.uri.fsPath;
  const child = spawn(program, args, folder && existsSync(folder) ? { cwd: folder } : {});
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  child.stdin.on('error', () => undefined); // the end of the process is what counts
  return child;
}

function options(channels: Channels, hooks: Hooks, environment: string | undefined): LanguageClientOptions {
  const first = vscode.workspace.workspaceFolders?.[0]?.uri;
  const all = sections(first);
  return {
    documentSelector: [
      { scheme: 'file', language: 'python' },
      { scheme: 'untitled', language: 'python' },
      { notebook: '*', language: 'python' },
    ],
    initializationOptions: { ...all, punie: withEnvironment(all.punie, environment) },
    outputChannel: channels.output,
    traceOutputChannel: channels.trace,
    diagnosticPullOptions: { onChange: true, onSave: true },
    initializationFailedHandler: () => false,
    errorHandler: {
      error: (_error, _message, count) => ({ action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown, handled: true }),
      closed: (): CloseHandlerResult => {
        hooks.onClosed();
        return { action: CloseAction.DoNotRestart, handled: true, message: 'The server ended.' };
      },
    },
    middleware: {
      workspace: {
        configuration: async (params: ConfigurationParams) =>
          Promise.all(params.items.map((item) => configurationItem(item, hooks))),
        didChangeConfiguration: async () => undefined,
      },
      window: {
        showDocument: async (params: ShowDocumentParams, _token, next) => {
          const uri = vscode.Uri.parse(params.uri, true);
          const shown = params.external ? undefined : await hooks.showDocument(uri);
          return shown === undefined ? (next as (params: ShowDocumentParams) => Promise<{ success: boolean }>)(params) : { success: shown };
        },
      },
      provideCodeActions: async (document, range, context, token, next) =>
        (await next(document, range, context, token))?.map(runnable),
      provideCodeLenses: async (document, token, next) => (await next(document, token))?.map(runnable),
      resolveCodeLens: async (lens, token, next) => {
        const resolved = await next(lens, token);
        return resolved && runnable(resolved);
      },
    },
  };
}

async function configurationItem(item: { section?: string; scopeUri?: string }, hooks: Hooks): Promise<unknown> {
  if (!item.section || !SECTIONS.includes(item.section)) {
    return null;
  }
  const scope = item.scopeUri ? vscode.Uri.parse(item.scopeUri) : vscode.workspace.workspaceFolders?.[0]?.uri;
  const found = section(item.section, scope);
  return item.section === 'punie' ? withEnvironment(found, await hooks.environment(scope)) : found;
}

/** What the user wrote wins over what was chosen in the Python extension. */
function withEnvironment(punie: Json, environment: string | undefined): Json {
  return environment && punie.interpreter === undefined ? { ...punie, interpreter: environment } : punie;
}

/** Give an item's command a name that VS Code knows. */
function runnable<T extends { command?: unknown }>(item: T): T {
  const command = (isCommand(item) ? item : item.command) as vscode.Command | undefined;
  if (isCommand(command) && !command.command.startsWith('punie.')) {
    command.arguments = [command.command, ...(command.arguments ?? [])];
    command.command = SERVER_COMMAND;
  }
  return item;
}

function isCommand(item: unknown): item is vscode.Command {
  return typeof item === 'object' && item !== null && typeof (item as vscode.Command).command === 'string';
}
