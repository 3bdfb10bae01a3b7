// Elements made from texts. Nothing here, or anywhere in the page, parses HTML.

export type Child = Node | string | undefined | false;

/** An element with attributes, a class as `class`, and children; texts stay texts. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false && child !== ''));
  return element;
}

export function button(label: string, run: () => void, attributes: Record<string, string> = {}): HTMLButtonElement {
  const element = make('button', { type: 'button', ...attributes }, label);
  element.addEventListener('click', run);
  return element;
}

/** A part that is folded until somebody opens it. */
export function folded(summary: Child[], ...children: Child[]): HTMLDetailsElement {
  return make('details', {}, make('summary', {}, ...summary), ...children);
}
