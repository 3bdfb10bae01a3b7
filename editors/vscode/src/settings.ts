// What the user said of Punie, ty and Ruff, as the server takes it. Only what was really said: a default that is sent
// along would win over the project's pyproject.toml.
import * as vscode from 'vscode';

export type Json = Record<string, unknown>;

/** Settings of the extension itself; the server does not know them. */
const OWN = ['serverPath', 'serverArguments', 'showAnswers', 'offerToSwitchOffOthers', 'trace.server'];
/** What the ty and Ruff extensions keep in these sections for themselves. */
const NOT_THE_SERVERS = new Set(['path', 'importStrategy', 'interpreter', 'trace', 'nativeServer', 'enable', 'disableLanguageServices']);

let known: string[] = [];

/** Read which settings there are from the extension's own package.json. */
export function learnSettings(extension: vscode.Extension<unknown>): void {
  const properties: Json = extension.packageJSON.contributes.configuration.properties;
  known = Object.keys(properties)
    .map((name) => name.slice('punie.'.length))
    .filter((name) => !OWN.includes(name));
}

/** The sections `punie`, `ty` and `ruff`, for a folder or for the whole window. */
export function sections(scope?: vscode.ConfigurationScope): { punie: Json; ty: Json; ruff: Json } {
  return { punie: section('punie', scope), ty: section('ty', scope), ruff: section('ruff', scope) };
}

/** One section as an object; nothing is in it that nobody wrote down. */
export function section(name: string, scope?: vscode.ConfigurationScope): Json {
  const configuration = vscode.workspace.getConfiguration(name, scope ?? null);
  const names =
    name === 'punie' ? known : Object.keys(configuration).filter((key) => configuration.inspect(key) && !NOT_THE_SERVERS.has(key));
  const found: Json = {};
  for (const key of names) {
    const value = said(configuration, key);
    if (value !== undefined && value !== null && !isForTheOther(name, key, value)) {
      put(found, key.split('.'), value);
    }
  }
  return found;
}

/** A setting of the extension itself. A value of another type counts as `fallback`, and is reported once. */
export function own<T extends string | boolean | string[]>(name: string, fallback: T, scope?: vscode.ConfigurationScope): T {
  const value = vscode.workspace.getConfiguration('punie', scope ?? null).get<unknown>(name);
  if (value === undefined || value === null) {
    return fallback;
  }
  const fits = Array.isArray(fallback)
    ? Array.isArray(value) && value.every((item) => typeof item === 'string')
    : typeof value === typeof fallback;
  if (!fits) {
    report(name, value, Array.isArray(fallback) ? 'a list of texts' : typeof fallback === 'string' ? 'a text' : 'true or false');
    return fallback;
  }
  return value as T;
}

const reported = new Set<string>();

function report(name: string, value: unknown, wanted: string): void {
  const message = `The setting punie.${name} must be ${wanted}, not ${JSON.stringify(value)}. It is not used.`;
  if (reported.has(message)) {
    return;
  }
  reported.add(message);
  void vscode.window.showErrorMessage(message, 'Open Settings').then((chosen) => {
    if (chosen) {
      void vscode.commands.executeCommand('workbench.action.openSettings', `punie.${name}`);
    }
  });
}

/** `ty.diagnosticMode: off` is how the ty extension is kept quiet beside Punie; it does not mean Punie's ty. */
function isForTheOther(name: string, key: string, value: unknown): boolean {
  return name === 'ty' && key === 'diagnosticMode' && value === 'off' && vscode.extensions.getExtension('astral-sh.ty') !== undefined;
}

function said(configuration: vscode.WorkspaceConfiguration, key: string): unknown {
  const found = configuration.inspect<unknown>(key);
  if (!found) {
    return undefined;
  }
  const layers = [found.globalValue, found.workspaceValue, found.workspaceFolderValue, found.workspaceFolderLanguageValue];
  const values = layers.filter((value) => value !== undefined && value !== null);
  return values.every(isTable) ? (values.length ? Object.assign({}, ...values) : undefined) : values.at(-1);
}

function isTable(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function put(table: Json, path: string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) {
    return;
  }
  if (!rest.length) {
    table[name] = value;
    return;
  }
  const inner = isTable(table[name]) ? (table[name] as Json) : (table[name] = {});
  put(inner as Json, rest, value);
}
