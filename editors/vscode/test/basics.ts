// What ty, Ruff and Punie answer reaches VS Code's own features; and the server's life.
import * as assert from 'node:assert';
import * as vscode from 'vscode';
import { execute } from '../src/commands/server';
import { section } from '../src/settings';
import { api, codeOf, file, problem, running, show, test, Test, until } from './suite';

const QUICK = vscode.CodeActionKind.QuickFix.value;

export const basics: Test[] = [
  test('the server runs', async () => {
    const { server } = await running();
    assert.match(server.version, /^\d+\.\d+/);
    assert.equal(server.program?.source, 'setting');
  }),
  test('all of Punie’s commands are in the palette', async () => {
    const { server } = await api();
    const offered = server.client!.initializeResult!.capabilities.executeCommandProvider!.commands!;
    const known = await vscode.commands.getCommands(true);
    const contributed = new Set(
      vscode.extensions.getExtension('punie.punie')!.packageJSON.contributes.commands.map((one: { command: string }) => one.command),
    );
    for (const command of offered.filter((name: string) => name.startsWith('punie.'))) {
      assert.ok(known.includes(command), `${command} is not registered`);
      assert.ok(contributed.has(command), `${command} is not in the palette`);
    }
    for (const command of contributed) {
      assert.ok(known.includes(command as string), `${command} is in the palette, but does nothing`);
    }
  }),
  test('commands of ty and Ruff are left to their extensions', async () => {
    const known = await vscode.commands.getCommands(true);
    assert.deepEqual(known.filter((name) => name.startsWith('ruff.') || name.startsWith('ty.')), []);
  }),
  test('problems of ty and Ruff, each once', async () => {
    const document = await show('app.py');
    await problem(document.uri, 'unresolved-reference');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), 'import os\n');
    await vscode.workspace.applyEdit(edit);
    await problem(document.uri, 'F401');
    const codes = vscode.languages.getDiagnostics(document.uri).map(codeOf);
    for (const code of ['F401', 'unresolved-reference']) {
      assert.equal(codes.filter((one) => one === code).length, 1, `${code} in ${codes}`);
    }
  }),
  test('hover, definition, references', async () => {
    const { uri } = await show('app.py');
    const at = new vscode.Position(8, 15);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, at);
    assert.match((hovers[0]!.contents[0] as vscode.MarkdownString).value, /def price\(name: str\) -> int/);
    const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>('vscode.executeDefinitionProvider', uri, at);
    const first = found[0]!;
    assert.match(String('targetUri' in first ? first.targetUri : first.uri), /shop\.py$/);
    const references = await vscode.commands.executeCommand<vscode.Location[]>('vscode.executeReferenceProvider', uri, at);
    assert.ok(references.length >= 4, `only ${references.length} references`);
  }),
  test('rename in two files', async () => {
    await show('app.py');
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', file('app.py'), new vscode.Position(8, 15), 'cost');
    assert.deepEqual(edit.entries().map(([uri]) => uri.path.split('/').at(-1)).sort(), ['app.py', 'shop.py']);
  }),
  test('a fix is resolved and applied after an emoji', async () => {
    const document = await show('app.py');
    const wrong = await problem(document.uri, 'unresolved-reference');
    let fix: vscode.CodeAction | undefined;
    await until(async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, wrong.range, QUICK, 10);
      return (fix = actions.find((action) => action.title === 'Fix with Punie: Change heigt to height'));
    }, 'the fix was never offered');
    assert.ok(fix!.edit, 'it has no edit');
    assert.ok(await vscode.workspace.applyEdit(fix!.edit));
    assert.equal(document.lineAt(4).text, '    print("🚀 done", height)');
    await until(() => !vscode.languages.getDiagnostics(document.uri).length, 'the problem stayed');
  }),
  test('formatting', async () => {
    const document = await show('messy.py');
    const edits = await vscode.commands.executeCommand<vscode.TextEdit[]>('vscode.executeFormatDocumentProvider', document.uri, { tabSize: 4, insertSpaces: true });
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, edits);
    await vscode.workspace.applyEdit(edit);
    assert.equal(document.getText(), 'x = {"a": 1}\n');
  }),
  test('a setting that nobody wrote is not sent', async () => {
    assert.deepEqual(section('punie', file('app.py')), {});
    const configuration = vscode.workspace.getConfiguration('punie', file('app.py'));
    await configuration.update('policy.deny', ['network'], vscode.ConfigurationTarget.Workspace);
    await configuration.update('policy.mode', 'read-only', vscode.ConfigurationTarget.Workspace);
    assert.deepEqual(section('punie', file('app.py')), { policy: { mode: 'read-only', deny: ['network'] } });
    await configuration.update('policy.deny', undefined, vscode.ConfigurationTarget.Workspace);
    await configuration.update('policy.mode', undefined, vscode.ConfigurationTarget.Workspace);
  }),
  test('a changed setting of ty takes effect', async () => {
    await show('app.py');
    await problem(file('app.py'), 'unresolved-reference');
    const configuration = vscode.workspace.getConfiguration('punie', file('app.py'));
    await configuration.update('ty', { diagnosticMode: 'off' }, vscode.ConfigurationTarget.Workspace);
    try {
      const codes = () => vscode.languages.getDiagnostics(file('app.py')).map(codeOf);
      await until(() => codes().includes('F821') && !codes().includes('unresolved-reference'), 'ty was not switched off');
    } finally {
      await configuration.update('ty', undefined, vscode.ConfigurationTarget.Workspace);
    }
    await problem(file('app.py'), 'unresolved-reference');
  }),
  test('answers are documents of the scheme punie:', async () => {
    const { server } = await running();
    const result = (await execute(server, 'punie.status', { uri: String(file('app.py')) }))!;
    assert.match(result.document!, /^punie:/);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(result.document!));
    assert.match(document.getText(), /^# Punie \d/);
  }),
  test('wrong arguments are refused with a sentence', async () => {
    const { server } = await running();
    const sent = server.client!.sendRequest('workspace/executeCommand', { command: 'punie.fixFile', arguments: [{ nonsense: 1 }] });
    await assert.rejects(sent, /punie\.fixFile takes one object: \{select\?, unsafe\?, apply\?, uri\?\}/);
    assert.equal(await execute(server, 'punie.fixFile', { nonsense: 1 }), undefined);
  }),
  test('stop, start, restart', async () => {
    const { server } = await running();
    await show('app.py');
    await vscode.commands.executeCommand('punie.stopServer');
    assert.equal(server.state, 'stopped');
    assert.equal(vscode.languages.getDiagnostics(file('app.py')).length, 0);
    await vscode.commands.executeCommand('punie.startServer');
    assert.equal(server.state, 'running');
    const before = server.client!.processId;
    await Promise.all([vscode.commands.executeCommand('punie.restartServer'), vscode.commands.executeCommand('punie.restartServer')]);
    assert.equal(server.state, 'running');
    assert.notEqual(server.client!.processId, before);
    await problem(file('app.py'), 'unresolved-reference');
  }),
  test('killed, it comes back by itself', async () => {
    const { server } = await running();
    const before = server.client!.processId!;
    process.kill(before, 'SIGKILL');
    await until(() => server.client && server.client.processId !== before, 'it was not started again');
    await problem(file('app.py'), 'unresolved-reference');
  }),
];
