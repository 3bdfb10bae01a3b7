// A question of the server with a button for each choice.
import type { Question } from '../protocol';
import { fileDiff } from './diff';
import { button, make } from './dom';
import { post } from './host';

const POSITIVE = new Set(['apply', 'allow_once']);

export function questionCard(question: Question): HTMLElement {
  const hunks: Record<string, number[]> = {};
  const files = question.files.map(({ name, uri, diff }) => {
    const all = diff.split('\n').filter((line) => line.startsWith('@@')).map((_, index) => index);
    let wanted = all;
    return fileDiff(name, diff, () => post({ type: 'diff', uri, diff }), (hunk, take) => {
      wanted = all.filter((one) => (one === hunk ? take : wanted.includes(one)));
      if (wanted.length === all.length) {
        delete hunks[uri];
      } else {
        hunks[uri] = wanted;
      }
    });
  });
  const answer = (choice: string) =>
    post({ type: 'answer', id: question.id, choice, ...(Object.keys(hunks).length ? { hunks } : {}) });
  // The diffs are here already.
  const choices = question.choices.filter((choice) => choice.id !== 'show');
  const buttons = choices.map(({ id, label }) => button(label, () => answer(id), { class: POSITIVE.has(id) ? '' : 'secondary' }));
  const label = `question-${question.id}`;
  const detail = question.detail ? make(question.kind === 'permission' ? 'pre' : 'p', { class: 'detail', ...(question.kind === 'permission' ? { tabindex: '0' } : {}) }, question.detail) : undefined;
  const element = make('section', { class: `question ${question.kind}`, role: 'alertdialog', tabindex: '-1', 'aria-labelledby': label },
    make('h3', { id: label }, titleOf(question)), detail, ...files, make('div', { class: 'choices' }, ...buttons));
  if (files.length === 1) {
    element.querySelector('details')!.open = true;
  }
  return element;
}

export function titleOf(question: Question): string {
  return question.kind === 'edit' ? `Apply ${question.files.length === 1 ? 'this edit' : 'these edits'}?` : question.title;
}

/** What is left of a question that has been answered. */
export function answeredNote(title: string, label: string): HTMLElement {
  return make('p', { class: 'notice info', role: 'note' }, `${title} – ${label}`);
}
