// The page's way to the extension.
import type { FromPage } from '../protocol';

const host = acquireVsCodeApi<{ draft: string }>();

export function post(message: FromPage): void {
  host.postMessage(message);
}

/** What was typed and not sent survives when the view is hidden. */
export function keepDraft(draft: string): void {
  host.setState({ draft });
}

export function draft(): string {
  return host.getState()?.draft ?? '';
}
