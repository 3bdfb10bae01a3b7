// Figures, measured in the real extension host: activation, code actions, fixes, restarts.
import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as v8 from 'node:v8';
import * as vm from 'node:vm';
import * as vscode from 'vscode';
import { api, file, problem, running, show, test, Test, until } from './suite';

const QUICK = vscode.CodeActionKind.QuickFix.value;
const RESTARTS = Number(process.env.PUNIE_RESTARTS ?? 5);

export const figures: Test[] = [
  test('activation', async () => `${(await api()).activationMs.toFixed(0)} ms`),
  test('lightbulb: code actions at the cursor', async () => {
    await running();
    const document = await show('app.py');
    const wrong = await problem(document.uri, 'unresolved-reference');
    const ask = () => vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, wrong.range, QUICK);
    await until(async () => (await ask()).some((one) => one.title.includes('to height')), 'no fix');
    return told(await timed(30, ask));
  }),
  test('from choosing a fix to the changed text', async () => {
    const times: number[] = [];
    for (let count = 0; count < 10; count++) {
      const document = await show('app.py');
      const wrong = await problem(document.uri, 'unresolved-reference');
      const options = (resolve?: number) => vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, wrong.range, QUICK, resolve);
      await until(async () => (await options()).some((one) => one.title.includes('to height')), 'no fix');
      const begun = performance.now();
      const fix = (await options(1)).find((one) => one.title.includes('to height'));
      assert.ok(fix?.edit && (await vscode.workspace.applyEdit(fix.edit)));
      times.push(performance.now() - begun);
      await until(() => !vscode.languages.getDiagnostics(document.uri).length, 'the problem stayed');
    }
    return told(times);
  }),
  test(`${RESTARTS} restarts leave nothing behind`, async () => {
    const { server } = await running();
    const processes = () => children(process.pid).length;
    await vscode.commands.executeCommand('punie.restartServer');
    await show('app.py');
    const [before, memory] = [processes(), await heap()];
    const begun = performance.now();
    for (let count = 0; count < RESTARTS; count++) {
      await vscode.commands.executeCommand('punie.restartServer');
    }
    const each = (performance.now() - begun) / RESTARTS;
    assert.equal(server.state, 'running');
    await problem(file('app.py'), 'unresolved-reference');
    await until(() => processes() <= before, `${processes()} processes, before ${before}`);
    const after = await heap();
    return `${each.toFixed(0)} ms each, processes ${before} → ${processes()}, heap ${memory.toFixed(1)} → ${after.toFixed(1)} MB`;
  }),
];

/** What is in use after a collection, in MB. */
async function heap(): Promise<number> {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  for (let count = 0; count < 3; count++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

async function timed(count: number, run: () => Thenable<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const begun = performance.now();
    await run();
    times.push(performance.now() - begun);
  }
  return times;
}

function told(times: number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!.toFixed(0);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, n=${times.length}`;
}

/** All processes below one. */
function children(parent: number): number[] {
  const direct = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => parentOf(pid) === parent);
  return direct.flatMap((pid) => [pid, ...children(pid)]);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
