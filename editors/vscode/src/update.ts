// Says when another version of this extension was installed while the window is open: the window works with the old one
// until it is loaded again.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { button, say } from './server/messages';

/** Which extensions are installed; VS Code keeps it beside their folders. */
const LIST = 'extensions.json';
const SETTLED_MS = 500;

interface Installed {
  identifier?: { id?: string };
  version?: string;
}

export function watchUpdates(context: vscode.ExtensionContext): void {
  const { id, packageJSON } = context.extension;
  const folder = path.dirname(context.extensionPath);
  let told: string = packageJSON.version;
  let later: NodeJS.Timeout | undefined;
  const look = async () => {
    const version = await installed(path.join(folder, LIST), id);
    if (version && version !== told) {
      told = version;
      say(
        'info',
        `Punie ${version} is installed. This window works with ${packageJSON.version} until it is loaded again.`,
        button.command('Reload Window', 'workbench.action.reloadWindow'),
      );
    }
  };
  try {
    const watcher = fs.watch(folder, (_event, name) => {
      if (name === LIST) {
        clearTimeout(later);
        later = setTimeout(() => void look(), SETTLED_MS);
      }
    });
    watcher.on('error', () => watcher.close());
    context.subscriptions.push({ dispose: () => (clearTimeout(later), watcher.close()) });
  } catch {
    // A system that watches no folders: the extensions view says the same.
  }
}

/** The version that is installed; undefined while the list is written, or where there is none. */
async function installed(list: string, id: string): Promise<string | undefined> {
  try {
    const all = JSON.parse(await fs.promises.readFile(list, 'utf8')) as Installed[];
    return all.find((one) => one.identifier?.id?.toLowerCase() === id.toLowerCase())?.version;
  } catch {
    return undefined;
  }
}
