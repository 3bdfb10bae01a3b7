// One turn: what was asked, and its events as they come.
import type { Event, FileDiff, Turn } from '../protocol';
import { fileDiff } from './diff';
import { button, folded, make } from './dom';
import { post } from './host';
import { codeBlock, markdown } from './markdown';

// Rendering a long text again and again must not keep the page from answering: at most this part of the time.
const PART_OF_TIME = 8;

interface Streamed {
  message: unknown;
  type: string;
  text: string;
  target: HTMLElement;
}

export class TurnView {
  readonly element: HTMLElement;
  private readonly body = make('div', { class: 'body' });
  private readonly progress = make('div', { class: 'progress', role: 'status' }, 'Thinking…');
  private readonly parts = new Map<string, HTMLElement>();
  private streamed: Streamed | undefined;
  private plan: HTMLElement | undefined;
  private usage: HTMLElement | undefined;
  private timer: number | undefined;
  private ended = false;

  constructor(private readonly turn: Turn) {
    const asked = make('div', { class: 'asked' }, turn.prompt);
    this.element = make('article', { class: 'turn', 'data-key': turn.key, 'aria-label': `You asked: ${turn.prompt.slice(0, 120)}` }, asked, this.body, this.progress);
    turn.events.forEach((event) => this.take(event));
    this.flush();
  }

  take(event: Event): void {
    if (event.type !== 'text' && event.type !== 'thought') {
      this.flush();
    }
    (this.handlers[event.type] ?? (() => undefined))(event);
  }

  private readonly handlers: Record<string, (event: Event) => void> = {
    text: (event) => this.stream(event),
    thought: (event) => this.stream(event),
    plan: (event) => this.showPlan(event),
    program: (event) => this.program(event),
    program_output: (event) => this.output(event),
    program_ended: (event) => this.finish(String(event.id), String(event.error ?? '')),
    tool_call_started: (event) => this.tool(event),
    tool_call_updated: (event) => this.doing(String(event.message ?? '')),
    tool_call_ended: (event) => this.finish(String(event.id), String(event.error ?? ''), event.diffs as FileDiff[]),
    permission_requested: (event) => this.permission(event),
    permission_answered: (event) => this.permitted(event),
    verifying: (event) => this.doing(`Re-checking ${plural((event.files as string[]).length, 'file')}…`),
    edit_proposed: (event) => this.edits(event, true),
    edit_declined: (event) => this.edits(event, false),
    usage: (event) => this.showUsage(event),
    notice: (event) => this.add(make('p', { class: `notice ${event.level}`, role: event.level === 'error' ? 'alert' : 'note' }, String(event.text))),
    done: (event) => this.done(event),
  };

  private add(element: HTMLElement): void {
    this.streamed = undefined;
    this.body.append(element);
  }

  private doing(text: string): void {
    if (!this.ended && text) {
      this.progress.textContent = text;
    }
  }

  private stream(event: Event): void {
    const now = this.streamed;
    if (!now || now.type !== event.type || now.message !== event.message) {
      this.flush();
      const target = make('div', { class: event.type === 'text' ? 'answer' : 'thought' });
      this.body.append(event.type === 'text' ? target : folded(['Thoughts'], target));
      this.streamed = { type: event.type, message: event.message, text: '', target };
    }
    this.streamed!.text += String(event.text);
    this.doing(event.type === 'text' ? 'Answering…' : 'Thinking…');
    this.timer ??= window.setTimeout(() => this.render(), 30);
  }

  private render(): void {
    this.timer = undefined;
    const streamed = this.streamed;
    if (!streamed) {
      return;
    }
    const begun = performance.now();
    streamed.target.replaceChildren(markdown(streamed.text));
    const took = performance.now() - begun;
    if (!this.ended && took * PART_OF_TIME > 30) {
      this.timer = window.setTimeout(() => this.render(), took * PART_OF_TIME);
    }
  }

  /** What was streamed is shown as a whole before anything else comes. */
  private flush(): void {
    if (this.streamed) {
      window.clearTimeout(this.timer);
      this.render();
      window.clearTimeout(this.timer);
      this.timer = undefined;
    }
  }

  private showPlan(event: Event): void {
    const marks: Record<string, string> = { pending: '○', in_progress: '◐', completed: '●' };
    const entries = event.entries as { content: string; status: string }[];
    const items = entries.map((entry) => make('li', { class: entry.status }, `${marks[entry.status] ?? '○'} ${entry.content}`));
    const list = make('ul', { class: 'plan', 'aria-label': 'Plan' }, ...items);
    if (this.plan) {
      this.plan.replaceWith(list);
    } else {
      this.add(list);
    }
    this.plan = list;
  }

  private program(event: Event): void {
    const element = this.step(String(event.id), 'A program', 'Runs a program with Punie’s tools');
    element.append(codeBlock(String(event.code), 'python'));
    this.add(element);
    this.doing('Running a program…');
  }

  private output(event: Event): void {
    const program = this.parts.get(String(event.id));
    const old = program?.querySelector('pre.output');
    if (old) {
      old.append(String(event.text));
    } else {
      program?.append(make('pre', { class: 'output', tabindex: '0', 'aria-label': 'Output' }, String(event.text)));
    }
  }

  private tool(event: Event): void {
    const element = this.step(String(event.id), String(event.title), String(event.tool));
    for (const place of (event.places as { file: string; line: number }[]) ?? []) {
      const label = place.line ? `${place.file}:${place.line}` : place.file;
      element.append(button(label, () => post({ type: 'open', turn: this.turn.key, file: place.file, line: place.line }), { class: 'link' }));
    }
    const program = this.parts.get(String(event.program ?? ''));
    if (program) {
      program.append(element);
    } else {
      this.add(element);
    }
    this.doing(`${String(event.title)}…`);
  }

  private step(id: string, title: string, hint: string): HTMLDetailsElement {
    const element = folded([make('span', { class: 'mark', 'aria-hidden': 'true' }, '◌'), ' ', title]);
    element.className = 'step';
    element.title = hint;
    this.parts.set(id, element);
    return element;
  }

  private finish(id: string, error: string, diffs: FileDiff[] = []): void {
    const element = this.parts.get(id);
    if (!element) {
      return;
    }
    element.querySelector('.mark')!.textContent = error ? '✗' : '✓';
    element.classList.add(error ? 'failed' : 'succeeded');
    element.append(...(error ? [make('pre', { class: 'error', tabindex: '0' }, error)] : []), ...diffs.map((one) => this.file(one)));
    this.doing('Thinking…');
  }

  private permission(event: Event): void {
    const id = String(event.id);
    const element = make('p', { class: 'permission' }, make('span', { class: 'mark', 'aria-hidden': 'true' }, '?'), ` ${String(event.title)}`);
    this.parts.set(id, element);
    this.add(element);
    this.doing('Waiting for you…');
  }

  private permitted(event: Event): void {
    const element = this.parts.get(String(event.id));
    if (element) {
      element.querySelector('.mark')!.textContent = event.allowed ? '✓' : '✗';
      element.append(make('span', { class: 'by' }, event.allowed ? ` Allowed (${String(event.by)})` : ` Not allowed (${String(event.by)})`));
    }
    this.doing('Thinking…');
  }

  private edits(event: Event, proposed: boolean): void {
    const report = event.report as { state?: string; reason?: string; introduced?: { message: string; file: string; line: number }[] };
    const files = (event.files as FileDiff[]).map((one) => this.file(one));
    const why = (report.introduced ?? []).slice(0, 5).map((one) => make('li', {}, `${one.file}:${one.line} ${one.message}`));
    const changed = plural(files.length, 'changed file');
    const title = proposed ? `${changed}, re-checked by ty and Ruff` : `${changed}, dropped: it did not re-check clean`;
    const element = folded([make('span', { class: 'mark', 'aria-hidden': 'true' }, proposed ? '✓' : '✗'), ' ', title], ...files,
      why.length > 0 && make('ul', {}, ...why), !proposed && report.reason ? make('p', {}, report.reason) : undefined);
    element.className = proposed ? 'edits succeeded' : 'edits failed';
    element.open = !proposed;
    this.add(element);
    this.doing(proposed ? 'Waiting for you…' : 'Thinking…');
  }

  private file({ file, diff }: FileDiff): HTMLElement {
    return fileDiff(file, diff, () => post({ type: 'edited', turn: this.turn.key, file, diff }));
  }

  private showUsage(event: Event): void {
    const tokens = Number(event.input_tokens) + Number(event.output_tokens);
    const cost = typeof event.cost === 'number' ? ` · $${event.cost.toFixed(4)}` : '';
    const calls = Number(event.tool_calls) ? ` · ${plural(Number(event.tool_calls), 'tool call')}` : '';
    const text = tokens ? `${plural(Number(event.requests), 'request')} · ${tokens.toLocaleString('en')} tokens${calls}${cost}` : '';
    this.usage ??= this.element.appendChild(make('div', { class: 'usage' }));
    this.usage.textContent = text;
  }

  private done(event: Event): void {
    this.ended = true;
    this.progress.remove();
    this.element.querySelectorAll('.step:not(.succeeded):not(.failed) .mark').forEach((mark) => (mark.textContent = '–'));
    if (event.reason !== 'end_turn') {
      const words: Record<string, string> = { cancelled: 'Stopped.', budget: 'The budget is used up.', error: 'It did not work.' };
      const text = String(event.message || words[String(event.reason)] || event.reason);
      this.add(make('p', { class: `notice ${event.reason === 'cancelled' ? 'info' : 'error'}`, role: 'note' }, text));
    } else if (!this.body.childElementCount) {
      this.add(make('p', { class: 'notice info' }, 'There is no answer.'));
    }
  }
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
