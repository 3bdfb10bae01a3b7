// Runs inside VS Code's extension host, with the whole `vscode` API. Results go to the file that PUNIE_TEST_RESULTS
// names: one line for each test.
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import { learnSettings } from '../src/settings';
import { bad } from './bad';
import { basics } from './basics';
import { figures } from './figures';
import { parts } from './parts';
import { Test } from './suite';

const SUITES: Record<string, Test[]> = { parts, basics, bad, figures };

export async function run(): Promise<void> {
  const file = process.env.PUNIE_TEST_RESULTS!;
  const { suite, only } = JSON.parse(fs.readFileSync(`${file}.json`, 'utf8')) as { suite: string; only: string };
  learnSettings(vscode.extensions.getExtension('punie.punie')!); // this bundle has a copy of that module
  const lines: string[] = [];
  for (const { name, body } of SUITES[suite]!.filter((test) => test.name.includes(only))) {
    try {
      const told = await body();
      lines.push(`ok ${name}${told ? `: ${told}` : ''}`);
    } catch (error) {
      lines.push(`FAIL ${name}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  fs.writeFileSync(file, `${lines.join('\n')}\nend\n`);
}
