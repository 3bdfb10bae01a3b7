// The chat's page: the conversation, the open questions, and where the user writes.
import type { ChatState, Question, ToPage, Turn } from '../protocol';
import { button, make } from './dom';
import { modelName } from '../../status/model';
import { draft, keepDraft, post } from './host';
import { answeredNote, questionCard, titleOf } from './question';
import { TurnView } from './turn';

const EXAMPLES = ['Who uses this function?', 'Write tests for the function at the cursor', 'Fix this file', 'What can you do?'];

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const log = find('log');
const welcome = find('welcome');
const prompt = find<HTMLTextAreaElement>('prompt');
const send = find<HTMLButtonElement>('send');
const stop = find<HTMLButtonElement>('stop');
const model = find<HTMLButtonElement>('model');
const context = find('context');

const turns = new Map<string, TurnView>();
const questions = new Map<number, { title: string; element: HTMLElement }>();
let asked: string[] = [];
let state: ChatState = { server: 'starting', model: '', title: '', context: '', working: false };

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  receive(data);
  if (atEnd || data.type === 'show' || data.type === 'turn' || data.type === 'question') {
    // A streamed text is laid out a moment later.
    setTimeout(() => (log.scrollTop = log.scrollHeight), 40);
  }
});

function receive(message: ToPage): void {
  switch (message.type) {
    case 'show':
      turns.clear();
      questions.clear();
      asked = [];
      log.replaceChildren();
      message.turns.forEach(addTurn);
      message.questions.forEach(addQuestion);
      break;
    case 'turn':
      addTurn(message.turn);
      break;
    case 'event':
      turns.get(message.turn)?.take(message.event);
      break;
    case 'question':
      addQuestion(message.question);
      break;
    case 'answered':
      answered(message.id, message.label);
      break;
    case 'state':
      showState(message.state);
      break;
    case 'focus':
      prompt.focus();
  }
  welcome.hidden = turns.size > 0 || questions.size > 0;
}

function addTurn(turn: Turn): void {
  const view = new TurnView(turn);
  turns.set(turn.key, view);
  asked.push(turn.prompt);
  log.append(view.element);
}

function addQuestion(question: Question): void {
  const element = questionCard(question);
  questions.set(question.id, { title: titleOf(question), element });
  log.append(element);
  // Whoever is writing, here or in the editor, goes on writing. No button has the focus: an Enter too many must not be a yes.
  if (!prompt.value && document.hasFocus()) {
    element.focus();
  }
}

function answered(id: number, label: string): void {
  const found = questions.get(id);
  questions.delete(id);
  if (found) {
    const had = found.element.contains(document.activeElement);
    found.element.replaceWith(answeredNote(found.title, label));
    if (had) {
      prompt.focus();
    }
  }
}

function showState(news: ChatState): void {
  state = news;
  const words: Record<string, string> = {
    starting: 'The server is starting…',
    stopped: 'The server is stopped.',
    missing: 'The server is not installed.',
    restricted: 'Punie is off in Restricted Mode.',
    failed: 'The server has failed.',
  };
  const trouble = words[state.server];
  send.disabled = trouble !== undefined;
  stop.hidden = !state.working;
  model.textContent = `${modelName(state.model) || 'Model'} ▾`;
  context.replaceChildren(
    ...(trouble ? [button(trouble, () => post({ type: 'command', command: 'punie.showMenu' }), { class: 'link' })] : []),
    ...(!trouble && state.context ? [make('span', { title: 'The place in the editor goes with your prompt' }, `with ${state.context}`)] : []),
  );
}

function submit(): void {
  const text = prompt.value.trim();
  if (!text || send.disabled) {
    return;
  }
  post({ type: 'prompt', text });
  write('');
}

function write(text: string): void {
  prompt.value = text;
  keepDraft(text);
  prompt.style.height = 'auto';
  prompt.style.height = `${Math.min(prompt.scrollHeight + 2, 240)}px`;
}

find<HTMLFormElement>('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
prompt.addEventListener('input', () => write(prompt.value));
prompt.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  } else if (event.key === 'Escape' && state.working) {
    post({ type: 'stop' });
  } else if (event.key === 'ArrowUp' && !prompt.value && asked.length) {
    event.preventDefault();
    write(asked.at(-1)!);
  }
});
stop.addEventListener('click', () => post({ type: 'stop' }));
model.addEventListener('click', () => post({ type: 'command', command: 'punie.selectModel' }));

welcome.append(
  make('p', {}, 'Ask about this project, or say what should change. Edits are re-checked by ty and Ruff, then shown to you; nothing is written without your yes.'),
  make('ul', { 'aria-label': 'Examples' }, ...EXAMPLES.map((text) => make('li', {}, button(text, () => { write(text); prompt.focus(); }, { class: 'link' })))),
);
write(prompt.value || draft()); // who is quick has begun to write
post({ type: 'ready' });
