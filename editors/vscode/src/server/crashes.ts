// How often the server ended by itself, and how long to wait before it is started again.

const MOST = 5;
const WITHIN_MS = 3 * 60_000;
const FIRST_WAIT_MS = 100;

export class Crashes {
  private times: number[] = [];

  /** Note one. Gives the milliseconds to wait; undefined when it was one too many. */
  count(now = Date.now()): number | undefined {
    this.times = [...this.times.filter((time) => now - time < WITHIN_MS), now];
    return this.times.length >= MOST ? undefined : FIRST_WAIT_MS * 2 ** (this.times.length - 1);
  }

  forget(): void {
    this.times = [];
  }
}
