import type { ComfyNode } from '../../activities/comfyui/node-probe.js';

export type NodeListReading = { readonly kind: 'ok'; readonly nodes: readonly ComfyNode[] } | { readonly kind: 'problems'; readonly problems: readonly string[] };

const DEFAULT_QUEUE = 'default';
const NAME = /^[A-Za-z0-9_-]{1,40}$/;

/**
 * Reads `COMFYUI_NODES`: `name=url` or `name=url;queue`, with all problems at once. The name becomes part of task queues and rows.
 * An address with credentials is refused, since `fetch` takes none, and no problem tells them.
 */
export function readNodeList(items: readonly string[]): NodeListReading {
  const problems: string[] = [];
  const nodes: ComfyNode[] = [];
  // A comma in a password cuts it in two: beside credentials any entry may be a part of them.
  const mayTell = !items.some(holdsCredentials);
  for (const [at, item] of items.entries()) {
    const [, nodeId = '', address = '', queue = DEFAULT_QUEUE] = /^([^=]*)=([^;]*)(?:;(.*))?$/.exec(item) ?? [];
    if (holdsCredentials(item)) {
      problems.push(`COMFYUI_NODES: the address of ${nameOf(item, at)} holds credentials, with which no request can be made: put them in COMFYUI_HEADERS, such as {"Authorization": "Basic …"}.`);
    } else if (!NAME.test(nodeId) || !NAME.test(queue) || !/^https?:\/\/[^/]/.test(address)) {
      problems.push(`COMFYUI_NODES: expected name=url or name=url;queue with letters, digits, - and _ in both names, found ${mayTell ? `"${item}"` : `something else in entry ${at + 1}`}.`);
    } else if (nodes.some((node) => node.nodeId === nodeId)) {
      problems.push(`COMFYUI_NODES: the name "${nodeId}" is there twice.`);
    } else {
      nodes.push({ nodeId, url: address.replace(/\/+$/, ''), queue });
    }
  }
  if (items.length === 0) problems.push('COMFYUI_NODES: expected at least one node, found none.');
  return problems.length > 0 ? { kind: 'problems', problems } : { kind: 'ok', nodes };
}

/** Reads `COMFYUI_HEADERS`, a JSON object of texts; its content is secret and never part of a problem. */
export function readNodeHeaders(text: string | undefined): { readonly headers: Readonly<Record<string, string>> } | { readonly problem: string } {
  if (text === undefined) return { headers: {} };
  const problem = 'COMFYUI_HEADERS: expected a JSON object such as {"Authorization": "Bearer …"}.';
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem };
    const entries = Object.entries(value).flatMap(([name, header]): [string, string][] => (typeof header === 'string' ? [[name, header]] : []));
    return entries.length === Object.keys(value).length ? { headers: Object.fromEntries(entries) } : { problem };
  } catch (error) {
    if (error instanceof SyntaxError) return { problem };
    throw error;
  }
}

/** Whatever else is wrong with it: a password may hold every mark by which an address is taken apart. */
function holdsCredentials(item: string): boolean {
  return item.includes('@');
}

function nameOf(item: string, at: number): string {
  const [, nodeId] = /^([A-Za-z0-9_-]{1,40})=\w+:\/\//.exec(item) ?? [];
  return nodeId === undefined ? `entry ${at + 1}` : `"${nodeId}"`;
}
