// Other extensions that report what Punie reports too: the user is asked once whether that is switched off here.
import * as vscode from 'vscode';
import { own } from './settings';

/** How another extension's doubled reports are switched off, in this workspace's settings. */
interface Neighbour {
  extension: string;
  /** The extension that has the settings, when it is another one. */
  settingsOf?: string;
  name: string;
  what: string;
  settings: [name: string, value: unknown][];
}

const NEIGHBOURS: Neighbour[] = [
  { extension: 'astral-sh.ty', name: 'ty', what: 'type errors', settings: [['ty.diagnosticMode', 'off'], ['ty.disableLanguageServices', true]] },
  { extension: 'charliermarsh.ruff', name: 'Ruff', what: 'lint problems', settings: [['ruff.enable', false]] },
  { extension: 'ms-python.vscode-pylance', settingsOf: 'ms-python.python', name: 'Pylance', what: 'type errors, hovers and completions', settings: [['python.languageServer', 'None']] },
  { extension: 'detachhead.basedpyright', name: 'basedpyright', what: 'type errors', settings: [['basedpyright.analysis.ignore', ['*']], ['basedpyright.disableLanguageServices', true]] },
  { extension: 'ms-python.mypy-type-checker', name: 'Mypy Type Checker', what: 'type errors', settings: [['mypy-type-checker.ignorePatterns', ['**']]] },
];

const ASKED = 'punie.neighboursAsked';

export function watchNeighbours(context: vscode.ExtensionContext): void {
  const look = () => void offer(context);
  context.subscriptions.push(vscode.extensions.onDidChange(look));
  look();
}

async function offer(context: vscode.ExtensionContext): Promise<void> {
  if (!vscode.workspace.isTrusted || !vscode.workspace.workspaceFolders?.length || !own('offerToSwitchOffOthers', true)) {
    return;
  }
  const asked = new Set(context.workspaceState.get<string[]>(ASKED, []));
  const doubled = NEIGHBOURS.filter((one) => vscode.extensions.getExtension(one.extension) && !asked.has(one.extension) && !isOff(one));
  if (!doubled.length) {
    return;
  }
  await context.workspaceState.update(ASKED, [...asked, ...doubled.map((one) => one.extension)]);
  const names = listed(doubled.map((one) => one.name));
  const what = listed([...new Set(doubled.map((one) => one.what))]);
  const chosen = await vscode.window.showInformationMessage(
    `Punie runs ty and Ruff itself, so ${what} would show twice: the extension${doubled.length > 1 ? 's' : ''} ${names} report${doubled.length > 1 ? '' : 's'} them too.`,
    'Switch Off Here',
    'Keep Both',
    'Show Settings',
  );
  if (chosen === 'Switch Off Here') {
    await switchOff(doubled);
  } else if (chosen === 'Show Settings') {
    await vscode.commands.executeCommand('workbench.action.openSettings', doubled[0]!.settings[0]![0]);
  }
}

function listed(names: string[]): string {
  return new Intl.ListFormat('en').format(names);
}

/** The settings, if this version of the other extension has them and takes these values; else none. */
function offered(one: Neighbour): [string, unknown][] {
  const contributed = vscode.extensions.getExtension(one.settingsOf ?? one.extension)?.packageJSON?.contributes?.configuration ?? [];
  const tables: { properties?: Record<string, { enum?: unknown[] }> }[] = [contributed].flat();
  const takes = ([name, value]: [string, unknown]) =>
    tables.some(({ properties }) => properties?.[name] && (properties[name].enum?.includes(value) ?? true));
  return one.settings.every(takes) ? one.settings : [];
}

function isOff(one: Neighbour): boolean {
  const [name, value] = one.settings[0]!;
  return JSON.stringify(vscode.workspace.getConfiguration().get(name)) === JSON.stringify(value);
}

async function switchOff(neighbours: Neighbour[]): Promise<void> {
  const failed: string[] = [];
  for (const one of neighbours) {
    const settings = offered(one);
    if (!settings.length) {
      failed.push(one.name);
    }
    for (const [name, value] of settings) {
      try {
        await vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Workspace);
      } catch {
        failed.push(one.name);
      }
    }
  }
  if (failed.length) {
    const chosen = await vscode.window.showWarningMessage(
      `${failed.join(', ')} could not be switched off by a setting. Disable the extension for this workspace.`,
      'Show Extensions',
    );
    if (chosen) {
      await vscode.commands.executeCommand('workbench.extensions.search', '@enabled python');
    }
  }
}
