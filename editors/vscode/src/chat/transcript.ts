// The conversations of this window as they are shown: turns by session, texts joined, old ones dropped.
import { Event, EventParams, Turn } from './protocol';

const MOST_TURNS = 200;
const MOST_EVENTS = 5000;
const JOINED = new Set(['text', 'thought']);

/** A session as `punie.sessions` gives it for `show`. */
export interface Stored {
  session: { id: string; title: string };
  turns: { turn: number; prompt: string; events: Event[] }[];
}

export class Transcript {
  private readonly sessions = new Map<string, { title: string; turns: Turn[] }>();
  /** The session that is shown; empty for one that begins with the next prompt. */
  current = '';

  get turns(): Turn[] {
    return this.sessions.get(this.current)?.turns ?? [];
  }

  get title(): string {
    return this.sessions.get(this.current)?.title ?? '';
  }

  /** Whether a turn of the shown session has not ended. */
  get working(): boolean {
    return this.isWorking(this.current);
  }

  has(session: string): boolean {
    return this.sessions.has(session);
  }

  isWorking(session: string): boolean {
    const last = this.sessions.get(session)?.turns.at(-1);
    return last !== undefined && last.events.at(-1)?.type !== 'done';
  }

  find(key: string): Turn | undefined {
    return [...this.sessions.values()].flatMap(({ turns }) => turns).find((turn) => turn.key === key);
  }

  /** Take an event in. Gives its turn, and whether the turn is new. */
  add(params: EventParams): { turn: Turn; begun: boolean } {
    const session = this.sessions.get(params.session) ?? { title: '', turns: [] };
    this.sessions.set(params.session, session);
    session.title = params.title ?? session.title;
    const key = `${params.session}/${params.turn}`;
    let turn = session.turns.find((one) => one.key === key);
    const begun = turn === undefined;
    if (turn === undefined) {
      turn = { key, uri: params.uri, prompt: params.prompt ?? '', model: params.model ?? '', events: [] };
      session.turns.push(turn);
      session.turns.splice(0, Math.max(session.turns.length - MOST_TURNS, 0));
    }
    if (params.event.type !== 'turn_started') {
      join(turn.events, params.event);
    }
    return { turn, begun };
  }

  /** A session from the store. */
  restore({ session, turns: stored }: Stored, uri: string): void {
    const turns = stored.map(({ turn, prompt, events }) => {
      const joined: Event[] = [];
      events.forEach((event) => join(joined, event));
      if (joined.at(-1)?.type !== 'done') {
        joined.push({ type: 'done', reason: 'error', message: 'The turn was interrupted.' });
      }
      return { key: `${session.id}/${turn}`, uri, prompt, model: '', events: joined };
    });
    this.sessions.set(session.id, { title: session.title, turns });
    this.current = session.id;
  }

  /** A server that is gone finishes nothing. Gives the turns that it left open. */
  interrupt(): Turn[] {
    const open = [...this.sessions.values()].flatMap(({ turns }) => turns.filter((turn) => turn.events.at(-1)?.type !== 'done'));
    open.forEach((turn) => turn.events.push({ type: 'done', reason: 'error', message: 'The server ended. Nothing was changed.' }));
    return open;
  }
}

/** Add an event; pieces of one text become one event. */
function join(events: Event[], event: Event): void {
  const last = events.at(-1);
  if (last && JOINED.has(event.type) && last.type === event.type && last.message === event.message) {
    events[events.length - 1] = { ...last, text: `${String(last.text)}${String(event.text)}` };
  } else if (events.length < MOST_EVENTS || event.type === 'done' || event.type.startsWith('edit')) {
    events.push({ ...event });
  }
}
