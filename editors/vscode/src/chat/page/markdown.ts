// A small Markdown for answers: what models write, as elements. What it does not know stays as it was written.
import { button, make } from './dom';
import { post } from './host';

/** The elements for a text. */
export function markdown(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  let at = 0;
  while (at < lines.length) {
    at = block(lines, at, fragment);
  }
  return fragment;
}

/** Make one block beginning at a line. Gives the line after it. */
function block(lines: string[], at: number, into: ParentNode): number {
  const line = lines[at]!;
  const fence = /^\s{0,3}(`{3,}|~{3,})\s*([\w+#.-]*)/.exec(line);
  if (fence) {
    return code(lines, at, fence[1]!, fence[2]!, into);
  }
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) {
    // The page has no other headings; a turn's begin at the third level.
    const level = Math.min(heading[1]!.length + 2, 6) as 3 | 4 | 5 | 6;
    into.append(make(`h${level}`, {}, ...inline(heading[2]!)));
    return at + 1;
  }
  if (/^\s*(?:[-*_]\s*){3,}$/.test(line)) {
    into.append(make('hr'));
    return at + 1;
  }
  if (/^\s*\|.*\|\s*$/.test(line) && /^\s*\|[\s:|-]+\|\s*$/.test(lines[at + 1] ?? '')) {
    return table(lines, at, into);
  }
  if (/^\s*>/.test(line)) {
    const end = last(lines, at, (one) => /^\s*>/.test(one));
    const inner = lines.slice(at, end).map((one) => one.replace(/^\s*> ?/, ''));
    into.append(make('blockquote', {}, markdown(inner.join('\n'))));
    return end;
  }
  if (ITEM.test(line)) {
    return list(lines, at, into);
  }
  if (!line.trim()) {
    return at + 1;
  }
  const end = Math.max(last(lines, at, (one) => one.trim() !== '' && !BEGINS.test(one)), at + 1);
  into.append(make('p', {}, ...inline(lines.slice(at, end).join('\n'))));
  return end;
}

const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const BEGINS = /^\s*(?:#{1,6}\s|>|`{3,}|~{3,}|[-*+]\s|\d{1,9}[.)]\s)/;

function last(lines: string[], at: number, belongs: (line: string) => boolean): number {
  let end = at;
  while (end < lines.length && belongs(lines[end]!)) {
    end++;
  }
  return end;
}

function code(lines: string[], at: number, fence: string, language: string, into: ParentNode): number {
  const end = last(lines, at + 1, (line) => !line.trim().startsWith(fence));
  const text = lines.slice(at + 1, end).join('\n');
  into.append(codeBlock(text, language));
  return end + 1;
}

/** Code with a button that copies it. */
export function codeBlock(text: string, language = ''): HTMLElement {
  const copy = button('Copy', () => post({ type: 'copy', text }), { class: 'quiet copy', title: 'Copy this code' });
  return make('div', { class: 'code' }, copy, make('pre', { tabindex: '0' }, make('code', { 'data-language': language }, text)));
}

function table(lines: string[], at: number, into: ParentNode): number {
  const end = last(lines, at, (line) => /^\s*\|.*\|\s*$/.test(line));
  const cells = (line: string) => line.trim().slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
  const row = (line: string, name: 'th' | 'td') => make('tr', {}, ...cells(line).map((cell) => make(name, {}, ...inline(cell))));
  const body = lines.slice(at + 2, end).map((line) => row(line, 'td'));
  into.append(make('div', { class: 'table' }, make('table', {}, make('thead', {}, row(lines[at]!, 'th')), make('tbody', {}, ...body))));
  return end;
}

function list(lines: string[], at: number, into: ParentNode): number {
  const first = ITEM.exec(lines[at]!)!;
  const [indent, ordered] = [first[1]!.length, /\d/.test(first[2]!)];
  const element = make(ordered ? 'ol' : 'ul', ordered ? { start: String(parseInt(first[2]!, 10)) } : {});
  let next = at;
  while (next < lines.length) {
    const item = ITEM.exec(lines[next]!);
    if (!item || item[1]!.length !== indent || /\d/.test(item[2]!) !== ordered) {
      break;
    }
    // What is indented further belongs to the item; a blank line too, when more of it follows.
    const end = last(lines, next + 1, (line) => line.startsWith(' '.repeat(indent + 2)) || (!line.trim() && false));
    const rest = lines.slice(next + 1, end).map((line) => line.slice(Math.min(indent + item[2]!.length + 1, line.search(/\S|$/))));
    const content = make('li', {}, ...inline(item[3]!));
    if (rest.length) {
      content.append(markdown(rest.join('\n')));
    }
    element.append(content);
    next = end;
    if (!(lines[next] ?? 'x').trim() && ITEM.test(lines[next + 1] ?? '')) {
      next++;
    }
  }
  into.append(element);
  return next;
}

const INLINE = /(`+)([^`]|[^`].*?[^`])\1(?!`)|\*\*(?=\S)(.+?)\*\*|(?<![\w*])\*(?=\S)([^*\n]+?)\*(?!\w)|(?<!\w)_(?=\S)([^_\n]+?)_(?!\w)|\[([^\]\n]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>)\]]+[^\s<>)\].,;:!?])/s;

/** Code, emphasis and links in a line. */
export function inline(text: string): (Node | string)[] {
  const found: (Node | string)[] = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    found.push(rest.slice(0, match.index), span(match));
    rest = rest.slice(match.index + match[0].length);
  }
  return [...found, rest];
}

function span(match: RegExpExecArray): Node {
  const [whole, , quoted, strong, emphasis, underlined, label, target, bare] = match;
  if (quoted !== undefined) {
    return place(quoted) ?? make('code', {}, quoted.replace(/^ (.*) $/s, '$1'));
  }
  if (strong !== undefined) {
    return make('strong', {}, ...inline(strong));
  }
  if (emphasis !== undefined || underlined !== undefined) {
    return make('em', {}, ...inline(emphasis ?? underlined!));
  }
  const href = target ?? bare!;
  // A link that leads elsewhere than to a page is only text, so that nothing is hidden behind a word.
  return /^https?:\/\//.test(href) ? link(label ?? href, href) : document.createTextNode(whole);
}

/** A file of the project with a line, as `shop/cart.py:12`, opens there. */
function place(text: string): HTMLElement | undefined {
  const found = /^([\w./-]+\.pyi?):(\d+)$/.exec(text);
  if (!found) {
    return undefined;
  }
  const element = button('', () => {
    const turn = element.closest<HTMLElement>('.turn')?.dataset.key ?? '';
    post({ type: 'open', turn, file: found[1]!, line: Number(found[2]) });
  }, { class: 'link', title: `Open ${text}` });
  element.append(make('code', {}, text));
  return element;
}

function link(label: string, href: string): HTMLElement {
  return button(label, () => post({ type: 'link', href }), { class: 'link', title: href, role: 'link' });
}
