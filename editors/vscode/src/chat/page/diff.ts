// A file's edit: its name, how much it changes, its hunks, and a button for VS Code's diff editor.
import { counts } from '../patch';
import { button, Child, folded, make } from './dom';

/** One file; `pick` gives each hunk a box to leave it out. */
export function fileDiff(name: string, diff: string, open: () => void, pick?: (hunk: number, wanted: boolean) => void): HTMLElement {
  const { added, removed } = counts(diff);
  const openButton = button('Open Diff', open, { class: 'quiet', title: `Open ${name} in the diff editor` });
  openButton.addEventListener('click', (event) => event.preventDefault());
  const change = make('span', { class: 'counts' }, make('span', { class: 'added' }, `+${added}`), ' ', make('span', { class: 'removed' }, `−${removed}`));
  const parts = hunks(diff);
  const bodies = parts.map((hunk, index) => make('div', { class: 'hunk' }, pick && parts.length > 1 && box(name, index, pick), lines(hunk)));
  const element = folded([make('code', {}, name), ' ', change, make('span', { class: 'space' }), openButton], ...bodies);
  element.classList.add('file');
  return element;
}

function box(name: string, index: number, pick: (hunk: number, wanted: boolean) => void): Child {
  const input = make('input', { type: 'checkbox' });
  input.checked = true;
  input.addEventListener('change', () => pick(index, input.checked));
  return make('label', {}, input, ` Take part ${index + 1} of ${name}`);
}

function hunks(diff: string): string[] {
  const found: string[] = [];
  for (const line of diff.replaceAll('\r', '').split('\n')) {
    if (line.startsWith('@@')) {
      found.push('');
    } else if (found.length) {
      found[found.length - 1] += `${line}\n`;
    }
  }
  return found;
}

function lines(hunk: string): HTMLElement {
  const kinds: Record<string, string> = { '+': 'added', '-': 'removed' };
  const rows = hunk.replace(/\n+$/, '').split('\n').map((line) => make('span', { class: `line ${kinds[line[0] ?? ''] ?? ''}` }, `${line}\n`));
  return make('pre', { tabindex: '0' }, ...rows);
}
