// Servers that cannot be started, end at once, are another program or too old; settings of the wrong type.
import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import { own } from '../src/settings';
import { older } from '../src/server/version';
import { api, file, test, Test, until } from './suite';

/** Use another program as the server, and wait for a state. */
async function serverIs(program: unknown, state: string): Promise<void> {
  const { server } = await api();
  let seen = false;
  const listener = server.onDidChangeState((now) => (seen ||= now === state));
  await vscode.workspace.getConfiguration('punie', file('app.py')).update('serverPath', program, vscode.ConfigurationTarget.Workspace);
  await until(() => seen && server.state === state, `the state was ${server.state}, never ${state}`);
  listener.dispose();
}

function script(name: string, text: string, mode = 0o755): string {
  const path = file(name).fsPath;
  fs.writeFileSync(path, text);
  fs.chmodSync(path, mode);
  return path;
}

const talks = (info: object) => `#!/usr/bin/env python3
import json, sys
def read():
    size = 0
    while (line := sys.stdin.buffer.readline().strip()):
        if line.lower().startswith(b"content-length"):
            size = int(line.split(b":")[1])
    return json.loads(sys.stdin.buffer.read(size)) if size else None
while (message := read()):
    if message.get("method") == "exit":
        break
    if "id" in message:
        result = {"capabilities": {}, "serverInfo": json.loads('${JSON.stringify(info)}')} if message["method"] == "initialize" else None
        data = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(data) + data)
        sys.stdout.buffer.flush()
`;

export const bad: Test[] = [
  test('a path that does not exist', () => serverIs('/nowhere/punie-ls', 'missing')),
  test('a folder', () => serverIs('${workspaceFolder}', 'missing')),
  test('a file that may not be executed is told by the system', async () => {
    await serverIs(script('not-a-program', 'no program at all', 0o755), 'failed');
  }),
  test('it ends at once, five times', async () => {
    const counter = file('starts').fsPath;
    await serverIs(script('crashing', `#!/bin/sh\necho x >> '${counter}'\nexit 3\n`), 'failed');
    assert.equal(fs.readFileSync(counter, 'utf8').trim().split('\n').length, 5);
  }),
  test('another language server', () => serverIs(script('other', talks({ name: 'other-ls', version: '9.0' })), 'failed')),
  test('one that is too old', () => serverIs(script('old', talks({ name: 'punie-ls', version: '0.0.9' })), 'failed')),
  test('one that fits', () => serverIs(script('fitting', talks({ name: 'punie-ls', version: '0.1.0rc1' })), 'running')),
  test('one that never answers can be stopped', async () => {
    await serverIs(script('silent', '#!/bin/sh\nsleep 600\n'), 'starting');
    await vscode.commands.executeCommand('punie.stopServer');
    const { server } = await api();
    assert.equal(server.state, 'stopped');
  }),
  test('settings of the wrong type are not used', async () => {
    const configuration = vscode.workspace.getConfiguration('punie', file('app.py'));
    await configuration.update('serverArguments', { a: 1 }, vscode.ConfigurationTarget.Workspace);
    assert.deepEqual(own('serverArguments', ['x'], file('app.py')), ['x']);
    await configuration.update('serverArguments', undefined, vscode.ConfigurationTarget.Workspace);
    await configuration.update('showAnswers', 7, vscode.ConfigurationTarget.Workspace);
    assert.equal(own('showAnswers', 'chat', file('app.py')), 'chat');
    await configuration.update('showAnswers', undefined, vscode.ConfigurationTarget.Workspace);
  }),
  test('a server path of the wrong type: as if there were none', () => serverIs(42, 'missing')),
  test('and the right one again', () => serverIs(undefined, 'running')),
  test('versions are compared number by number', async () => {
    assert.ok(older('0.9.9', '0.10'));
    assert.ok(!older('0.10', '0.9.9'));
    assert.ok(!older('1.0', '1.0.0'));
    assert.ok(older('0.0.9', '0.1.0'));
  }),
];
