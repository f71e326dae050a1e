import { parseInline } from './inline.js';
import type { Block, List, ListItem } from './nodes.js';

const FENCE = /```(?:[\w+#.-]*\n)?([^]*?)\n?```/g;
const LIST_ITEM = /^(\s*)([-*]|\d{1,9}\.)\s+(.+)$/;
const HEADING = /^(#{1,3})\s+(.+)$/;
const SUBTEXT = /^-#\s+(.+)$/;
const INDENT = 2;

/** A message's text as blocks, the way Discord's client reads it. */
export function parseMarkdown(text: string): Block[] {
  const blocks: Block[] = [];
  let from = 0;
  for (const match of text.matchAll(FENCE)) {
    if ((match[1] ?? '').trim() === '') continue;
    blocks.push(...parseLines(text.slice(from, match.index)), { kind: 'code', text: match[1] ?? '' });
    from = match.index + match[0].length;
  }
  return [...blocks, ...parseLines(text.slice(from))];
}

function parseLines(text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const flush = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', children: parseInline(paragraph.join('\n')) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; ) {
    const taken = takeBlock(lines, at);
    if (taken !== undefined) {
      flush();
      blocks.push(taken.block);
      at += taken.count;
      continue;
    }
    const line = lines[at] ?? '';
    if (line.trim() === '') flush();
    else paragraph.push(line);
    at += 1;
  }
  flush();
  return blocks;
}

function takeBlock(lines: readonly string[], at: number): { block: Block; count: number } | undefined {
  const line = lines[at] ?? '';
  const heading = HEADING.exec(line);
  if (heading !== null) {
    const level = (heading[1] ?? '').length as 1 | 2 | 3;
    return { block: { kind: 'heading', level, children: parseInline(heading[2] ?? '') }, count: 1 };
  }
  const subtext = SUBTEXT.exec(line);
  if (subtext !== null) return { block: { kind: 'subtext', children: parseInline(subtext[1] ?? '') }, count: 1 };
  if (line.startsWith('>>> ')) {
    const rest = [line.slice(4), ...lines.slice(at + 1)];
    return { block: { kind: 'quote', blocks: parseLines(rest.join('\n')) }, count: rest.length };
  }
  const quoted = leading(lines, at, (one) => one === '>' || one.startsWith('> '));
  if (quoted.length > 0) return { block: { kind: 'quote', blocks: parseLines(quoted.map((one) => one.slice(2)).join('\n')) }, count: quoted.length };
  const items = leading(lines, at, (one) => LIST_ITEM.test(one));
  return items.length > 0 ? { block: listOf(items), count: items.length } : undefined;
}

function leading(lines: readonly string[], at: number, holds: (line: string) => boolean): string[] {
  const end = lines.findIndex((line, index) => index >= at && !holds(line));
  return lines.slice(at, end === -1 ? undefined : end);
}

/** Deeper lines belong to the item above them. */
function listOf(lines: readonly string[]): List {
  const [, , bullet = '-'] = LIST_ITEM.exec(lines[0] ?? '') ?? [];
  const ordered = bullet.endsWith('.');
  const outer = depthOf(lines[0] ?? '');
  const items: ListItem[] = [];
  for (let at = 0; at < lines.length; ) {
    const text = LIST_ITEM.exec(lines[at] ?? '')?.[3] ?? '';
    const below = leading(lines, at + 1, (line) => depthOf(line) > outer);
    items.push({ children: parseInline(text), lists: below.length > 0 ? [listOf(below)] : [] });
    at += 1 + below.length;
  }
  return { kind: 'list', ordered, start: ordered ? Number.parseInt(bullet, 10) : 1, items };
}

const depthOf = (line: string): number => Math.floor((/^\s*/.exec(line)?.[0].length ?? 0) / INDENT);
