// Unified diffs applied to texts, for VS Code's diff editor. Line ends stay as the text has them.

interface Hunk {
  start: number;
  before: string[];
  after: string[];
}

/** The text after the diff; undefined when the diff was not made for this text. */
export function patched(text: string, diff: string): string | undefined {
  return rewritten(text, hunksOf(diff));
}

/** The text before the diff; undefined when this is not the text after it. */
export function unpatched(text: string, diff: string): string | undefined {
  let shift = 0;
  const turned = hunksOf(diff).map(({ start, before, after }) => {
    const hunk = { start: start + shift, before: after, after: before };
    shift += after.length - before.length;
    return hunk;
  });
  return rewritten(text, turned);
}

/** How many lines a diff adds and removes. */
export function counts(diff: string): { added: number; removed: number } {
  const hunks = hunksOf(diff);
  const lines = diff.split('\n').filter((line) => !line.startsWith('+++') && !line.startsWith('---'));
  return hunks.length
    ? { added: lines.filter((line) => line.startsWith('+')).length, removed: lines.filter((line) => line.startsWith('-')).length }
    : { added: 0, removed: 0 };
}

function rewritten(text: string, hunks: Hunk[]): string | undefined {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text === '' ? [] : text.split(/\r?\n/);
  let shift = 0;
  for (const { start, before, after } of hunks) {
    const at = Math.max(start - 1, 0) + shift + (before.length === 0 && start > 0 ? 1 : 0);
    if (before.some((line, index) => lines[at + index] !== line)) {
      return undefined;
    }
    lines.splice(at, before.length, ...after);
    shift += after.length - before.length;
  }
  // A new file's last line ends as lines do.
  return lines.join(end) + (text === '' && lines.length ? end : '');
}

function hunksOf(diff: string): Hunk[] {
  const hunks: Hunk[] = [];
  for (const raw of diff.split('\n')) {
    const line = raw.replace(/\r$/, '');
    const head = /^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@/.exec(line);
    if (head) {
      hunks.push({ start: Number(head[1]), before: [], after: [] });
      continue;
    }
    const hunk = hunks.at(-1);
    if (!hunk || line.startsWith('\\')) {
      continue;
    }
    const rest = line.slice(1);
    if (line.startsWith(' ') || line.startsWith('-')) {
      hunk.before.push(rest);
    }
    if (line.startsWith(' ') || line.startsWith('+')) {
      hunk.after.push(rest);
    }
  }
  return hunks;
}
