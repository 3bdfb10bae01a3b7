// `punie/ask`: the server's questions. They are answered in the chat: a message with buttons would go away by itself.
import * as vscode from 'vscode';
import { own } from '../settings';
import { Diffs } from './diffs';
import { AskParams, Question } from './protocol';

/** `hunks`: of each file's URI the numbers of the diff's hunks that are wanted; a file that is not named is whole. */
export interface Answer {
  choice: string;
  hunks?: Record<string, number[]>;
}

interface Open {
  question: Question;
  session: string;
  answer: (choice: string | undefined, hunks?: Answer['hunks']) => void;
}

export class Questions {
  private readonly open = new Map<number, Open>();
  private count = 0;
  /** A question is to be shown in the chat, or has been answered there or elsewhere. */
  onAsked: (question: Question, session: string) => void = () => undefined;
  onAnswered: (id: number, label: string) => void = () => undefined;

  constructor(
    private readonly diffs: Diffs,
    private readonly reveal: () => Promise<void>,
  ) {}

  /** The open questions of a session, and those of none. */
  of(session: string): Question[] {
    return [...this.open.values()].filter((one) => !one.session || one.session === session).map((one) => one.question);
  }

  /** Ask. Throws when the user wants questions as the server asks them itself. */
  async ask(params: AskParams, token: vscode.CancellationToken): Promise<Answer | null> {
    if (own('showAnswers', 'chat') !== 'chat') {
      throw new Error('questions are shown as messages');
    }
    const answered = this.askInChat(params, token);
    await this.reveal();
    return answered;
  }

  /** What was chosen in the chat. `show` opens the diffs, and the question stays. */
  answer(id: number, choice: string, hunks?: Answer['hunks']): void {
    const open = this.open.get(id);
    if (!open || !open.question.choices.some((one) => one.id === choice)) {
      return;
    }
    if (open.question.kind === 'edit' && choice === 'show') {
      void this.showDiffs(open.question);
      return;
    }
    open.answer(choice, choice === 'apply' ? hunks : undefined);
  }

  /** The server has gone, and nobody waits for an answer. */
  drop(): void {
    [...this.open.values()].forEach((one) => one.answer(undefined));
  }

  private askInChat(params: AskParams, token: vscode.CancellationToken): Promise<Answer | null> {
    const question = this.question(params);
    return new Promise((resolve) => {
      const answer: Open['answer'] = (choice, hunks) => {
        if (this.open.delete(question.id)) {
          const label = question.choices.find((one) => one.id === choice)?.label ?? 'Not answered';
          this.onAnswered(question.id, label);
          resolve(choice === undefined ? null : { choice, ...(hunks && { hunks }) });
        }
      };
      this.open.set(question.id, { question, session: params.session, answer });
      token.onCancellationRequested(() => answer(undefined));
      this.onAsked(question, params.session);
    });
  }

  private async showDiffs(question: Question): Promise<void> {
    for (const { uri, diff } of question.files) {
      await this.diffs.open(vscode.Uri.parse(uri), diff);
    }
  }

  private question(params: AskParams): Question {
    const files = (params.files ?? []).map(({ uri, diff }) => ({ name: vscode.workspace.asRelativePath(vscode.Uri.parse(uri)), uri, diff }));
    const { kind, title, detail, choices } = params;
    return { id: ++this.count, kind, title, detail, choices, files };
  }
}
