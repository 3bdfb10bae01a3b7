// Whether the server that answered is one that this extension can work with.

/** The oldest punie-ls that this extension knows. */
export const MINIMUM = '0.1.0';

export interface ServerInfo {
  name?: string;
  version?: string;
}

/** A sentence about a server that does not fit; undefined when it does. */
export function complaint(info: ServerInfo | undefined, program: string): string | undefined {
  if (info?.name !== 'punie-ls') {
    return `${program} is a language server, but not punie-ls${info?.name ? ` (it says that it is ${info.name})` : ''}.`;
  }
  const version = info.version ?? '';
  if (!/^\d+(\.\d+)*/.test(version) || older(version, MINIMUM)) {
    return `${program} is punie-ls ${version || 'of an unknown version'}; this extension needs ${MINIMUM} or newer.`;
  }
  return undefined;
}

/** Whether a version comes before another; what follows the numbers, as in 0.2.0rc1, is not looked at. */
export function older(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => (text.match(/^\d+(\.\d+)*/)?.[0] ?? '0').split('.').map(Number));
  for (let index = 0; index < Math.max(left!.length, right!.length); index++) {
    const difference = (left![index] ?? 0) - (right![index] ?? 0);
    if (difference) {
      return difference < 0;
    }
  }
  return false;
}
