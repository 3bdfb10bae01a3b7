// Sends an LSP command to the server, and says what is wrong when there is none or it refuses.
import { Json } from '../settings';
import { ServerController } from '../server/controller';
import { button, say } from '../server/messages';

const EXECUTE = 'workspace/executeCommand';

/** What every command of Punie's answers. */
export interface Result {
  applied: boolean;
  message: string;
  answer?: string;
  document?: string;
  data?: unknown;
}

/** Run a command of the server; undefined when it could not be run, and then the user knows why. */
export async function execute(server: ServerController, command: string, ...args: unknown[]): Promise<Result | undefined> {
  const client = server.client;
  if (!client) {
    sayNotRunning(server);
    return undefined;
  }
  try {
    return (await client.sendRequest(EXECUTE, { command, arguments: args })) as Result;
  } catch (error) {
    sayFailed(error);
    return undefined;
  }
}

/** A command's `data`, for lists and the status; it says nothing when there is no server. */
export async function query<T>(server: ServerController, command: string, argument: Json): Promise<T | undefined> {
  try {
    const sent = server.client?.sendRequest(EXECUTE, { command, arguments: [{ ...argument, format: 'json' }] });
    return ((await sent) as Result | undefined)?.data as T | undefined;
  } catch {
    return undefined; // an older server
  }
}

/** Say what went wrong with a request; whoever cancelled it knows. */
export function sayFailed(error: unknown): void {
  if (isGone(error)) {
    say('warning', 'Punie: The server ended before it answered. Ask again.', button.logs());
  } else if (!isCancelled(error)) {
    say('error', `Punie: ${error instanceof Error ? error.message : String(error)}`, button.logs());
  }
}

export function sayNotRunning(server: ServerController): void {
  switch (server.state) {
    case 'restricted':
      return say('warning', 'Punie is off in Restricted Mode.', button.command('Manage Trust', 'workbench.trust.manage'));
    case 'starting':
      return say('info', 'Punie is still starting; try again in a moment.', button.logs());
    case 'missing':
      return say('error', 'Punie’s server is not installed.', button.install(), button.setting('punie.serverPath'));
    default:
      return say('warning', 'Punie’s server is not running.', button.command('Start', 'punie.startServer'), button.logs());
  }
}

/** Whether the connection ended: the codes of vscode-jsonrpc for what can no longer be read, written or answered. */
function isGone(error: unknown): boolean {
  const code = (error as { code?: number }).code ?? 0;
  return code >= -32099 && code <= -32096;
}

function isCancelled(error: unknown): boolean {
  const code = (error as { code?: number }).code;
  return code === -32800 || code === -32802;
}
