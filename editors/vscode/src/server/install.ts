// Installs or updates punie-ls from Punie's source code with uv or pipx, after the user has seen the command and said yes.
import * as childProcess from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

interface Way extends vscode.QuickPickItem {
  program: string;
  args: string[];
}

const WAYS: [label: string, program: string, args: string[]][] = [
  ['With uv', 'uv', ['tool', 'install', '--reinstall']],
  ['With pipx', 'pipx', ['install', '--force']],
];

/** Let the user choose, run it as a task, and call `done` when it succeeded. */
export async function installServer(done: () => Thenable<unknown>): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage('Trust this folder first; then the server can be installed.');
    return;
  }
  const source = await sources();
  if (!source) {
    return;
  }
  const ways = WAYS.flatMap(([label, name, options]): Way[] => {
    const program = onPath(name);
    const args = [...options, source];
    return program ? [{ label, detail: [name, ...args].join(' '), program, args }] : [];
  });
  if (!ways.length) {
    const chosen = await vscode.window.showErrorMessage(
      'Neither uv nor pipx was found. Install one of them, or install punie-ls yourself and name it in punie.serverPath.',
      'Open Settings',
      'Copy pip Command',
    );
    if (chosen === 'Open Settings') {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'punie.serverPath');
    } else if (chosen) {
      await vscode.env.clipboard.writeText(`python3 -m pip install '${source}'`);
    }
    return;
  }
  const way = await vscode.window.showQuickPick(ways, { title: 'Install punie-ls', placeHolder: 'This command is run on this machine' });
  if (way && (await run(way))) {
    await done();
  }
}

/** The folder of Punie's source code: one of this window, else one that the user chooses; undefined when they do not. */
async function sources(): Promise<string | undefined> {
  const here = vscode.workspace.workspaceFolders?.find((folder) => holdsPunie(folder.uri.fsPath));
  if (here) {
    return here.uri.fsPath;
  }
  for (;;) {
    const [chosen] = (await vscode.window.showOpenDialog({
      title: 'Install punie-ls: choose the folder of Punie’s source code',
      openLabel: 'Install from This Folder',
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
    if (!chosen || holdsPunie(chosen.fsPath)) {
      return chosen?.fsPath;
    }
    const message = `${chosen.fsPath} is not Punie’s source code: there is no pyproject.toml of punie-ls in it.`;
    if (!(await vscode.window.showWarningMessage(message, 'Choose Another'))) {
      return undefined;
    }
  }
}

function holdsPunie(folder: string): boolean {
  try {
    return /^name\s*=\s*"punie-ls"/m.test(fs.readFileSync(path.join(folder, 'pyproject.toml'), 'utf8'));
  } catch {
    return false;
  }
}

async function run(way: Way): Promise<boolean> {
  const shown = [path.basename(way.program), ...way.args].join(' ');
  const execution = new vscode.CustomExecution(async () => new Output(way.program, way.args, shown));
  const task = new vscode.Task({ type: 'punie' }, vscode.TaskScope.Workspace, 'Install punie-ls', 'Punie', execution);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, clear: true };
  const ended = new Promise<number | undefined>((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution.task.name === task.name && event.execution.task.source === task.source) {
        listener.dispose();
        resolve(event.exitCode);
      }
    });
  });
  await vscode.tasks.executeTask(task);
  const code = await ended;
  if (code !== 0) {
    void vscode.window.showErrorMessage(`“${shown}” failed (exit code ${code ?? 'unknown'}). Its output is in the terminal.`);
  }
  return code === 0;
}

/** A terminal that shows a process; it needs no shell and quotes nothing. */
class Output implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly ended = new vscode.EventEmitter<number>();
  private child: childProcess.ChildProcess | undefined;
  readonly onDidWrite = this.written.event;
  readonly onDidClose = this.ended.event;

  constructor(
    private readonly program: string,
    private readonly args: string[],
    private readonly shown: string,
  ) {}

  open(): void {
    this.write(`> ${this.shown}\n`);
    this.child = childProcess.spawn(this.program, this.args, { cwd: os.homedir(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (data) => this.write(String(data)));
    this.child.stderr?.on('data', (data) => this.write(String(data)));
    this.child.on('error', (error) => this.close(127, error.message));
    this.child.on('close', (code) => this.close(code ?? 1));
  }

  close(code?: number, message?: string): void {
    if (code === undefined) {
      this.child?.kill();
      return;
    }
    this.write(message ? `${message}\n` : '');
    this.ended.fire(code);
  }

  private write(text: string): void {
    this.written.fire(text.replaceAll(/\r?\n/g, '\r\n'));
  }
}

function onPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), path.join(os.homedir(), '.local', 'bin')];
  return folders
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, process.platform === 'win32' ? `${name}.exe` : name))
    .find((file) => fs.existsSync(file));
}
