// What the server tells of its turns, and what the extension and the chat's page say to each other.

/** An event as docs/events.md has it; types that are not known are passed over. */
export type Event = { type: string } & Record<string, unknown>;

export interface FileDiff {
  file: string;
  diff: string;
}

/** The params of `punie/event`. */
export interface EventParams {
  uri: string;
  session: string;
  turn: number;
  event: Event;
  prompt?: string;
  title?: string;
  model?: string;
  missed?: number;
}

/** The params of `punie/ask`. */
export interface AskParams {
  uri: string;
  session: string;
  kind: 'permission' | 'edit';
  title: string;
  detail: string;
  choices: { id: string; label: string }[];
  files?: { uri: string; diff: string }[];
  id?: string;
}

/** One turn as it is shown. `uri` is its workspace folder. */
export interface Turn {
  key: string;
  uri: string;
  prompt: string;
  model: string;
  events: Event[];
}

/** A question; `answer` is the label of what was chosen. */
export interface Question {
  id: number;
  kind: AskParams['kind'];
  title: string;
  detail: string;
  choices: AskParams['choices'];
  files: { name: string; uri: string; diff: string }[];
}

export interface ChatState {
  server: string;
  model: string;
  title: string;
  context: string;
  working: boolean;
}

export type ToPage =
  | { type: 'show'; turns: Turn[]; questions: Question[] }
  | { type: 'turn'; turn: Turn }
  | { type: 'event'; turn: string; event: Event }
  | { type: 'question'; question: Question }
  | { type: 'answered'; id: number; label: string }
  | { type: 'state'; state: ChatState }
  | { type: 'focus' };

export type FromPage =
  | { type: 'ready' }
  | { type: 'prompt'; text: string }
  | { type: 'stop' }
  | { type: 'answer'; id: number; choice: string; hunks?: Record<string, number[]> }
  | { type: 'diff'; uri: string; diff: string }
  | { type: 'open'; turn: string; file: string; line: number }
  | { type: 'edited'; turn: string; file: string; diff: string }
  | { type: 'link'; href: string }
  | { type: 'copy'; text: string }
  | { type: 'command'; command: 'punie.selectModel' | 'punie.sessions' | 'punie.newSession' | 'punie.showMenu' };
