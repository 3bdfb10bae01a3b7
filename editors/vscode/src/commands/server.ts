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
    if (!isCancelled(error)) {
      say('error', `Punie: ${error instanceof Error ? error.message : String(error)}`, button.logs());
    }
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

function isCancelled(error: unknown): boolean {
  const code = (error as { code?: number }).code;
  return code === -32800 || code === -32802;
}
